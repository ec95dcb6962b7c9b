/*
 * What hoy-init and its parent say to each other, over one SOCK_SEQPACKET pair.
 *
 *   init                                parent (runtime/launch.c)
 *   SYNC_BORN       (plan.pid_fd) ---->  the pid of the init that goes on, a child of the same parent
 *   SYNC_NEED_MAPS  (new user ns) ---->  write uid_map, gid_map
 *                                 <----  SYNC_MAPS_WRITTEN
 *   SYNC_HOOKS                    ---->  prestart and createRuntime hooks (namespaces made, root not yet pivoted)
 *                                 <----  SYNC_HOOKS_DONE            (only with PLAN_PARENT_HOOKS; plan.state_fd is filled)
 *   SYNC_STAGE      (traced, held) ---->  value = enum stage; the parent prints it, or stops init there
 *   SYNC_READY                    ---->  everything but the start is done: state = created. With plan.wait_fd it is
 *                                        said when privileges are dropped
 *                                 <----  SYNC_RECORDED              (with plan.wait_fd: init lets go of this socket)
 *                                 <----  SYNC_START                 (with plan.wait_fd: from who connects there)
 *   end of file (CLOEXEC)                execve worked: the user's program runs
 *   SYNC_ERROR + struct err       ---->  the only other thing that init may say; then it exits with 255
 *
 * In a new user namespace an execve by an unmapped user would lose the capabilities: there the forked child (runtime/launch.c)
 * says NEED_MAPS and becomes 0 before it executes hoy-init; init asks only when it finds that it is not 0.
 *
 * To be held at a stage (plan hold_stage) init blocks after SYNC_STAGE until it gets SIGCONT, so that the parent's SIGSTOP
 * cannot come too late.
 *
 * A parent that dies closes its end: init, waiting for a message, gets end of file and exits. So an init that nobody
 * has written down anywhere does not outlive who launched it.
 *
 * Runs in: runtime, init.
 */
#ifndef HOY_PROTO_SYNC_H
#define HOY_PROTO_SYNC_H

#include <stdint.h>

#include "base/err.h"

enum sync_type {
	SYNC_NEED_MAPS = 1,
	SYNC_MAPS_WRITTEN,
	SYNC_HOOKS,
	SYNC_HOOKS_DONE,
	SYNC_STAGE,
	SYNC_READY,
	SYNC_START,
	SYNC_ERROR,
	/* value: pid on the host of the child in the other pid namespace; the sender ends */
	SYNC_BORN,
	/* the container is written down, and who launched init may go */
	SYNC_RECORDED
};

struct sync_message {
	uint32_t type;	  /* enum sync_type */
	uint32_t value;	  /* SYNC_STAGE: the stage's number */
	uint64_t time_ns; /* SYNC_STAGE: clock_monotonic_ns() of the sender */
};

struct sync_error {
	struct sync_message message;
	struct err err;
};

/* Send one message. Returns 0 or -errno (-EPIPE: the other side is gone). Never raises SIGPIPE.
 */
int sync_send(int fd, enum sync_type type, uint32_t value);
int sync_send_error(int fd, const struct err *e);

/*
 * Receive one message. Returns its type, 0 at end of file, or -errno (-EPROTO: not a message of
 * ours). For SYNC_ERROR `*e` is what the other side said and the return value is SYNC_ERROR.
 */
int sync_receive(int fd, struct sync_message *ret, struct err *e);

/* The names of the stages, in the order of the birth: for traces, holds and fault tests. */
enum stage {
	STAGE_NAMESPACES,
	STAGE_IDENTITY,
	STAGE_PROPAGATION,
	STAGE_ROOT,
	STAGE_MOUNTS,
	STAGE_DEVICES,
	STAGE_HOOKS,
	STAGE_PIVOT,
	STAGE_CONSOLE,
	STAGE_HOSTNAME,
	STAGE_SYSCTL,
	STAGE_MASKS,
	STAGE_NO_NEW_PRIVILEGES,
	STAGE_READY,
	STAGE_PRIVILEGES,
	STAGE_WAIT,
	STAGE_SECCOMP,
	STAGE_HOOK_START,
	STAGE_EXEC,
	STAGE_COUNT
};

const char *stage_name(enum stage stage);
/* The stage of that name or -EINVAL. */
int stage_find(const char *name);

#endif
