/*
 * What one registration says: the text of proto/dns.h as a structure.
 *
 * Limits: those of proto/dns.h. The engine writes the text, and what it says of a container was
 * checked there; here only what we rely on is.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_REGISTRATION_H
#define HOY_DNS_REGISTRATION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/str.h"
#include "proto/dns.h"

/* Who is asked for names that are not ours. */
struct server_list {
	size_t count;
	struct sockaddr_storage
		items[DNS_SERVERS_MAX]; /* zeroed behind what the family needs */
};

/* Of either family: 4 or 16 bytes in network order. */
struct network_address {
	size_t len;
	uint8_t prefix;
	uint8_t bytes[sizeof(struct in6_addr)];
};

struct registration_network {
	const char *id;
	const char *name;
	bool is_internal;
	struct network_address addresses[2]; /* of the container */
	size_t address_count;
	struct strv names;
	struct strv links; /* alias and name, alternating */
};

/* Names are in lower case. */
struct registration {
	struct arena arena; /* all below is in it */
	const char *id;
	struct server_list servers; /* none: the host's */
	bool keeps_short;
	bool is_internal; /* no network leads out, or there is none: nothing is forwarded */
	struct registration_network *networks;
	size_t network_count;
};

/* Returns 0, or -EINVAL with the line at fault, -ENOMEM; then nothing is in `ret`. */
int registration_parse(const char *text, size_t len, struct registration *ret, struct err *e);
void registration_done(struct registration *registration);

#endif
