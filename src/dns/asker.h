/*
 * A container, from its registration to its end.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_ASKER_H
#define HOY_DNS_ASKER_H

#include "dns/server.h"

struct asker *asker_find(const struct server *server, const char *id);

/*
 * A new container, or a known one with new sockets: the descriptors of enum dns_socket and the
 * registration are consumed even on failure. Returns 0 or -errno with a sentence.
 */
int asker_register(struct server *server, struct registration *take_registration,
		   int take_fds[DNS_SOCKET_COUNT], struct err *e);
/* What is known of it is this now. -ENOENT: there is none of this id. */
int asker_update(struct server *server, struct registration *take_registration, struct err *e);

/* Close everything that it has, and forget its names. */
void asker_remove(struct server *server, struct asker *asker);

#endif
