/*
 * See process.h.
 *
 * Runs in: init, image.
 */
#include "linux/process.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "linux/kernel_abi.h"

enum { IOPRIO_WHO_PROCESS = 1, SIGNALS = 64, WORD_BITS = 64 };

/* The first version of struct sched_attr. */
struct scheduler_attributes {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
};

int process_set_dumpable(bool is_dumpable)
{
	FAULT("dumpable");
	return prctl(PR_SET_DUMPABLE, is_dumpable, 0, 0, 0) < 0 ? -errno : 0;
}

int process_set_no_new_privileges(void)
{
	FAULT("no_new_privs");
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

int process_die_with_parent(void)
{
	FAULT("pdeathsig");
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ? -errno : 0;
}

int process_close(unsigned int first, unsigned int last)
{
	return syscall(SYS_close_range, first, last, 0) < 0 ? -errno : 0;
}

int process_close_on_exec(unsigned int first, unsigned int last)
{
	return syscall(SYS_close_range, first, last, ABI_CLOSE_RANGE_CLOEXEC) < 0 ? -errno : 0;
}

int process_set_uid(uid_t uid)
{
	FAULT("setresuid");
	if (uid == (uid_t)-1)
		return -EINVAL;
	return syscall(SYS_setresuid, uid, uid, uid) < 0 ? -errno : 0;
}

int process_set_gid(gid_t gid)
{
	FAULT("setresgid");
	if (gid == (gid_t)-1)
		return -EINVAL;
	return syscall(SYS_setresgid, gid, gid, gid) < 0 ? -errno : 0;
}

int process_set_groups(const gid_t *groups, size_t count)
{
	FAULT("setgroups");
	return syscall(SYS_setgroups, count, groups) < 0 ? -errno : 0;
}

int process_set_limit(uint32_t resource, uint64_t soft, uint64_t hard)
{
	const uint64_t limit[2] = { soft, hard };

	FAULT("prlimit");
	return syscall(SYS_prlimit64, 0, resource, limit, NULL) < 0 ? -errno : 0;
}

int process_set_personality(uint32_t persona)
{
	FAULT("personality");
	return personality(persona) < 0 ? -errno : 0;
}

const char *process_limit_name(uint32_t resource)
{
	static const char *const names[] = {
		[RLIMIT_CPU] = "RLIMIT_CPU",
		[RLIMIT_FSIZE] = "RLIMIT_FSIZE",
		[RLIMIT_DATA] = "RLIMIT_DATA",
		[RLIMIT_STACK] = "RLIMIT_STACK",
		[RLIMIT_CORE] = "RLIMIT_CORE",
		[RLIMIT_RSS] = "RLIMIT_RSS",
		[RLIMIT_NPROC] = "RLIMIT_NPROC",
		[RLIMIT_NOFILE] = "RLIMIT_NOFILE",
		[RLIMIT_MEMLOCK] = "RLIMIT_MEMLOCK",
		[RLIMIT_AS] = "RLIMIT_AS",
		[RLIMIT_LOCKS] = "RLIMIT_LOCKS",
		[RLIMIT_SIGPENDING] = "RLIMIT_SIGPENDING",
		[RLIMIT_MSGQUEUE] = "RLIMIT_MSGQUEUE",
		[RLIMIT_NICE] = "RLIMIT_NICE",
		[RLIMIT_RTPRIO] = "RLIMIT_RTPRIO",
		[RLIMIT_RTTIME] = "RLIMIT_RTTIME",
	};

	return resource < sizeof(names) / sizeof(names[0]) ? names[resource] : NULL;
}

int process_set_scheduler(const struct process_scheduler *s)
{
	const struct scheduler_attributes attributes = {
		.size = sizeof(attributes),
		.policy = s->policy,
		.flags = s->flags,
		.nice = s->nice,
		.priority = s->priority,
		.runtime = s->runtime,
		.deadline = s->deadline,
		.period = s->period,
	};

	FAULT("sched_setattr");
	return syscall(SYS_sched_setattr, 0, &attributes, 0) < 0 ? -errno : 0;
}

int process_set_processors(const uint64_t *mask, size_t words)
{
	FAULT("sched_setaffinity");
	return syscall(SYS_sched_setaffinity, 0, words * sizeof(*mask), mask) < 0 ? -errno : 0;
}

int process_set_memory_policy(uint32_t mode, const uint64_t *nodes, size_t words)
{
	/* The kernel takes one bit off the number that it is told. */
	unsigned long bits = words > 0 ? words * WORD_BITS + 1 : 0;

	FAULT("set_mempolicy");
	return syscall(SYS_set_mempolicy, mode, nodes, bits) < 0 ? -errno : 0;
}

int process_set_io_priority(uint32_t priority)
{
	FAULT("ioprio_set");
	return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority) < 0 ? -errno : 0;
}

void process_reset_signals(void)
{
	/* The kernel's structure: the C library keeps 32 and 33 for itself and refuses them,
	 * but who called us may ignore them. */
	static const struct {
		uintptr_t handler; /* 0: SIG_DFL */
		unsigned long flags;
		uintptr_t restorer;
		uint64_t mask;
	} by_default;
	sigset_t none;

	for (int i = 1; i <= SIGNALS; i++)
		(void)syscall(SYS_rt_sigaction, i, &by_default, NULL, sizeof(by_default.mask));
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}
