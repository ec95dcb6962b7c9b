/*
 * See keyring.h.
 *
 * Runs in: init.
 */
#include "linux/keyring.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "linux/kernel_abi.h"

int keyring_join_fresh(void)
{
	FAULT("keyctl");
	if (syscall(SYS_keyctl, ABI_KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return -errno;
	return 0;
}
