/*
 * Small files, whole: read with a limit, replaced atomically; directories made and removed.
 *
 * All of it relative to a directory descriptor; names are the engine's own, never a container's
 * or an image's.
 *
 * Runs in: cli, monitor, image.
 * See: rename(2), fsync(2).
 */
#ifndef HOY_BASE_FILE_H
#define HOY_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* The whole of a regular file of at most `max` bytes. Returns 0, -ENOENT, -EFBIG, -EINVAL (not
 * a regular file) or -errno. */
int file_read(int dir_fd, const char *name, size_t max, char **ret_data, size_t *ret_len);

/* The same, appended to `out`, which may be a secret: no other copy stays. */
int file_read_into(int dir_fd, const char *name, size_t max, struct str *out);

enum file_durability {
	FILE_FAST, /* old or new after a crash of the program */
	/* old or new after a power cut too: fsync of the file and of its directory */
	FILE_DURABLE
};

/* Replace (or make) `name` by a temporary file beside it and rename(2). Returns 0 or -errno,
 * and the old content stays. */
int file_replace(int dir_fd, const char *name, const void *data, size_t len, mode_t mode,
		 enum file_durability durability);
/* The same, durably, with mode, owner and group of `old`; who may not give files away becomes
 * the owner. */
int file_replace_as(int dir_fd, const char *name, const void *data, size_t len,
		    const struct stat *old);

/* mkdir -p below `dir_fd` (AT_FDCWD is allowed). Existing directories are fine. Returns 0 or
 * -errno. */
int dir_make(int dir_fd, const char *path, mode_t mode);

/*
 * Remove `name` and everything below it, on one file system, without following links; -ENOENT
 * counts as done. Works on a full disk and with a tree of any depth. Returns 0 or -errno of the
 * first failure after having removed what could be removed.
 */
int dir_remove(int dir_fd, const char *name);

/* flock(2), again when a signal comes. Returns 0 or -errno. */
int file_flock(int fd, int how);
/*
 * Open the file `name`, made with mode 0600 if it is not there, and lock it exclusively, waiting
 * for whoever holds it. Returns an fd, closing which unlocks, or -errno. See: flock(2).
 */
int file_lock(int dir_fd, const char *name);

#endif
