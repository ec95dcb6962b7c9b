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
