/*
 * See capabilities.h.
 *
 * Runs in: init.
 */
#include "linux/capabilities.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "linux/kernel_abi.h"

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT		 47
#define PR_CAP_AMBIENT_RAISE	 2
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif

/* From linux/capability.h. */
struct capability_header {
	uint32_t version;
	int pid;
};

struct capability_data {
	uint32_t effective;
	uint32_t permitted;
	uint32_t inheritable;
};

int capabilities_bound(uint64_t keep)
{
	FAULT("capbset_drop");
	for (unsigned int i = 0; i <= ABI_CAP_LAST; i++) {
		if (keep >> i & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		/* Beyond the last one that this kernel knows. */
		return errno == EINVAL ? 0 : -errno;
	}
	return 0;
}

int capabilities_set(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	struct capability_header header = { .version = ABI_CAPABILITY_VERSION_3 };
	const struct capability_data data[2] = {
		{ (uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32),
		  (uint32_t)(inheritable >> 32) },
	};

	FAULT("capset");
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

int capabilities_get(uint64_t *ret_effective, uint64_t *ret_permitted,
		     uint64_t *ret_inheritable)
{
	struct capability_header header = { .version = ABI_CAPABILITY_VERSION_3 };
	struct capability_data data[2] = { { 0 } };

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	*ret_effective = data[0].effective | (uint64_t)data[1].effective << 32;
	*ret_permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	*ret_inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

int capabilities_set_ambient(uint64_t ambient)
{
	FAULT("cap_ambient");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -errno;
	for (unsigned int i = 0; i <= ABI_CAP_LAST && ambient >> i; i++)
		if ((ambient >> i & 1) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return -errno;
	return 0;
}

int capabilities_keep(void)
{
	FAULT("keepcaps");
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ? -errno : 0;
}
