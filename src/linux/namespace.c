/*
 * See namespace.h.
 *
 * Runs in: cli, runtime, init.
 */
#include "linux/namespace.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include "base/fault.h"
#include "base/fd.h"

/* From linux/sched.h, which does not go together with musl's sched.h. */
struct clone3_args {
	_Alignas(8) uint64_t flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid;
	uint64_t set_tid_size;
	uint64_t cgroup;
};

enum { VFORK_STACK = 32 * 1024, VFORK_RETURNED = 255 };

static const uint64_t clone3_pidfd = 0x00001000;
static const uint64_t clone3_into_cgroup = 0x200000000ULL;

pid_t clone3_child(uint64_t flags, int cgroup_fd, int *ret_pidfd)
{
	struct clone3_args args = { .flags = flags, .exit_signal = SIGCHLD };
	int pidfd = -EBADF;
	long pid;

	FAULT("clone3");
	if (flags & CLONE_PARENT)
		args.exit_signal = 0; /* the kernel takes that of the caller */
	if (ret_pidfd) {
		args.flags |= clone3_pidfd;
		args.pidfd = (uintptr_t)&pidfd;
	}
	if (cgroup_fd >= 0) {
		args.flags |= clone3_into_cgroup;
		args.cgroup = (uint64_t)cgroup_fd;
	}
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		return -errno;
	if (pid > 0 && ret_pidfd)
		*ret_pidfd = pidfd;
	return (pid_t)pid;
}

struct vfork_call {
	void (*run)(const void *context);
	const void *context;
};

static int vfork_child(void *context)
{
	const struct vfork_call *call = context;

	call->run(call->context);
	_exit(VFORK_RETURNED);
}

pid_t clone_vfork(uint64_t flags, void (*run)(const void *context), const void *context,
		  int *ret_pidfd)
{
	struct vfork_call call = { run, context };
	_Alignas(16) char stack[VFORK_STACK];
	int pidfd = -EBADF;
	sigset_t all;
	sigset_t before;
	int error;
	int pid;

	FAULT("clone3");
	/* A handler of ours must not run in the child: its memory is ours. The child resets all
	 * of them, then the mask. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = clone(vfork_child, stack + sizeof(stack),
		    (int)flags | CLONE_VM | CLONE_VFORK | SIGCHLD |
			    (ret_pidfd ? CLONE_PIDFD : 0),
		    &call, &pidfd);
	error = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
#ifdef __SANITIZE_ADDRESS__
	/* The child's frames never returned, and left the sanitizer's marks behind. */
	__asan_unpoison_memory_region(stack, sizeof(stack));
#endif
	if (pid < 0)
		return -error;
	if (ret_pidfd)
		*ret_pidfd = pidfd;
	return pid;
}

int namespace_join(int fd, int types)
{
	FAULT("setns");
	return setns(fd, types) < 0 ? -errno : 0;
}

int namespace_unshare(int types)
{
	FAULT("unshare");
	return unshare(types) < 0 ? -errno : 0;
}

int pidfd_of(pid_t pid)
{
	long fd;

	FAULT("pidfd_open");
	fd = syscall(SYS_pidfd_open, pid, 0);
	return fd < 0 ? -errno : (int)fd;
}

int pidfd_kill(int pidfd, int signal)
{
	FAULT("pidfd_send_signal");
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}
