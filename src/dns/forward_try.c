/*
 * See forward_try.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/forward_try.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/fd.h"

static uint16_t random_id(struct server *server)
{
	uint16_t id;

	if (server->random_left < sizeof(id)) {
		/* It fails only on a kernel that has none yet, and then has waited. */
		if (getrandom(server->random, sizeof(server->random), 0) < 0)
			return (uint16_t)(clock_monotonic_ns() >> 4);
		server->random_left = sizeof(server->random);
	}
	server->random_left -= sizeof(id);
	memcpy(&id, server->random + server->random_left, sizeof(id));
	return id;
}

static struct timer_list *timers_of(struct server *server, const struct forward *forward)
{
	if (forward->is_stream)
		return &server->next_stream;
	return forward->servers.count > 1 ? &server->next_server : &server->same_server;
}

static size_t index_of(const struct forward_try *try)
{
	return (size_t)(try - try->forward->tries);
}

static void stream_end(struct forward_stream *stream)
{
	free(stream->answer);
	*stream = (struct forward_stream){ 0 };
}

void forward_tries_end(struct server *server, struct forward *forward)
{
	timer_stop(timers_of(server, forward), &forward->timer);
	for (size_t i = 0; i < DNS_SERVERS_MAX; i++)
		loop_forget(&server->loop, &forward->tries[i].watch);
	stream_end(&forward->stream);
}

/* --- what comes back --------------------------------------------------------------------- */

static bool all_have_failed(const struct forward *forward)
{
	for (size_t i = 0; i < forward->servers.count; i++)
		if (!forward->tries[i].has_failed)
			return false;
	return true;
}

/* This server is no help; if it was its turn, the next one need not wait for its own. */
static void give_up(struct server *server, struct forward_try *try)
{
	struct forward *forward = try->forward;

	try->has_failed = true;
	loop_forget(&server->loop, &try->watch);
	if (all_have_failed(forward))
		forward_fail(server, forward);
	else if (index_of(try) == forward->current)
		forward_try_next(server, forward);
}

/*
 * A refusal or failure of the last server that could help is better than none: it may say why.
 */
static void take_answer(struct server *server, struct forward_try *try, uint8_t *answer,
			size_t len, const struct wire_answer *read)
{
	struct forward *forward = try->forward;
	bool is_good = read->code == WIRE_NO_ERROR || read->code == WIRE_NO_NAME;

	suspects_clear(&server->suspects, &forward->servers.items[index_of(try)]);
	try->has_failed = true;
	if (is_good || all_have_failed(forward))
		forward_deliver(server, forward, answer, len, read);
	else
		give_up(server, try);
}

static void read_packets(struct watch *watch, void *context, uint32_t events)
{
	struct forward_try *try =
		(struct forward_try *)((char *)watch - offsetof(struct forward_try, watch));
	struct forward *forward = try->forward;
	struct server *server = context;

	(void)events;
	for (;;) {
		struct wire_answer read;
		ssize_t n =
			recv(watch->fd, server->answer, sizeof(server->answer), MSG_DONTWAIT);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			give_up(server, try);
			return;
		}
		/* What is no answer to this question may be somebody's attempt at one. */
		if (wire_answer_read(server->answer, (size_t)n, try->id,
				     forward->message + WIRE_HEADER_SIZE,
				     forward->question_end - WIRE_HEADER_SIZE, &read) < 0)
			continue;
		take_answer(server, try, server->answer, (size_t)n, &read);
		return;
	}
}

/* --- streams ----------------------------------------------------------------------------- */

