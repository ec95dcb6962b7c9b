/*
 * What a container is doing, decided from what exists and never from a stored word.
 *
 *   `alive` lock held by a monitor         running
 *   not held, exit file of this run        exited with its code
 *   not held, none, record.run > 0         exited 255, "monitor lost" (or the host was rebooted: boot id differs)
 *   record.run == 0                        created
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_STORE_LIVENESS_H
#define HOY_STORE_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "store/record.h"
#include "store/state.h"

enum container_status {
	STATUS_CREATED,
	STATUS_RUNNING,
	STATUS_PAUSED,
	STATUS_RESTARTING,
	STATUS_REMOVING,
	STATUS_EXITED,
	STATUS_DEAD
};

struct liveness {
	enum container_status status;
	pid_t pid;	      /* of init on the host; 0 when not running */
	uint64_t start_ticks; /* field 22 of /proc/PID/stat: pid and this name a process */
	pid_t monitor_pid;
	uint64_t started_ns; /* wall clock; 0: never */
	uint64_t finished_ns;
	int exit_code;
	bool is_oom_killed;
	bool is_monitor_lost;
};

/* "created", "running" ...: docker's words. */
const char *container_status_text(enum container_status status);

int liveness_read(const struct state *state, const struct record *record, struct liveness *ret,
		  struct err *e);

/* Wait until nobody holds the `alive` lock (the exit file is then written). timeout_ns 0: for
 * ever. -ETIMEDOUT. */
int liveness_wait(const struct state *state, const char *id, uint64_t timeout_ns);

/*
 * A pidfd of init, verified against the start time. Returns an fd owned by the caller or
 * -ESRCH.
 */
int liveness_open_init(const struct liveness *liveness);

#endif
