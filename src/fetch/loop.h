/*
 * The loop: commands in, events out, and everything that is on its way driven in between.
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_LOOP_H
#define HOY_FETCH_LOOP_H

#include "base/err.h"
#include "fetch/call.h"
#include "fetch/job.h"
#include "fetch/setup.h"
#include "proto/fetch.h"

struct loop {
	int socket_fd;
	struct calls calls;
	struct setup setup;
	struct job jobs[FETCH_COMMANDS_MAX];
	struct fetch_frame *frame; /* the one that is read */
};

/* Before confinement: libcurl and OpenSSL load what they need. */
int loop_init(struct loop *loop, int socket_fd, struct err *e);
/* Until the engine closes its end. Returns 0 or -errno. */
int loop_run(struct loop *loop, struct err *e);
void loop_done(struct loop *loop);

#endif
