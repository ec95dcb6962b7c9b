/*
 * The caller's streams and terminal, connected to a container's: what run, start -a, attach and
 * exec do once the process runs.
 *
 * The terminal is raw while connected and restored on every way out, a signal that ends us
 * included. Signals are forwarded, or end us as they would have without us. When whoever reads
 * our standard output goes away, we end by SIGPIPE as docker does, and the container goes on.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_STREAM_H
#define HOY_CLI_STREAM_H

#include <stdbool.h>

#include "base/err.h"
#include "cli/detach_keys.h"
#include "engine/engine.h"

struct stream_options {
	bool is_tty;			/* the process has a terminal */
	bool has_input;			/* our standard input goes to it */
	bool forwards_signals;		/* --sig-proxy (cmd_attach: only without a terminal) */
	struct detach_keys detach_keys; /* found only with a terminal; none: nothing detaches */
};

enum stream_end { STREAM_EXITED, STREAM_DETACHED };

enum { STREAM_CODE_LOST = 255 };

/*
 * Serve `client_fd` (proto/attach.h, HELLO sent; borrowed) until the container has ended or the
 * user detaches. Returns STREAM_EXITED with its exit code, STREAM_DETACHED, or -errno with a
 * sentence: -EPIPE when the monitor is gone without a word (the exit code is then
 * STREAM_CODE_LOST).
 */
int stream_attach(int client_fd, const struct stream_options *options, int *ret_exit_code,
		  struct err *e);

/*
 * The same for an exec, which has no monitor: `exec`'s descriptors directly (borrowed; set
 * non-blocking). Ends when the process has ended and its output is read; of output that a
 * background child holds open what comes within 100 ms of quiet. The exit code is by waitid:
 * 128 + n for a signal. STREAM_DETACHED leaves the process running.
 */
int stream_exec(struct engine_exec *exec, const struct stream_options *options,
		int *ret_exit_code, struct err *e);

#endif
