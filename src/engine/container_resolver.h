/*
 * A container and hoy-dns: the sockets on which it asks, and what hoy-dns knows of it.
 *
 *   start        container_resolver_open_inside    the sockets, in its network namespace
 *                container_resolver_say            its names; nobody waits
 *                container_resolver_hear           hoy-dns knows them: before the program runs
 *   later        container_resolver_tell           what it is called has changed, or hoy-dns has
 *
 * Whoever tells has the container's lock, so what is said last is what the record says.
 *
 * Runs in: cli (engine).
 * See: proto/dns.h, engine/resolver.h.
 */
#ifndef HOY_ENGINE_CONTAINER_RESOLVER_H
#define HOY_ENGINE_CONTAINER_RESOLVER_H

#include "engine/engine.h"
#include "network/endpoint.h"
#include "proto/dns.h"
#include "store/container_dir.h"

struct container_resolver {
	int fds[DNS_SOCKET_COUNT];
	int connection_fd; /* something was said, and not yet answered; -1 */
	struct str text;
};

#define AUTO_RESOLVER __attribute__((cleanup(container_resolver_done)))

void container_resolver_init(struct container_resolver *resolver);
void container_resolver_done(struct container_resolver *resolver);

/* Is it on a network of the user's own, and so has names, and somebody to ask for others'? */
bool container_has_names(const struct container_config *config);

/* In its network namespace: the sockets on which it will ask. Its loopback need not be up. */
int container_resolver_open_inside(struct container_resolver *resolver, struct err *e);
int container_resolver_say(struct container_resolver *resolver, struct engine *engine,
			   const struct record *record, const struct endpoints *endpoints,
			   struct err *e);
int container_resolver_hear(struct container_resolver *resolver, struct engine *engine,
			    struct err *e);

/*
 * Let hoy-dns know what the record of a running container says, which may be what it knows. One
 * that it does not know gets sockets and is registered, if it is on a network with names; then
 * hoy-dns is started, too.
 */
int container_resolver_tell(struct engine *engine, const struct container *container,
			    const struct container_dir *dir, struct err *e);
/* Does it know a container that has names? For check; nothing is started or ended. */
bool container_resolver_is_known(struct engine *engine, const struct container *container);

#endif
