/*
 * What /proc says of one process: does it live, and is it still the one that a pid was written
 * down for.
 *
 * Runs in: cli, runtime.
 * See: proc(5) "/proc/[pid]/stat".
 */
#ifndef HOY_BASE_PROCESS_STAT_H
#define HOY_BASE_PROCESS_STAT_H

#include <stdint.h>
#include <sys/types.h>

struct process_stat {
	char state;	      /* 'R', 'S', ... 'Z', 'X' */
	uint64_t start_ticks; /* with the pid it names a process */
};

/* Returns 0, or -ESRCH: there is none. */
int process_stat_read(pid_t pid, struct process_stat *ret);

#endif
