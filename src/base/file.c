/*
 * See file.h.
 *
 * Runs in: cli, monitor, image.
 */
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/str.h"

enum { FILE_PLAIN_MAX = 1 << 30 };

/* Returns an fd of a regular file, or -errno. */
static int open_regular(int dir_fd, const char *name, struct stat *st)
{
	AUTO_CLOSE int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 || fstat(fd, st) < 0)
		return -errno;
	return S_ISREG(st->st_mode) ? fd_take(&fd) : -EINVAL;
}

/* In one call: nobody writes to a small file of ours, it is replaced. */
static int file_read_size(int fd, size_t size, char **ret_data, size_t *ret_len)
{
	AUTO_FREE char *data = malloc(size + 1);
	ssize_t n = data ? fd_read_full(fd, data, size) : -ENOMEM;

	if (n < 0)
		return (int)n;
	data[n] = '\0';
	if (ret_len)
		*ret_len = (size_t)n;
	*ret_data = ptr_take(data);
	return 0;
}

int file_read(int dir_fd, const char *name, size_t max, char **ret_data, size_t *ret_len)
{
	struct stat st;
	AUTO_CLOSE int fd = open_regular(dir_fd, name, &st);

	if (fd < 0)
		return fd;
	/* Files of procfs and sysfs do not say how large they are. */
	if (st.st_size == 0 || st.st_size >= FILE_PLAIN_MAX)
		return fd_read_all(fd, max, ret_data, ret_len);
	return (uint64_t)st.st_size > max
		       ? -EFBIG
		       : file_read_size(fd, (size_t)st.st_size, ret_data, ret_len);
}

int file_read_into(int dir_fd, const char *name, size_t max, struct str *out)
{
	struct stat st;
	AUTO_CLOSE int fd = open_regular(dir_fd, name, &st);
	char part[4096];
	size_t total = 0;
	ssize_t n = fd;

	while (n >= 0 && total <= max) {
		n = fd_read_full(fd, part, sizeof(part));
		if (n <= 0)
			break;
		str_add_bytes(out, part, (size_t)n);
		total += (size_t)n;
	}
	if (out->is_secret)
		explicit_bzero(part, sizeof(part));
	if (n < 0)
		return (int)n;
	return total > max ? -EFBIG : str_ok(out);
}

struct new_file {
	const void *data;
	size_t len;
	mode_t mode;
	bool is_durable;
	bool has_owner;
	uid_t owner;
	gid_t group;
};

static int file_write_new(int dir_fd, const char *name, const struct new_file *file)
{
	AUTO_CLOSE int fd = -EBADF;
	int r;

	FAULT("open");
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    file->mode);
	if (fd < 0)
		return -errno;
	/* Who may not give it away keeps it. */
	if (file->has_owner && fchown(fd, file->owner, file->group) < 0 && errno != EPERM)
		return -errno;
	FAULT("write");
	r = fd_write_all(fd, file->data, file->len);
	if (r < 0)
		return r;
	return file->is_durable && fsync(fd) < 0 ? -errno : 0;
}

static int replace(int dir_fd, const char *name, const struct new_file *file)
{
	char temporary[256];
	int n = snprintf(temporary, sizeof(temporary), ".%s.%d.new", name, (int)getpid());
	int r;

	if (n < 0 || (size_t)n >= sizeof(temporary))
		return -ENAMETOOLONG;
	r = file_write_new(dir_fd, temporary, file);
	if (r == 0)
		r = FAULT_OR("rename",
			     renameat(dir_fd, temporary, dir_fd, name) < 0 ? -errno : 0);
	if (r < 0) {
		(void)unlinkat(dir_fd, temporary, 0);
		return r;
	}
	if (!file->is_durable)
		return 0;
	AUTO_CLOSE int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

int file_replace(int dir_fd, const char *name, const void *data, size_t len, mode_t mode,
		 enum file_durability durability)
{
	const struct new_file file = {
		.data = data, .len = len, .mode = mode, .is_durable = durability == FILE_DURABLE
	};

	return replace(dir_fd, name, &file);
}

int file_replace_as(int dir_fd, const char *name, const void *data, size_t len,
		    const struct stat *old)
{
	const struct new_file file = { .data = data,
				       .len = len,
				       .mode = old->st_mode & 07777,
				       .is_durable = true,
				       .has_owner = true,
				       .owner = old->st_uid,
				       .group = old->st_gid };

	return replace(dir_fd, name, &file);
}

int dir_make(int dir_fd, const char *path, mode_t mode)
{
	char part[4096];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(part))
		return len == 0 ? -ENOENT : -ENAMETOOLONG;
	/* The usual case first: everything but the last component is there. */
	if (mkdirat(dir_fd, path, mode) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return -errno;
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdirat(dir_fd, part, mode) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

int file_flock(int fd, int how)
{
	while (flock(fd, how) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int file_lock(int dir_fd, const char *name)
{
	AUTO_CLOSE int fd =
		openat(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r = fd < 0 ? -errno : file_flock(fd, LOCK_EX);

	return r < 0 ? r : fd_take(&fd);
}
