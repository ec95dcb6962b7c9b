/*
 * See loop.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/fd.h"

enum { EVENTS_A_TURN = 64, MILLISECOND = 1000000 };

int loop_open(struct loop *loop, void *context)
{
	*loop = (struct loop){ .fd = epoll_create1(EPOLL_CLOEXEC), .context = context };
	return loop->fd < 0 ? -errno : 0;
}

int loop_watch(struct loop *loop, struct watch *watch, int take_fd, uint32_t events,
	       void (*ready)(struct watch *, void *, uint32_t))
{
	struct epoll_event event = { .events = events, .data = { .ptr = watch } };

	*watch = (struct watch){ .fd = take_fd, .ready = ready };
	if (epoll_ctl(loop->fd, EPOLL_CTL_ADD, take_fd, &event) < 0) {
		int r = -errno;

		watch->fd = fd_close(watch->fd);
		return r;
	}
	return 0;
}

int loop_change(struct loop *loop, struct watch *watch, uint32_t events)
{
	struct epoll_event event = { .events = events, .data = { .ptr = watch } };

	return epoll_ctl(loop->fd, EPOLL_CTL_MOD, watch->fd, &event) < 0 ? -errno : 0;
}

void loop_forget(struct loop *loop, struct watch *watch)
{
	if (watch->fd < 0)
		return;
	/* Others may hold the same socket open: closing ours alone would not end the waiting. */
	(void)epoll_ctl(loop->fd, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->fd = fd_close(watch->fd);
}

void loop_bury(struct loop *loop, struct grave *grave)
{
	grave->next = loop->buried;
	loop->buried = grave;
}

static void free_buried(struct loop *loop)
{
	while (loop->buried) {
		struct grave *next = loop->buried->next;

		free(loop->buried);
		loop->buried = next;
	}
}

/* Rounded up: waking before the time would only wait again. */
static int milliseconds_until(uint64_t end_ns)
{
	uint64_t now_ns;
	uint64_t ms;

	if (end_ns == UINT64_MAX)
		return -1;
	now_ns = clock_monotonic_ns();
	ms = end_ns > now_ns ? (end_ns - now_ns + MILLISECOND - 1) / MILLISECOND : 0;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

int loop_turn(struct loop *loop, uint64_t end_ns)
{
	struct epoll_event events[EVENTS_A_TURN];
	int n = epoll_wait(loop->fd, events, EVENTS_A_TURN, milliseconds_until(end_ns));

	if (n < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < n; i++) {
		struct watch *watch = events[i].data.ptr;

		if (watch->fd >= 0)
			watch->ready(watch, loop->context, events[i].events);
	}
	free_buried(loop);
	return 0;
}
