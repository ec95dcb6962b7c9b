/*
 * docker logs: what a container wrote, and what it goes on to write.
 *
 * Following waits on inotify of the container's directory: the log grows or is rotated there,
 * and the exit file appears there once the last line is in the log. That the container has
 * ended is asked before the log is read to its end, so no line between the two is missed. A
 * monitor that was killed makes no exit file: liveness is asked again after a second without
 * events.
 *
 * Runs in: cli.
 * See: inotify(7); engine/log_reader.h.
 */
#include "engine/engine.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/clock.h"
#include "base/fd.h"
#include "engine/log_entry.h"
#include "engine/log_reader.h"
#include "proto/exit_file.h"

enum { RECHECK_MS = 1000, EVENTS_MAX = 8192 };
enum {
	CHANGES = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MOVE_SELF |
		  IN_DELETE_SELF
};

/* In the order of what they say. */
enum change { CHANGE_WRITTEN, CHANGE_UNKNOWN, CHANGE_ENDED };

struct log_stream {
	struct engine *engine;
	const struct engine_logs_request *request;
	const struct record *record;
	engine_log_line *line;
	void *context;
	int watch_fd; /* inotify; -EBADF: not following */
	struct log_reader reader;
};

/* Everything that is there now. Returns 1 when no more is wanted, 0, or -errno. */
static int read_to_end(struct log_stream *stream)
{
	const struct engine_logs_request *request = stream->request;
	struct log_entry entry;
	size_t len;
	char *line;
	int r;

	while ((r = log_reader_next(&stream->reader, &line, &len)) > 0) {
		if (log_entry_parse(line, len, &entry) < 0)
			continue; /* half of one, left by a monitor that was killed while
				     writing */
		if (entry.time_ns < request->since_ns)
			continue;
		if (request->until_ns != 0 && entry.time_ns > request->until_ns)
			return 1;
		if (stream->line(stream->context, entry.stream, entry.time_ns, entry.text,
				 entry.len) != 0)
			return 1;
	}
	return r;
}

static bool is_running(const struct log_stream *stream)
{
	struct liveness liveness;

	if (liveness_read(&stream->engine->state, stream->record, &liveness, NULL) < 0)
		return false;
	return liveness.status == STATUS_RUNNING || liveness.status == STATUS_PAUSED;
}

static int watch(struct log_stream *stream, int container_fd, struct err *e)
{
	char path[64];

	stream->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (stream->watch_fd < 0)
		return err_sys(e, errno, "inotify_init1");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", container_fd);
	if (inotify_add_watch(stream->watch_fd, path, IN_MODIFY | CHANGES) < 0)
		return err_sys(e, errno, "watch the container's directory");
	return 0;
}

/* What an event says about the container: the exit file comes when the log is complete. */
static enum change change_of(const struct inotify_event *event)
{
	if ((event->mask & IN_MOVED_TO) && event->len > 0 &&
	    strcmp(event->name, EXIT_FILE_NAME) == 0)
		return CHANGE_ENDED;
	return event->mask & (CHANGES | IN_Q_OVERFLOW | IN_IGNORED) ? CHANGE_UNKNOWN
								    : CHANGE_WRITTEN;
}

/* Wait until the directory changes, at most a second. */
static enum change wait_for_change(const struct log_stream *stream)
{
	char events[EVENTS_MAX] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct pollfd wait = { .fd = stream->watch_fd, .events = POLLIN };
	enum change change = CHANGE_WRITTEN;
	ssize_t n;

	if (poll(&wait, 1, RECHECK_MS) <= 0)
		return CHANGE_UNKNOWN;
	while ((n = read(stream->watch_fd, events, sizeof(events))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const void *here = events + at;
			const struct inotify_event *event = here;
			enum change next = change_of(event);

			change = next > change ? next : change;
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	return change;
}

static int follow(struct log_stream *stream)
{
	uint64_t until = stream->request->until_ns;
	enum change change = CHANGE_UNKNOWN;

	for (;;) {
		bool has_ended = stream->watch_fd < 0 || change == CHANGE_ENDED ||
				 (until != 0 && clock_wall_ns() > until) ||
				 (change == CHANGE_UNKNOWN && !is_running(stream));
		int r = read_to_end(stream);

		if (r != 0 || has_ended)
			return r < 0 ? r : 0;
		change = wait_for_change(stream);
	}
}

static int logs_of(struct log_stream *stream, const char *id, struct err *e)
{
	char path[sizeof("containers/") + ID_SIZE];
	AUTO_CLOSE int container_fd = -EBADF;
	int r = 0;

	(void)snprintf(path, sizeof(path), "containers/%s", id);
	container_fd =
		openat(stream->engine->state.root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (container_fd < 0)
		return err_set(e, ERR_NOT_FOUND, -errno, "No such container: %s", id);
	if (stream->request->is_following)
		r = watch(stream, container_fd, e);
	if (r < 0)
		return r;
	r = log_reader_open(&stream->reader, container_fd, id, stream->request->tail);
	if (r == 0)
		r = follow(stream);
	log_reader_close(&stream->reader);
	return r < 0 ? err_sys(e, r, "read the log of container %.12s", id) : 0;
}

int engine_logs(struct engine *engine, const char *container,
		const struct engine_logs_request *request, engine_log_line *line, void *context,
		struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container found;
	struct log_stream stream = {
		.engine = engine,
		.request = request,
		.record = &found.record,
		.line = line,
		.context = context,
		.watch_fd = -EBADF,
		.reader.fd = -EBADF,
	};
	int r = engine_get(engine, container, &arena, &found, e);

	if (r < 0)
		return r;
	r = logs_of(&stream, found.record.id, e);
	(void)fd_close(stream.watch_fd);
	return r;
}
