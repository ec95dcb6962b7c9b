/*
 * What a process is and may use: its identity, limits, scheduling, and what it inherits.
 *
 * The ids are set by the bare system calls: a libc would run its protocol for many threads, and
 * there is one.
 *
 * Runs in: init, image.
 * See: credentials(7), prctl(2), prlimit(2), sched_setattr(2), ioprio_set(2), close_range(2).
 */
#ifndef HOY_LINUX_PROCESS_H
#define HOY_LINUX_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* May others of the same user trace it, read its memory and follow its /proc/PID links? Never
 * while it holds host objects. */
int process_set_dumpable(bool is_dumpable);
int process_set_no_new_privileges(void);
/* SIGKILL when the parent's thread ends. A change of ids takes it back, so it comes after that.
 */
int process_die_with_parent(void);

/* Close every fd of [first, last], or only mark them CLOEXEC. Returns 0 or -errno. */
int process_close(unsigned int first, unsigned int last);
int process_close_on_exec(unsigned int first, unsigned int last);

/* All three ids of each kind. (uid_t)-1 is refused (-EINVAL): to the kernel it means "leave".
 */
int process_set_uid(uid_t uid);
int process_set_gid(gid_t gid);
int process_set_groups(const gid_t *groups, size_t count);

int process_set_limit(uint32_t resource, uint64_t soft, uint64_t hard);
/* "RLIMIT_NOFILE"; NULL: none that we know. */
const char *process_limit_name(uint32_t resource);
int process_set_personality(uint32_t persona);

/* Of sched_setattr(2); deadlines in nanoseconds. */
struct process_scheduler {
	uint32_t policy;
	int32_t nice;
	uint32_t priority;
	uint64_t flags;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
};

int process_set_scheduler(const struct process_scheduler *scheduler);
/* Masks in words of 64 bits, as the kernel takes them. -EINVAL: none of the processors is ours
 * to use, or the mode and the nodes do not go together. */
int process_set_processors(const uint64_t *mask, size_t words);
int process_set_memory_policy(uint32_t mode, const uint64_t *nodes, size_t words);
int process_set_io_priority(uint32_t priority);

/* Default dispositions and an empty mask, as a program expects to find them. */
void process_reset_signals(void);

#endif
