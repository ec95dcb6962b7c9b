/*
 * See sink.h.
 *
 * Runs in: cli.
 */
#include "cli/sink.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

void sink_init(struct sink *sink, int fd)
{
	struct stat st;

	sink->fd = fd;
	sink->never_blocks = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	sink->start = 0;
	sink->len = 0;
}

void sink_fill(struct sink *sink, size_t len)
{
	sink->start = 0;
	sink->len = len;
}

struct pollfd sink_poll(const struct sink *sink)
{
	return (struct pollfd){ .fd = sink->len > 0 ? sink->fd : -1, .events = POLLOUT };
}

int sink_write(struct sink *sink)
{
	/* A pipe that poll calls writable has room for this much. */
	size_t len = sink->len > PIPE_BUF && !sink->never_blocks ? PIPE_BUF : sink->len;
	ssize_t n;

	if (len == 0)
		return 0;
	n = write(sink->fd, sink->data + sink->start, len);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	sink->start += (size_t)n;
	sink->len -= (size_t)n;
	return 0;
}

int sink_write_all(struct sink *sink)
{
	while (sink->len > 0) {
		struct pollfd wait = sink_poll(sink);
		int r;

		(void)poll(&wait, 1, -1);
		r = sink_write(sink);
		if (r < 0)
			return r;
	}
	return 0;
}
