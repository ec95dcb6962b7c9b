/*
 * What hoy-dns gives up before it hears the first word of a container: user, capabilities, files,
 * and every system call that it does not need.
 *
 * It keeps the host's network namespace, in which it asks the host's servers.
 *
 * Runs in: hoy-dns.
 * See: capabilities(7), pivot_root(2), seccomp(2).
 */
#ifndef HOY_DNS_CONFINE_H
#define HOY_DNS_CONFINE_H

#include "base/err.h"

/* Away from whoever started us: session, signals, names. The limit of descriptors is raised. */
void confine_settle(void);

/* hoy-dns: an empty, read-only root, nobody's user id, sockets and nothing else. */
int confine_service(struct err *e);

/* The reader of the host's servers: nobody's user id; files may be opened, no sockets. */
int confine_reader(struct err *e);

#endif
