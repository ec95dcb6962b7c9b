/*
 * See server.h: the loop.
 *
 * Runs in: hoy-dns.
 */
#include "dns/server.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fd.h"
#include "dns/connection.h"
#include "dns/control.h"
#include "dns/forward.h"

#define MS_NS UINT64_C(1000000)

/* After the last container: the next one is often near. */
enum { LINGER_MS = 3000 };

static void set_durations(struct server *server)
{
	server->next_server.duration_ns = FORWARD_NEXT_MS * MS_NS;
	server->same_server.duration_ns = FORWARD_SAME_MS * MS_NS;
	server->next_stream.duration_ns = FORWARD_STREAM_MS * MS_NS;
	server->slow_connections.duration_ns = CONNECTION_SECONDS * 1000 * MS_NS;
	server->lingering.duration_ns = LINGER_MS * MS_NS;
}

static int open_all(struct server *server, int control_fd, int host_fd, struct err *e)
{
	int r = loop_open(&server->loop, server);

	set_durations(server);
	server->host_fd = host_fd;
	server->names = names_new();
	server->cache = cache_new();
	if (r == 0 && (!server->names || !server->cache))
		r = -ENOMEM;
	if (r == 0 && getrandom(&server->secret, sizeof(server->secret), 0) < 0)
		r = -errno;
	if (r == 0)
		r = control_open(server, control_fd);
	if (r == 0) {
		server->spare_fd = fcntl(server->loop.fd, F_DUPFD_CLOEXEC, 0);
		r = server->spare_fd < 0 ? -errno : 0;
	}
	return r < 0 ? err_sys(e, r, "begin to serve names") : 0;
}

static uint64_t next_end(const struct server *server)
{
	const struct timer_list *lists[] = { &server->next_server, &server->same_server,
					     &server->next_stream, &server->slow_connections,
					     &server->lingering };
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (timer_next(lists[i]) < next)
			next = timer_next(lists[i]);
	return next;
}

static void timers_run(struct server *server)
{
	uint64_t now_ns = clock_monotonic_ns();

	forwards_go_on(server, now_ns);
	connections_end(server, now_ns);
	if (timer_ended(&server->lingering, now_ns))
		server->is_over = true;
}

int server_run(struct server *server, int control_fd, int host_fd, struct err *e)
{
	int r = open_all(server, control_fd, host_fd, e);

	/* Who started us is about to register a container. */
	timer_set(&server->lingering, &server->nobody_left, clock_monotonic_ns());
	while (r == 0 && !server->is_over) {
		r = loop_turn(&server->loop, next_end(server));
		if (r < 0)
			return err_sys(e, r, "wait for questions");
		timers_run(server);
	}
	return r;
}
