/*
 * Servers that did not answer lately: they are asked last for a while, so that one that is gone
 * costs its half second once and not with every question.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_SUSPECTS_H
#define HOY_DNS_SUSPECTS_H

#include "dns/registration.h"

enum { SUSPECTS_MAX = 16 };

struct suspects {
	struct {
		struct sockaddr_storage server;
		uint64_t end_ns;
	} items[SUSPECTS_MAX];
	size_t next; /* to be overwritten */
};

void suspects_add(struct suspects *suspects, const struct sockaddr_storage *server,
		  uint64_t now_ns);
/* It has answered. */
void suspects_clear(struct suspects *suspects, const struct sockaddr_storage *server);
/* Those that are suspected go behind the others; both keep their order. */
void suspects_last(const struct suspects *suspects, uint64_t now_ns, struct server_list *list);

#endif
