/*
 * Constants of the kernel's interface that the libc headers of 2022 lack, or that the kernel's
 * own headers define in a way that clashes with a libc's. In one place, with their values spelt
 * out.
 *
 * Runs in: init, runtime.
 * See: include/uapi/linux of the kernel.
 */
#ifndef HOY_LINUX_KERNEL_ABI_H
#define HOY_LINUX_KERNEL_ABI_H

#include <fcntl.h>
#include <stdint.h>

/* openat2(2) */
enum {
	ABI_RESOLVE_NO_XDEV = 0x01,
	ABI_RESOLVE_NO_MAGICLINKS = 0x02,
	ABI_RESOLVE_NO_SYMLINKS = 0x04,
	ABI_RESOLVE_IN_ROOT = 0x10
};

struct abi_open_how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};

/* open_tree(2), move_mount(2), fsopen(2) and their relatives */
enum {
	ABI_OPEN_TREE_CLONE = 1,
	ABI_AT_RECURSIVE = 0x8000,
	ABI_MOVE_MOUNT_F_EMPTY_PATH = 0x04,
	ABI_MOVE_MOUNT_T_EMPTY_PATH = 0x40,
	ABI_FSOPEN_CLOEXEC = 1,
	ABI_FSMOUNT_CLOEXEC = 1,
	ABI_FSCONFIG_SET_FLAG = 0,
	ABI_FSCONFIG_SET_STRING = 1,
	ABI_FSCONFIG_CMD_CREATE = 6
};

/* mount_setattr(2) */
enum {
	ABI_MOUNT_ATTR_RDONLY = 0x01,
	ABI_MOUNT_ATTR_NOSUID = 0x02,
	ABI_MOUNT_ATTR_NODEV = 0x04,
	ABI_MOUNT_ATTR_NOEXEC = 0x08,
	ABI_MOUNT_ATTR_ATIME = 0x70,
	ABI_MOUNT_ATTR_NOATIME = 0x10,
	ABI_MOUNT_ATTR_STRICTATIME = 0x20,
	ABI_MOUNT_ATTR_NODIRATIME = 0x80,
	ABI_MOUNT_ATTR_NOSYMFOLLOW = 0x00200000,
	ABI_MOUNT_ATTR_IDMAP = 0x00100000
};

/* statx(2): as far as we read it, with room for all of it */
enum { ABI_STATX_ATTR_MOUNT_ROOT = 0x2000 };

struct abi_statx {
	uint32_t mask;
	uint32_t block_size;
	uint64_t attributes;
	uint8_t rest[240];
};

/* mount(2) */
enum { ABI_MS_NOSYMFOLLOW = 256 };

/* statfs(2) f_type */
enum { ABI_PROC_MAGIC = 0x9fa0, ABI_DEVPTS_MAGIC = 0x1cd1 };

/* close_range(2) */
enum { ABI_CLOSE_RANGE_CLOEXEC = 4 };

/* seccomp(2) */
enum {
	ABI_SECCOMP_SET_MODE_FILTER = 1,
	ABI_SECCOMP_FILTER_FLAG_NEW_LISTENER = 8,
	ABI_SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 32
};

/* capset(2) and the capabilities that we name ourselves */
enum { ABI_CAPABILITY_VERSION_3 = 0x20080522, ABI_CAP_SYS_ADMIN = 21, ABI_CAP_LAST = 63 };

/* keyctl(2) */
enum { ABI_KEYCTL_JOIN_SESSION_KEYRING = 1 };

#endif
