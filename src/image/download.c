/*
 * See download.h.
 *
 * Runs in: cli (engine).
 */
#include "image/download.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"

enum {
	DOWNLOAD_PIPE = 1 << 20 /* bytes between hoy-fetch and its reader */
};

/* From the end of the bytes to hoy-fetch's word on them. */
static const uint64_t DOWNLOAD_WHY_NS = UINT64_C(2000000000);
static const uint64_t NS_PER_MS = 1000000;

int download_begin(struct download *download, const char *url,
		   const struct interrupt *interrupt, struct err *e)
{
	int pipe_fds[2];
	int r = registry_open_url(url, interrupt->fd, &download->registry, e);

	if (r < 0)
		return r;
	FAULT("pipe");
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe");
	/* Where it is not allowed the usual size does. */
	(void)fcntl(pipe_fds[1], F_SETPIPE_SZ, DOWNLOAD_PIPE);
	download->fd = pipe_fds[0];
	r = registry_download(download->registry, pipe_fds[1], &download->id, e);
	(void)fd_close(pipe_fds[1]);
	return r;
}

static void download_take(struct download *download, const struct registry_event *event)
{
	bool is_end = event->kind == REGISTRY_END;

	if (download->progress && (is_end ? event->result == 0 : event->bytes > 0))
		download->progress(download->context, event->bytes,
				   is_end ? event->bytes : event->size);
	if (!is_end)
		return;
	download->has_ended = true;
	download->result = event->result;
	download->err = event->err;
}

/* What hoy-fetch has said by now, and says until `until_ns` (0: no longer) or the end, which its
 * death is too. Returns 0 or -EINTR. */
static int download_listen(struct download *download, uint64_t until_ns, struct err *e)
{
	while (!download->has_ended) {
		uint64_t now_ns = until_ns ? clock_monotonic_ns() : 0;
		uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
		struct registry_event event = { .kind = REGISTRY_END };
		int r = registry_next(download->registry, (int)(left_ns / NS_PER_MS), &event,
				      &event.err);

		if (r == -EINTR)
			return err_set(e, ERR_INTERNAL, r, "interrupted");
		if (r < 0)
			event.result = -EIO;
		if (r != 0)
			download_take(download, &event);
		if (left_ns < NS_PER_MS && (r == 0 || until_ns))
			break;
	}
	return 0;
}

/* Has it ended badly, and not because its reader had ended before (EPIPE)? */
static bool download_has_broken(const struct download *download)
{
	return download->has_ended && download->result < 0 && download->result != -EPIPE;
}

static int download_why(const struct download *download, struct err *e)
{
	if (e)
		*e = download->err;
	return download->result;
}

int download_await(struct download *download, struct worker *worker,
		   const struct interrupt *interrupt, struct err *e)
{
	for (;;) {
		struct pollfd fds[] = {
			{ .fd = worker->result_fd, .events = POLLIN },
			{ .fd = interrupt->fd, .events = POLLIN },
			{ .fd = download->has_ended ? -1 : registry_fd(download->registry),
			  .events = POLLIN },
		};

		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return err_sys(e, errno, "wait for %s", TOOL_PROGRAM);
		if (fds[0].revents || fds[1].revents)
			return worker_await(
				worker, &(struct worker_watch){ .interrupt = interrupt }, e);
		if (fds[2].revents)
			(void)download_listen(download, 0, NULL);
		if (download_has_broken(download))
			return download_why(download, e);
	}
}

int download_end(struct download *download, int r, struct err *e)
{
	int listened;

	if (!download->registry || r == -EINTR)
		return r;
	listened = download_listen(download, clock_monotonic_ns() + DOWNLOAD_WHY_NS, e);
	if (listened < 0)
		return listened;
	if (download_has_broken(download) || (r == 0 && download->result < 0))
		return download_why(download, e);
	if (r == 0 && !download->has_ended)
		return err_set(e, ERR_INTERNAL, -EIO,
			       "hoy-fetch does not say whether all of it came");
	return r;
}

void download_close(struct download *download)
{
	registry_close(download->registry);
	(void)fd_close(download->fd);
	*download = (struct download)DOWNLOAD_NONE;
}
