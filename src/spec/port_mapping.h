/*
 * Published ports as docker's -p spells them, and in the one canonical spelling in which a
 * container's configuration keeps them: "ADDRESS:HOST:CONTAINER/PROTOCOL", where ADDRESS is
 * empty for all (of both families) and in brackets for IPv6, and HOST is empty for any free
 * port, or "FIRST-LAST" for any free one of these.
 *
 * Runs in: cli (engine).
 * See: docker run -p; moby nat.ParsePortSpec.
 */
#ifndef HOY_SPEC_PORT_MAPPING_H
#define HOY_SPEC_PORT_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "format/ip.h"

enum { PORT_RANGE_MAX = 1000 };

enum port_protocol { PORT_TCP, PORT_UDP };

struct port_mapping {
	enum port_protocol protocol;
	struct ip_address address; /* of the host; none: all */
	uint16_t host_port;	   /* 0: any free one */
	uint16_t host_last;	   /* any free one from host_port to this; 0: host_port alone */
	uint16_t container_port;
};

const char *port_protocol_text(enum port_protocol protocol);

/*
 * Read one -p: "[[ADDRESS:][HOST[-HOST]]:]CONTAINER[-CONTAINER][/tcp|udp]". A range becomes one
 * canonical text a port in `ret`, but for a range of the host for one port of the container.
 * Returns 0, or -EINVAL / -EOPNOTSUPP (sctp) with docker's
 * sentence.
 */
int port_mappings_parse(const char *text, struct arena *arena, struct strv *ret, struct err *e);

/* One canonical text. Returns 0 or -EINVAL. */
int port_mapping_read(const char *text, struct port_mapping *ret);
/* "", "80" or "80-89" */
enum { PORT_TEXT_SIZE = sizeof("65535-65535") };
void port_host_text(const struct port_mapping *mapping, char ret[PORT_TEXT_SIZE]);
char *port_mapping_write(const struct port_mapping *mapping, struct arena *arena);

/* "80/tcp", "80" or "80-85/udp" of --expose and EXPOSE, as one text "80/tcp" a port. */
int port_exposed_parse(const char *text, struct arena *arena, struct strv *ret, struct err *e);

#endif
