/*
 * Mounts as descriptors: a file system or a piece of the tree is made detached, gets its
 * attributes, and is attached last, so no path is looked up twice and nothing half done is ever
 * visible.
 *
 * Runs in: init, cli (engine), runtime, image.
 * See: fsopen(2), fsconfig(2), fsmount(2), open_tree(2), move_mount(2), mount_setattr(2).
 */
#ifndef HOY_LINUX_MOUNTS_H
#define HOY_LINUX_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What mount_setattr(2) takes. Atime bits in `set` clear the others of their group by
 * themselves. */
struct mount_change {
	uint64_t set;
	uint64_t clear;
	uint64_t propagation; /* MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE or 0 */
	uint64_t userns_fd;   /* with MOUNT_ATTR_IDMAP in `set` */
};

enum mount_clone_flags { MOUNT_CLONE_RECURSIVE = 1 << 0, MOUNT_CLONE_NOFOLLOW = 1 << 1 };

/* A detached copy of what is mounted at `path` ("": of dir_fd itself). Returns an fd owned by
 * the caller or -errno. */
int mount_clone(int dir_fd, const char *path, unsigned int flags);
/* Attach a detached mount on what `target_fd` points to. Returns 0 or -errno. */
int mount_attach(int mount_fd, int target_fd);
/* The same on a path of the host, before anything of a container can lie there. */
int mount_attach_root(int mount_fd, const char *path);
/* Change attributes of one mount, or of it and all below it. Returns 0 or -errno. */
int mount_change(int mount_fd, const struct mount_change *change, bool is_recursive);
/* The propagation of "/" and everything below it. */
int mount_change_all(uint64_t propagation);

/* What fsconfig(2) takes for one option, in bytes. */
enum { FILESYSTEM_VALUE_MAX = 255 };

/* A file system being configured. Returns an fd owned by the caller, or -ENODEV (unknown to
 * this kernel), -errno. */
int filesystem_open(const char *type);
/* One option; `value` NULL: a flag. Returns 0 or -errno. */
int filesystem_set(int fs_fd, const char *key, const char *value);
/* "size=64k,mode=755,ro": at most 4095 bytes. Returns 0, or -errno with the option at fault in
 * `ret_option`. */
int filesystem_set_options(int fs_fd, const char *options, char *ret_option, size_t size);
/* Make the file system and a detached mount of it with `attributes` (MOUNT_ATTR_*). Returns a
 * mount fd or -errno. */
int filesystem_mount(int fs_fd, uint64_t attributes);
/* What the kernel had to say about it, "" when nothing; cut to `size`. */
void filesystem_explain(int fs_fd, char *text, size_t size);

/* mount(2) below the working directory, for what the descriptors cannot do: on old kernels, and
 * options of more than FILESYSTEM_VALUE_MAX bytes. Returns 0 or -errno. */
int mount_classic(const char *source, const char *type, const char *relative_target,
		  unsigned long flags, const char *options);

/* Unmount what is mounted on `path`, a path of our own, with all below it; who uses it keeps it.
 * Returns 0, -EINVAL (nothing is) or -errno. */
int mount_detach(const char *path);

/* Is something mounted on `path` (not followed)? 1, 0 or -errno. */
int mount_is_on(const char *path);

/*
 * Make the working directory, a mount point, the root, and let go of the old one. The mounts of
 * the old root must not be shared with another namespace, or that one would lose them too.
 * Returns 0 or -errno.
 */
int mount_pivot(void);
/* The same where the old root is an initramfs, which cannot be left: cover it and chroot. */
int mount_cover_root(int root_fd);

#endif
