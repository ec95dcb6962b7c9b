/*
 * What the engine says first: whom we speak with, where, and as whom.
 *
 * Runs in: fetch, before it confines itself.
 */
#ifndef HOY_FETCH_SETUP_H
#define HOY_FETCH_SETUP_H

#include "base/err.h"
#include "base/str.h"
#include "fetch/call.h"

struct setup {
	struct arena arena; /* all texts */
	const char *registry;
	const char *repository;
	const char *name; /* of the repository, as users write it */
	struct strv headers;
};

/* Read frames until FETCH_GO into `calls` and `ret`. Returns 0, -EPIPE (the engine is gone) or
 * -errno with a sentence. */
int setup_read(int socket_fd, struct calls *calls, struct setup *ret, struct err *e);

#endif
