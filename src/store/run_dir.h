/*
 * What exists of a container only while it runs: RUNROOT/containers/ID with `alive`, `attach` and `state` (and `life`: run_life.h).
 *
 *   alive    flock(2)ed exclusively by the monitor: the one proof that the container runs
 *   attach   the listening socket of proto/attach.h
 *   state    "1 PID START_TICKS MONITOR_PID RUN STARTED_NS BOOT_ID\n", written once init is ready
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_STORE_RUN_DIR_H
#define HOY_STORE_RUN_DIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "store/state.h"

enum { BOOT_ID_SIZE = 37 };

struct run_state {
	pid_t pid; /* of init on the host */
	uint64_t start_ticks;
	pid_t monitor_pid;
	uint64_t run;
	uint64_t started_ns;
	char boot_id[BOOT_ID_SIZE];
};

struct run_dir {
	int fd;
	int alive_fd;  /* locked */
	int listen_fd; /* of `attach` */
};

/* Make it afresh (an old one is removed first), lock `alive` and listen at `attach`. The
 * descriptors are the caller's. */
int run_dir_make(const struct state *state, const char *id, struct run_dir *ret, struct err *e);
void run_dir_close(struct run_dir *dir);
int run_dir_remove(const struct state *state, const char *id);

/* Fill start_ticks and boot_id for `pid` and write the state file. */
int run_state_write(int run_dir_fd, struct run_state *run_state, struct err *e);
/* Returns 0, -ENOENT, or -EBADMSG for a broken one. */
int run_state_read(const struct state *state, const char *id, struct run_state *ret);

/* Is the `alive` lock of this container held? */
bool run_dir_is_alive(const struct state *state, const char *id);
/* Wait until it is not. timeout_ns 0: for ever. Returns 0 or -ETIMEDOUT. */
int run_dir_wait(const struct state *state, const char *id, uint64_t timeout_ns);
/* Connect to `attach`. Returns an fd owned by the caller or -errno. */
int run_dir_connect(const struct state *state, const char *id);

/* Field 22 of /proc/PID/stat. Returns 0 or -ESRCH. */
int process_start_ticks(pid_t pid, uint64_t *ret);
int boot_id_read(char boot_id[BOOT_ID_SIZE]);

#endif
