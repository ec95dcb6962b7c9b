/*
 * A program of a container in the foreground: its terminal is shown on ours, signals reach it,
 * and its end is ours.
 *
 * Life cycle: foreground_begin before the program can run (a signal that comes early must wait
 * for it, not end us), then foreground_wait; foreground_end on every way out.
 *
 * Runs in: runtime.
 * See: signalfd(2), pidfd_open(2).
 */
#ifndef HOY_OCI_FOREGROUND_H
#define HOY_OCI_FOREGROUND_H

#include <signal.h>

#include "base/err.h"
#include "linux/caller_terminal.h"

enum { FOREGROUND_INPUT_MAX = 4096 };

struct foreground {
	int signal_fd;
	sigset_t old_mask;
	struct terminal terminal;
	int master_fd; /* the container's terminal; -1: it has none */
	bool is_input_over;
	char input[FOREGROUND_INPUT_MAX]; /* typed, and not taken by the terminal yet */
	size_t input_len;
};

int foreground_begin(struct foreground *f, struct err *e);
/*
 * Serve the process behind `pidfd`, a child of ours, until it has ended and was waited for.
 * `master_fd` is borrowed; -1: it has our own descriptors. Returns its exit code, 128 + n when a
 * signal ended it, or -errno.
 */
int foreground_wait(struct foreground *f, int pidfd, int master_fd, struct err *e);
void foreground_end(struct foreground *f);

#endif
