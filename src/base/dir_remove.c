/*
 * Removing a tree, however deep somebody has made it.
 *
 * A descriptor for each level would let a container make a tree that cannot be removed. So the
 * walk goes only so deep; a directory that lies deeper is moved up to the top of the tree, out
 * of its path, and is met there by the next pass. Every pass that moves something brings it
 * nearer to the top, so there is a last one.
 *
 * Runs in: cli, image.
 * See: file.h; unlink(2), rename(2).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"

enum { DEPTH_MAX = 32 };

struct removal {
	int top_fd;
	dev_t device;
	unsigned int number; /* of the next one to be moved */
	bool has_moved;
};

static int entry_remove(struct removal *removal, int dir_fd, const char *name, int depth);

static bool is_taken(int error)
{
	return error == EEXIST || error == ENOTEMPTY || error == ENOTDIR;
}

/* The numbers may be taken by what is in the tree; an empty directory of that name is replaced,
 * and was to go anyway. */
static int move_up(struct removal *removal, int dir_fd, const char *name)
{
	char new_name[32];
	int r;

	do {
		(void)snprintf(new_name, sizeof(new_name), ".deep-%u", removal->number++);
		r = renameat(dir_fd, name, removal->top_fd, new_name);
	} while (r < 0 && is_taken(errno));
	if (r < 0)
		return errno == ENOENT ? 0 : -errno;
	removal->has_moved = true;
	return 0;
}

static int entries_remove(struct removal *removal, DIR *dir, int depth)
{
	struct dirent *entry;
	int result = 0;

	while ((entry = readdir(dir))) {
		int r;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = entry_remove(removal, dirfd(dir), entry->d_name, depth);
		if (r < 0 && result == 0)
			result = r;
	}
	return result;
}

/* Of the device that we began on: what is mounted in the tree is not ours. */
static int directory_open(const struct removal *removal, int dir_fd, const char *name)
{
	AUTO_CLOSE int fd =
		openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_dev != removal->device)
		return -EXDEV;
	return fd_take(&fd);
}

static int directory_remove(struct removal *removal, int dir_fd, const char *name, int depth)
{
	int fd = directory_open(removal, dir_fd, name);
	DIR *dir;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return -ENOMEM;
	}
	if (depth == 0)
		removal->top_fd = fd;
	do {
		removal->has_moved = removal->has_moved && depth > 0;
		rewinddir(dir);
		r = entries_remove(removal, dir, depth + 1);
	} while (depth == 0 && removal->has_moved);
	(void)closedir(dir);
	if (unlinkat(dir_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return r < 0 ? r : -errno;
	return r;
}

static int entry_remove(struct removal *removal, int dir_fd, const char *name, int depth)
{
	FAULT("unlink");
	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (depth < DEPTH_MAX)
		return directory_remove(removal, dir_fd, name, depth);
	/* A directory that holds none goes as it is: most trees end here. */
	if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0)
		return 0;
	return move_up(removal, dir_fd, name);
}

int dir_remove(int dir_fd, const char *name)
{
	struct removal removal = { .top_fd = -EBADF };
	struct stat st;

	if (fstatat(dir_fd, dir_fd == AT_FDCWD ? name : "", &st,
		    AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	removal.device = st.st_dev;
	return entry_remove(&removal, dir_fd, name, 0);
}
