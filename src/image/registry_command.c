/*
 * See registry_command.h.
 *
 * Runs in: cli (engine).
 */
#include "image/registry_command.h"

#include <poll.h>

#include "image/registry_failure.h"
#include "image/registry_warning.h"

static uint32_t next_id(struct registry *registry)
{
	registry->last_id = registry->last_id == UINT32_MAX ? 1 : registry->last_id + 1;
	return registry->last_id;
}

int registry_command_send(struct registry *registry, struct fetch_header *head,
			  const struct fetch_parts *parts, struct err *e)
{
	int r = -EPIPE;

	head->id = next_id(registry);
	if (registry->process.pid > 0)
		r = fetch_send(registry->process.socket_fd, head, parts);
	if (r == -EPIPE || r == -ECONNRESET)
		return registry_process_died(&registry->process, e);
	return r < 0 ? err_sys(e, r, "ask %s", FETCH_PROGRAM) : 0;
}

void registry_command_cancel(struct registry *registry, uint32_t id)
{
	const struct fetch_header head = { .kind = FETCH_CANCEL, .id = id };

	if (registry->process.pid > 0)
		(void)fetch_send(registry->process.socket_fd, &head, NULL);
}

static int receive(struct registry *registry, int timeout_ms, struct err *e)
{
	struct pollfd fds[] = { { .fd = registry->process.socket_fd, .events = POLLIN },
				{ .fd = registry->interrupt_fd, .events = POLLIN } };
	int n;
	int r;

	if (registry->process.pid <= 0)
		return err_set(e, ERR_INTERNAL, -EPIPE, "%s is gone", FETCH_PROGRAM);
	do
		n = poll(fds, 2, timeout_ms);
	while (n < 0 && errno == EINTR && timeout_ms != 0);
	if (n < 0 && errno != EINTR)
		return err_sys(e, errno, "wait for %s", FETCH_PROGRAM);
	if (n <= 0)
		return 0;
	if (fds[1].revents && timeout_ms != 0)
		return err_set(e, ERR_INTERNAL, -EINTR, "interrupted");
	if (!fds[0].revents)
		return 0;
	r = fetch_receive(registry->process.socket_fd, &registry->frame);
	if (r < 0)
		return registry_process_died(&registry->process, e);
	/* It has nothing to give. */
	fetch_frame_done(&registry->frame);
	return 1;
}

int registry_command_receive(struct registry *registry, int timeout_ms, struct err *e)
{
	for (;;) {
		int r = receive(registry, timeout_ms, e);

		if (r <= 0 || registry->frame.head.kind != FETCH_WARNING)
			return r;
		registry_warning_say(&registry->frame);
	}
}

static int take_answer(const struct fetch_frame *frame, struct registry_answer *ret,
		       struct err *e)
{
	*ret = (struct registry_answer){ .size = frame->head.size,
					 .first = fetch_text(frame, 0),
					 .second = fetch_text(frame, 1) };
	for (size_t i = 0; i < frame->text_len; i++)
		if (frame->text[i] && (frame->text[i] < ' ' || frame->text[i] > '~'))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "the registry sends a header that cannot be printed");
	return 0;
}

int registry_command_ask(struct registry *registry, struct fetch_header *head,
			 const struct fetch_parts *parts, struct registry_answer *ret,
			 struct err *e)
{
	int r = registry_command_send(registry, head, parts, e);

	while (r >= 0) {
		const struct fetch_frame *frame = &registry->frame;

		r = registry_command_receive(registry, -1, e);
		if (r <= 0)
			continue;
		if (frame->head.id != head->id) {
			registry_news_keep(&registry->news, frame);
			continue;
		}
		if (frame->head.kind == FETCH_FAILED)
			return registry_failure(frame, e);
		if (frame->head.kind != FETCH_DONE)
			continue;
		return take_answer(frame, ret, e);
	}
	if (r == -EINTR)
		registry_command_cancel(registry, head->id);
	return r;
}
