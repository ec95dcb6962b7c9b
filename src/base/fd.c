/*
 * See fd.h.
 *
 * Runs in: every program.
 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

int fd_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = saved;
	return -EBADF;
}

int fd_write_all(int fd, const void *data, size_t len)
{
	const char *from = data;

	while (len > 0) {
		ssize_t n = write(fd, from, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

int fd_write_all_at(int fd, const void *data, size_t len, uint64_t offset)
{
	const char *from = data;

	while (len > 0) {
		ssize_t n = pwrite(fd, from, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

/* From `offset` on, or where the descriptor stands if that is negative. */
static ssize_t read_full(int fd, void *data, size_t len, off_t offset)
{
	char *to = data;
	size_t done = 0;

	while (done < len) {
		ssize_t n = offset < 0 ? read(fd, to + done, len - done)
				       : pread(fd, to + done, len - done, offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t fd_read_full(int fd, void *data, size_t len)
{
	return read_full(fd, data, len, -1);
}

ssize_t fd_read_at(int fd, void *data, size_t len, uint64_t offset)
{
	return offset > INT64_MAX ? -EINVAL : read_full(fd, data, len, (off_t)offset);
}

int fd_read_all(int fd, size_t max, char **ret_data, size_t *ret_len)
{
	size_t room = max < 4096 ? max : 4096;
	size_t len = 0;
	AUTO_FREE char *data = malloc(room + 1);

	if (!data)
		return -ENOMEM;
	for (;;) {
		ssize_t n = fd_read_full(fd, data + len, room - len);

		if (n < 0)
			return (int)n;
		len += (size_t)n;
		if (len < room)
			break;
		if (room >= max) {
			char one;

			n = fd_read_full(fd, &one, 1);
			if (n != 0)
				return n < 0 ? (int)n : -EFBIG;
			break;
		}
		room = room > max / 2 ? max : room * 2;
		char *grown = realloc(data, room + 1);

		if (!grown)
			return -ENOMEM;
		data = grown;
	}
	data[len] = '\0';
	*ret_data = ptr_take(data);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int fd_set_cloexec(int fd, int is_on)
{
	return fcntl(fd, F_SETFD, is_on ? FD_CLOEXEC : 0) < 0 ? -errno : 0;
}

int fd_open_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* Without O_CLOEXEC: the place of a standard descriptor, inherited as such. */
		if (open("/dev/null", O_RDWR) != fd)
			return -1;
	}
	return 0;
}
