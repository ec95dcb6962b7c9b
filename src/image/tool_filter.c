/*
 * See tool_filter.h.
 *
 * A list of what may be done, not of what may not. open(2) is not on it (a file is opened by
 * openat(2), relative to the root that tool_confine made), nor is anything with sockets,
 * processes, mounts, ioctls or signals to others. clone3 is answered with "not there", because
 * its flags cannot be seen; the C library then uses clone, which is allowed for threads only.
 *
 * Runs in: image.
 * See: seccomp(2), libseccomp's seccomp_rule_add(3).
 */
#include "image/tool_filter.h"

#include <sched.h>
#include <seccomp.h>
#include <stddef.h>

static const int filter_allowed[] = {
	/* bytes */
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(fstatfs),
	SCMP_SYS(fcntl),
	SCMP_SYS(fsync),
	SCMP_SYS(syncfs),
	SCMP_SYS(sync_file_range),
	SCMP_SYS(ftruncate),
	SCMP_SYS(poll),
	/* files below the root */
	SCMP_SYS(openat),
	SCMP_SYS(openat2),
	SCMP_SYS(mkdirat),
	SCMP_SYS(mknodat),
	SCMP_SYS(symlinkat),
	SCMP_SYS(linkat),
	SCMP_SYS(unlinkat),
	SCMP_SYS(fchown),
	SCMP_SYS(fchownat),
	SCMP_SYS(fchmod),
	SCMP_SYS(utimensat),
	SCMP_SYS(fsetxattr),
	SCMP_SYS(fgetxattr),
	SCMP_SYS(flistxattr),
	SCMP_SYS(getdents64),
	SCMP_SYS(readlinkat),
	/* memory */
	/* glibc's qsort asks for the machine's memory before it sorts a large directory */
	SCMP_SYS(sysinfo),
	SCMP_SYS(mmap),
	SCMP_SYS(munmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	/* threads, time, the end */
	SCMP_SYS(futex),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sched_yield),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(getrandom),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

static int filter_add(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp is_thread = SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM,
						   CLONE_THREAD | CLONE_VM);
	int r;

	for (size_t i = 0; i < sizeof(filter_allowed) / sizeof(filter_allowed[0]); i++) {
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, filter_allowed[i], 0);
		if (r < 0)
			return r;
	}
	r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (r < 0)
		return r;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, is_thread);
}

int tool_filter_load(struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r;

	if (!filter)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a seccomp filter");
	r = filter_add(filter);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r < 0 ? err_sys(e, r, "load the seccomp filter") : 0;
}
