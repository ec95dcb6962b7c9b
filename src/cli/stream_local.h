/*
 * Our side of a connection to a container: standard streams, terminal and signals of the
 * caller.
 *
 * Life cycle: stream_local_open, then stream_local_close on every way out.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_STREAM_LOCAL_H
#define HOY_CLI_STREAM_LOCAL_H

#include <poll.h>
#include <signal.h>
#include <stdint.h>

#include "cli/sink.h"
#include "cli/stream.h"
#include "linux/caller_terminal.h"

/* What there is to wait for besides the container's side; used as indexes of a list for poll.
 */
enum stream_wait { WAIT_SIGNAL, WAIT_INPUT, WAIT_OUTPUT, WAIT_ERROR, WAIT_LOCAL_COUNT };

struct stream_local {
	const struct stream_options *options; /* borrowed */
	struct terminal terminal;
	int signal_fd;
	sigset_t old_mask;
	struct sigaction old_pipe;
	struct detach_filter filter;
	bool is_input_over;
	struct sink output;
	struct sink error;
};

/* Returns 0 or -errno with a sentence; nothing is changed then. */
int stream_local_open(struct stream_local *local, const struct stream_options *options,
		      struct err *e);
void stream_local_close(struct stream_local *local);

/* Fill the first WAIT_LOCAL_COUNT elements. Input is awaited when `takes_input`. */
void stream_local_await(const struct stream_local *local, struct pollfd *waits,
			bool takes_input);
/* Whether both sinks are empty, so that more can be taken from the container. */
bool stream_local_has_room(const struct stream_local *local);
/* Write what waits, where poll said so. Returns 0 or -errno with a sentence. Does not return
 * when the reader is gone. */
int stream_local_write(struct stream_local *local, const struct pollfd *waits, struct err *e);
/* Everything that still waits. */
int stream_local_finish(struct stream_local *local, struct err *e);

/*
 * Take one signal: returns its number if it is to be forwarded, 0 if it was dealt with, and
 * does not return if it ends us.
 * `*ret_is_resized`: the terminal has a new size.
 */
int stream_local_signal(struct stream_local *local, bool *ret_is_resized);

enum { STREAM_INPUT_MAX = 16384, STREAM_INPUT_SIZE = STREAM_INPUT_MAX + DETACH_KEYS_MAX };

/*
 * Read at most `max` (<= STREAM_INPUT_MAX) bytes of standard input into `data`
 * (STREAM_INPUT_SIZE bytes), without what detaches. Returns how many, with is_input_over set at
 * the end; -ECANCELED: detached.
 */
ssize_t stream_local_read(struct stream_local *local, char *data, size_t max);

#endif
