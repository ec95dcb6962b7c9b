/*
 * See seccomp_load.h.
 *
 * Runs in: init, image.
 */
#include "linux/seccomp_load.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "linux/kernel_abi.h"

/* struct sock_fprog of linux/filter.h. */
struct filter_program {
	unsigned short len;
	const void *filter;
};

int seccomp_load_filter(const void *filter, size_t count, uint32_t flags)
{
	const struct filter_program program = { .len = (unsigned short)count,
						.filter = filter };
	long r;

	FAULT("seccomp");
	r = syscall(SYS_seccomp, ABI_SECCOMP_SET_MODE_FILTER, flags, &program);
	return r < 0 ? -errno : (int)r;
}

/* The flags are looked at before the program, which is not there: EFAULT means that they would
 * do. Waiting killably is a way to wait for a listener, and needs one. */
bool seccomp_flag_is_supported(uint32_t flag)
{
	if (flag == ABI_SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		flag |= ABI_SECCOMP_FILTER_FLAG_NEW_LISTENER;
	return syscall(SYS_seccomp, ABI_SECCOMP_SET_MODE_FILTER, flag, NULL) < 0 &&
	       errno == EFAULT;
}
