/*
 * See log_reader.h.
 *
 * Runs in: cli.
 */
#include "engine/log_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

enum { BLOCK = 65536 };

/* Count newlines from the end of a block. Returns where the `*left`-th and one more stands, or
 * -1 when the block has fewer. */
static ssize_t find_backwards(const char *block, size_t len, uint64_t *left)
{
	const char *newline;

	while ((newline = memrchr(block, '\n', len))) {
		len = (size_t)(newline - block);
		if (*left == 0)
			return (ssize_t)len;
		(*left)--;
	}
	return -1;
}

/*
 * Where the last `*left` lines of the file begin. Returns 1 with the offset when they are all
 * in it, else 0 with what is missing in `*left`. Each line ends with a newline; what stands
 * behind the last one is not a line yet.
 */
static int tail_of(int fd, char *block, uint64_t *left, off_t *ret_offset)
{
	struct stat st;
	off_t at;

	if (fstat(fd, &st) < 0)
		return -errno;
	for (at = st.st_size; at > 0;) {
		size_t len = at > BLOCK ? BLOCK : (size_t)at;
		ssize_t n = pread(fd, block, len, at - (off_t)len);
		ssize_t found;

		if (n != (ssize_t)len)
			return n < 0 ? -errno : -EIO;
		at -= (off_t)len;
		found = find_backwards(block, len, left);
		if (found >= 0) {
			*ret_offset = at + found + 1;
			return 1;
		}
	}
	*ret_offset = 0;
	return *left == 0;
}

/* Go back from the newest file until `left` lines are behind us. */
static int seek_tail(struct log_reader *reader, uint64_t left)
{
	off_t offset = 0;

	for (;;) {
		int older;
		int r = tail_of(reader->fd, reader->buffer, &left, &offset);

		if (r < 0)
			return r;
		if (r > 0)
			break;
		older = log_files_older(&reader->files, reader->fd);
		if (older == -ENOENT || older == -EAGAIN)
			break;
		if (older < 0)
			return older;
		(void)fd_close(reader->fd);
		reader->fd = older;
	}
	return lseek(reader->fd, offset, SEEK_SET) < 0 ? -errno : 0;
}

int log_reader_open(struct log_reader *reader, int container_fd, const char *id, int64_t tail)
{
	int r;

	*reader = (struct log_reader){ .files.dir_fd = container_fd, .fd = -EBADF };
	r = str_copy(reader->files.id, sizeof(reader->files.id), id);
	if (r < 0)
		return r;
	reader->buffer = malloc(LOG_READER_BUFFER);
	if (!reader->buffer)
		return -ENOMEM;
	reader->fd =
		tail < 0 ? log_files_oldest(&reader->files) : log_files_newest(&reader->files);
	if (reader->fd == -ENOENT)
		return 0;
	r = reader->fd;
	if (r >= 0 && tail >= 0)
		r = seek_tail(reader, (uint64_t)tail);
	if (r < 0)
		log_reader_close(reader);
	return r < 0 ? r : 0;
}

void log_reader_close(struct log_reader *reader)
{
	free(reader->buffer);
	(void)fd_close(reader->fd);
	*reader = (struct log_reader){ .fd = -EBADF };
}

/* At the end of a file. Returns 1 when there may be more to read now, 0 when not, or -errno. */
static int go_on(struct log_reader *reader)
{
	int next;

	if (reader->fd >= 0 && !reader->is_rotated) {
		/* Once more to the end after it was seen to be rotated: nobody writes to it
		 * from then on. */
		reader->is_rotated = !log_files_is_current(&reader->files, reader->fd);
		return reader->is_rotated;
	}
	next = reader->fd < 0 ? log_files_oldest(&reader->files)
			      : log_files_newer(&reader->files, reader->fd);
	if (next < 0)
		return next == -ENOENT || next == -EAGAIN ? 0 : next;
	(void)fd_close(reader->fd);
	reader->fd = next;
	reader->is_rotated = false;
	reader->len =
		0; /* half a line at the end of a rotated file never gets its other half */
	reader->is_skipping = false;
	return 1;
}

/* Returns 1 when there are more bytes in the buffer, 0 at the end, or -errno. */
static int fill(struct log_reader *reader)
{
	ssize_t n;

	if (reader->start > 0)
		memmove(reader->buffer, reader->buffer + reader->start, reader->len);
	reader->start = 0;
	if (reader->len == LOG_READER_BUFFER) {
		reader->len = 0;
		reader->is_skipping = true;
	}
	n = reader->fd < 0 ? 0
			   : read(reader->fd, reader->buffer + reader->len,
				  LOG_READER_BUFFER - reader->len);
	if (n < 0)
		return -errno;
	reader->len += (size_t)n;
	return n > 0 ? 1 : go_on(reader);
}

int log_reader_next(struct log_reader *reader, char **ret_line, size_t *ret_len)
{
	size_t seen = 0; /* bytes without a newline */

	for (;;) {
		char *line = reader->buffer + reader->start;
		char *newline = memchr(line + seen, '\n', reader->len - seen);
		int r;

		if (newline) {
			size_t len = (size_t)(newline - line);
			bool is_whole = !reader->is_skipping;

			reader->start += len + 1;
			reader->len -= len + 1;
			reader->is_skipping = false;
			seen = 0;
			if (!is_whole)
				continue;
			*ret_line = line;
			*ret_len = len;
			return 1;
		}
		seen = reader->len;
		r = fill(reader);
		if (r <= 0)
			return r;
		seen = reader->len < seen ? 0 : seen;
	}
}
