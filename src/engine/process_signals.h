/*
 * Would a process react to a signal?
 *
 * The first process of a pid namespace gets no signal whose action is the default: `stop` of a
 * shell that runs as PID 1 would wait for nothing.
 *
 * Runs in: cli (engine).
 * See: proc_pid_status(5); pid_namespaces(7) "The namespace init process".
 */
#ifndef HOY_ENGINE_PROCESS_SIGNALS_H
#define HOY_ENGINE_PROCESS_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_signals {
	uint64_t caught;
	uint64_t ignored;
	uint64_t blocked;	/* perhaps to be read by signalfd or sigwait */
	bool is_namespace_init; /* PID 1 of a namespace below ours */
};

/* From the text of /proc/PID/status. Returns 0 or -EINVAL. */
int process_signals_parse(const char *text, struct process_signals *ret);
/* Returns 0, -ESRCH. */
int process_signals_read(pid_t pid, struct process_signals *ret);
/* Will nothing at all happen when it gets this signal? */
bool process_signals_are_lost(const struct process_signals *signals, int signal);

#endif
