/*
 * hoy-dns, as the engine has to do with it: it is started by the first who wants to say something
 * to it, and ends by itself when it serves nobody any more.
 *
 * Who finds nobody behind RUNROOT/dns.sock makes the socket anew, under a lock on RUNROOT/dns.lock,
 * and leaves it to a hoy-dns that it executes. What is said in the meantime waits in the socket. A
 * hoy-dns that ends with something unheard ends the connection, and it is said again to the next.
 * One that does not answer is killed, so that this holds for it, too.
 *
 * Runs in: cli (engine).
 * See: proto/dns.h.
 */
#ifndef HOY_ENGINE_RESOLVER_H
#define HOY_ENGINE_RESOLVER_H

#include <stddef.h>

#include "engine/engine.h"

/* What is said, until the answer is there. All of it borrowed. */
struct resolver_message {
	bool is_starting;  /* where nobody is there, or has ended unheard, one is started */
	bool is_replacing; /* one that does not answer is ended */
	const char *text;
	size_t len;
	const int *fds;
	size_t fd_count;
};

/* Say it, without waiting for the answer. Returns the connection, owned by the caller, or -errno
 * with a sentence; -ECONNREFUSED: nobody is there. */
int resolver_say(struct engine *engine, const struct resolver_message *message, struct err *e);
/* Wait for the answer of one that is stopped for two seconds, of any other for ten. Returns 0,
 * hoy-dns's -errno and sentence, -ETIMEDOUT, or -ECONNRESET: it ended, or was ended. */
int resolver_hear(struct engine *engine, const struct resolver_message *message,
		  int take_connection_fd, struct err *e);

/* For reset: end it, and remove the socket. */
int resolver_end(struct engine *engine, struct err *e);

#endif
