/*
 * What a running container has of a network: its address, its interface and the ports that are
 * published for it.
 *
 * RUNROOT/containers/ID/endpoint says it as lines, written before any of it is made, so that whoever
 * clears the container away knows what to give back:
 *
 *   network NAME ID BRIDGE ADDRESS/PREFIX GATEWAY MAC INTERFACE
 *   port tcp|udp ADDRESS HOST CONTAINER            ADDRESS 0.0.0.0: all of the host's
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_NETWORK_ENDPOINT_H
#define HOY_NETWORK_ENDPOINT_H

#include "network/link.h"
#include "network/network.h"
#include "spec/port_mapping.h"

enum { ENDPOINT_PORTS_MAX = 4096 };

struct endpoint {
	char network[NETWORK_NAME_SIZE]; /* "": none */
	char network_id[ID_SIZE];
	char bridge[IFNAMSIZ];
	char interface[IFNAMSIZ]; /* the host's end */
	uint32_t address;
	uint8_t prefix;
	uint32_t gateway; /* 0: no way out */
	uint8_t mac[LINK_MAC_SIZE];
	struct port_mapping *ports; /* with their host ports; in the arena */
	size_t port_count;
};

/* Fill in what follows from network, address and the container's id; no ports. */
void endpoint_init(struct endpoint *endpoint, const struct network *network,
		   const char *container_id, uint32_t address);

void endpoint_format(const struct endpoint *endpoint, struct str *out);
/* Returns 0 or -EBADMSG. */
int endpoint_parse(const char *text, struct arena *arena, struct endpoint *ret);

/* Of a container: 0, -ENOENT when it has none, or -EBADMSG when it was only announced. */
int endpoint_read(const struct state *state, const char *id, struct arena *arena,
		  struct endpoint *ret);
/* Before anything is leased: an empty file, which says that there may be a lease that no endpoint
 * names yet. */
int endpoint_announce(int run_dir_fd, struct err *e);
int endpoint_write(int run_dir_fd, const struct endpoint *endpoint, struct err *e);

#endif