/* Returns 0 or -errno, -EAGAIN: later. */
static int stream_send(struct forward *forward, int fd)
{
	struct forward_stream *stream = &forward->stream;
	uint8_t message[sizeof(stream->length) + SERVER_QUERY_MAX];
	size_t len = sizeof(stream->length) + forward->len;
	ssize_t n;

	message[0] = (uint8_t)(forward->len >> 8);
	message[1] = (uint8_t)forward->len;
	memcpy(message + sizeof(stream->length), forward->message, forward->len);
	n = send(fd, message + stream->sent, len - stream->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		return -errno;
	stream->sent += (size_t)n;
	return stream->sent < len ? -EAGAIN : 0;
}

static size_t stream_length(const struct forward_stream *stream)
{
	return (size_t)(stream->length[0] << 8 | stream->length[1]);
}

/* Returns 0 when all of it is there, -EAGAIN, or -errno. */
static int stream_receive(struct forward_stream *stream, int fd)
{
	for (;;) {
		const size_t head = sizeof(stream->length);
		bool is_head = stream->got < head;
		size_t wanted = is_head ? head : head + stream_length(stream);
		ssize_t n;

		if (!is_head && stream->got == wanted)
			return 0;
		if (!is_head && !stream->answer) {
			stream->answer = malloc(WIRE_MESSAGE_MAX);
			if (!stream->answer)
				return -ENOMEM;
		}
		n = recv(fd,
			 is_head ? stream->length + stream->got
				 : stream->answer + stream->got - head,
			 wanted - stream->got, MSG_DONTWAIT);
		if (n <= 0)
			return n < 0 ? -errno : -EPIPE;
		stream->got += (size_t)n;
	}
}

static void serve_stream(struct watch *watch, void *context, uint32_t events)
{
	struct forward_try *try =
		(struct forward_try *)((char *)watch - offsetof(struct forward_try, watch));
	struct forward *forward = try->forward;
	struct forward_stream *stream = &forward->stream;
	struct server *server = context;
	struct wire_answer read;
	int r;

	if (events & EPOLLOUT) {
		r = stream_send(forward, watch->fd);
		if (r == 0)
			r = loop_change(&server->loop, watch, EPOLLIN);
	} else {
		r = stream_receive(stream, watch->fd);
		if (r == 0)
			r = wire_answer_read(stream->answer, stream_length(stream), try->id,
					     forward->message + WIRE_HEADER_SIZE,
					     forward->question_end - WIRE_HEADER_SIZE, &read);
		if (r == 0) {
			take_answer(server, try, stream->answer, stream_length(stream), &read);
			return;
		}
	}
	if (r < 0 && r != -EAGAIN)
		give_up(server, try);
}

/* --- asking ------------------------------------------------------------------------------ */

static int open_socket(struct server *server, struct forward_try *try)
{
	struct forward *forward = try->forward;
	const struct sockaddr_storage *to = &forward->servers.items[index_of(try)];
	int type = forward->is_stream ? SOCK_STREAM : SOCK_DGRAM;
	AUTO_CLOSE int fd = socket(to->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    (connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0 && errno != EINPROGRESS))
		return -errno;
	try->id = random_id(server);
	return loop_watch(&server->loop, &try->watch, fd_take(&fd),
			  forward->is_stream ? EPOLLOUT : EPOLLIN,
			  forward->is_stream ? serve_stream : read_packets);
}

static int ask(struct server *server, struct forward_try *try)
{
	struct forward *forward = try->forward;
	int r = 0;

	if (try->watch.fd < 0) {
		stream_end(&forward->stream);
		r = open_socket(server, try);
	}
	if (r < 0)
		return r;
	wire_set_id(forward->message, try->id);
	/* A stream sends when it is connected. */
	if (!forward->is_stream && send(try->watch.fd, forward->message, forward->len,
					MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

void forward_try_next(struct server *server, struct forward *forward)
{
	for (size_t i = 0; i < forward->servers.count; i++) {
		struct forward_try *try = &forward->tries[forward->current];

		if (!try->has_failed && !try->was_asked) {
			try->was_asked = true;
			if (ask(server, try) == 0) {
				timer_set(timers_of(server, forward), &forward->timer,
					  clock_monotonic_ns());
				return;
			}
			try->has_failed = true;
			loop_forget(&server->loop, &try->watch);
		}
		forward->current = (forward->current + 1) % forward->servers.count;
	}
	forward_fail(server, forward);
}

/* --- time -------------------------------------------------------------------------------- */

/* Its time is over, whichever the list. */
static void go_on(struct server *server, struct forward *forward, uint64_t now_ns,
		  const struct timer_list *list)
{
	struct forward_try *try = &forward->tries[forward->current];

	suspects_add(&server->suspects, &forward->servers.items[forward->current], now_ns);
	forward->waited_ms += (uint32_t)(list->duration_ns / 1000000);
	if (forward->is_stream) {
		give_up(server, try);
		return;
	}
	if (forward->waited_ms >= FORWARD_TOTAL_MS) {
		forward_fail(server, forward);
		return;
	}
	for (size_t i = 0; i < forward->servers.count; i++)
		forward->tries[i].was_asked = false;
	forward->current = (forward->current + 1) % forward->servers.count;
	forward_try_next(server, forward);
}

void forwards_go_on(struct server *server, uint64_t now_ns)
{
	struct timer_list *lists[] = { &server->next_server, &server->same_server,
				       &server->next_stream };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct timer *timer;

		while ((timer = timer_ended(lists[i], now_ns)))
			go_on(server,
			      (struct forward *)((char *)timer -
						 offsetof(struct forward, timer)),
			      now_ns, lists[i]);
	}
}
