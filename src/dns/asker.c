/*
 * See asker.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/asker.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/fd.h"
#include "dns/connection.h"
#include "dns/forward.h"

struct asker *asker_find(const struct server *server, const char *id)
{
	for (struct asker *asker = server->askers; asker; asker = asker->next)
		if (strcmp(asker->names.registration.id, id) == 0)
			return asker;
	return NULL;
}

/* --- what comes in ----------------------------------------------------------------------- */

static void read_questions(struct watch *watch, void *context, uint32_t events)
{
	struct asker *asker = (struct asker *)((char *)watch - offsetof(struct asker, udp));
	struct server *server = context;

	(void)events;
	for (int i = 0; i < SERVER_TURN_QUERIES; i++) {
		struct origin origin = { .asker = asker };
		socklen_t from_len = sizeof(origin.from);
		ssize_t n = recvfrom(asker->udp.fd, server->message, sizeof(server->message),
				     MSG_DONTWAIT, (struct sockaddr *)&origin.from, &from_len);

		if (n < 0)
			return;
		server_question(server, &origin, server->message, (size_t)n);
	}
}

static void take_connection(struct watch *watch, void *context, uint32_t events)
{
	struct asker *asker = (struct asker *)((char *)watch - offsetof(struct asker, tcp));

	(void)events;
	connection_accept(context, asker);
}

/* Nothing is ever said: it can only be the end. */
static void see_end(struct watch *watch, void *context, uint32_t events)
{
	struct asker *asker = (struct asker *)((char *)watch - offsetof(struct asker, life));

	(void)events;
	asker_remove(context, asker);
}

/* --- coming and going -------------------------------------------------------------------- */

static void sockets_close(struct server *server, struct asker *asker)
{
	while (asker->oldest_connection)
		connection_close(server, asker->oldest_connection);
	loop_forget(&server->loop, &asker->udp);
	loop_forget(&server->loop, &asker->tcp);
	loop_forget(&server->loop, &asker->life);
}

static int sockets_take(struct server *server, struct asker *asker, int fds[DNS_SOCKET_COUNT],
			struct err *e)
{
	struct loop *loop = &server->loop;
	int r;

	for (int i = 0; i < DNS_SOCKET_COUNT; i++)
		if (fcntl(fds[i], F_SETFL, O_NONBLOCK) < 0)
			return err_sys(e, errno, "take the sockets of a container");
	r = loop_watch(loop, &asker->udp, fd_take(&fds[DNS_SOCKET_UDP]), EPOLLIN,
		       read_questions);
	if (r == 0)
		r = loop_watch(loop, &asker->tcp, fd_take(&fds[DNS_SOCKET_TCP]), EPOLLIN,
			       take_connection);
	if (r == 0)
		r = loop_watch(loop, &asker->life, fd_take(&fds[DNS_SOCKET_LIFE]), EPOLLIN,
			       see_end);
	return r < 0 ? err_sys(e, r, "wait for the questions of a container") : 0;
}

/* Two lists of the same servers are the same; 0 is the host's. */
static uint64_t servers_of(const struct registration *registration)
{
	const struct server_list *servers = &registration->servers;
	const uint8_t *bytes = (const uint8_t *)servers->items;
	uint64_t hash = UINT64_C(14695981039346656037);

	if (servers->count == 0)
		return 0;
	for (size_t i = 0; i < servers->count * sizeof(servers->items[0]); i++)
		hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
	return hash | 1;
}

static int enter(struct server *server, struct asker *asker,
		 struct registration *take_registration, struct err *e)
{
	uint64_t servers = servers_of(take_registration);
	int r = names_enter(server->names, &asker->names, take_registration);

	if (r < 0)
		return err_sys(e, r, "enter the names of a container");
	asker->servers = servers;
	return 0;
}

static struct asker *asker_new(struct server *server, struct err *e)
{
	struct asker *asker;

	if (server->asker_count == DNS_CONTAINERS_MAX) {
		(void)err_set(e, ERR_CONFLICT, -ENOSPC,
			      "hoy-dns serves no more than %d containers", DNS_CONTAINERS_MAX);
		return NULL;
	}
	asker = calloc(1, sizeof(*asker));
	if (!asker) {
		(void)err_sys(e, ENOMEM, "enter a container");
		return NULL;
	}
	asker->udp.fd = asker->tcp.fd = asker->life.fd = -EBADF;
	asker->next = server->askers;
	server->askers = asker;
	server->asker_count++;
	timer_stop(&server->lingering, &server->nobody_left);
	return asker;
}

int asker_register(struct server *server, struct registration *take_registration,
		   int take_fds[DNS_SOCKET_COUNT], struct err *e)
{
	struct asker *asker = asker_find(server, take_registration->id);
	int r;

	if (!asker)
		asker = asker_new(server, e);
	r = asker ? enter(server, asker, take_registration, e) : -ENOMEM;
	if (r == 0) {
		sockets_close(server, asker);
		r = sockets_take(server, asker, take_fds, e);
	}
	for (int i = 0; i < DNS_SOCKET_COUNT; i++)
		take_fds[i] = fd_close(take_fds[i]);
	registration_done(take_registration);
	if (r < 0 && asker)
		asker_remove(server, asker);
	return r;
}

int asker_update(struct server *server, struct registration *take_registration, struct err *e)
{
	struct asker *asker = asker_find(server, take_registration->id);
	int r = asker ? enter(server, asker, take_registration, e)
		      : err_set(e, ERR_NOT_FOUND, -ENOENT,
				"hoy-dns does not know container %.12s", take_registration->id);

	registration_done(take_registration);
	return r;
}

void asker_remove(struct server *server, struct asker *asker)
{
	struct asker **at = &server->askers;

	while (*at != asker)
		at = &(*at)->next;
	*at = asker->next;
	server->asker_count--;
	sockets_close(server, asker);
	forward_forget_asker(server, asker);
	names_leave(server->names, &asker->names);
	loop_bury(&server->loop, &asker->grave);
	if (server->asker_count == 0)
		timer_set(&server->lingering, &server->nobody_left, clock_monotonic_ns());
}
