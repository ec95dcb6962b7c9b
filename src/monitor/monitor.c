/*
 * See monitor.h.
 *
 * Runs in: monitor.
 */
#include "monitor/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "monitor/attachers.h"
#include "monitor/ending.h"
#include "monitor/process.h"
#include "monitor/relaying.h"
#include "monitor/streams.h"

enum { QUIET_MS = 500 }; /* after which the buffers are given back */

/* Where each descriptor stands in the list for poll; one that is not awaited is negative there.
 */
enum slot {
	SLOT_PIDFD,
	SLOT_OUTPUT,
	SLOT_ERROR,
	SLOT_INPUT,
	SLOT_CONSOLE,
	SLOT_LISTEN,
	SLOT_RELAY,
	SLOT_RESOLVER,
	SLOT_CLIENTS
};
enum { SLOT_COUNT = SLOT_CLIENTS + MONITOR_CLIENT_MAX };

/* The descriptor at a fixed number, if it is open. */
static int given_fd(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0)
		return -EBADF;
	(void)fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
	return fd;
}

/* A stream's end is ours alone: nobody else sees that it does not block. */
static int given_stream(int fd)
{
	if (given_fd(fd) < 0)
		return -EBADF;
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void open_log(struct monitor *monitor)
{
	struct output_log *log = &monitor->log;

	log->is_on = monitor->table.flags & HANDOVER_LOG;
	log->file = (struct log_file){
		.dir_fd = MONITOR_FD_CONTAINER,
		.fd = -EBADF,
		.id = monitor->args[1],
		.max_bytes = monitor->table.log_max_bytes,
		.max_files = monitor->table.log_max_files,
		.buffer = monitor->buffers.log,
	};
	log->streams[0].name = "stdout";
	log->streams[1].name = "stderr";
	for (int i = 0; i < 2; i++)
		log->streams[i].pending = monitor->buffers.pending[i];
}

int monitor_open(struct monitor *monitor, char **args)
{
	int client = given_fd(MONITOR_FD_CLIENT);
	int r;

	monitor->args = args;
	monitor->pidfd = given_fd(MONITOR_FD_PIDFD);
	if (monitor->pidfd < 0)
		return -EBADF;
	r = handover_read(MONITOR_FD_TABLE, &monitor->table);
	if (r < 0)
		return r;
	(void)fd_close(MONITOR_FD_TABLE);
	monitor->outputs[0] = given_stream(MONITOR_FD_STDOUT);
	monitor->outputs[1] = given_stream(MONITOR_FD_STDERR);
	monitor->input = given_stream(MONITOR_FD_STDIN);
	monitor->console = given_fd(MONITOR_FD_CONSOLE);
	monitor->listen = given_stream(MONITOR_FD_LISTEN);
	monitor->relayed = given_fd(MONITOR_FD_RELAYED);
	monitor->relay_pidfd = -EBADF;
	monitor->resolver.life_fd = given_fd(MONITOR_FD_LIFE);
	monitor->terminal = -EBADF;
	monitor->peer = -EBADF;
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++)
		monitor->clients[i].fd = -EBADF;
	if (client >= 0)
		client_init(&monitor->clients[0], client, true);
	open_log(monitor);
	return 0;
}

static void await(struct pollfd *slot, int fd, short events)
{
	slot->fd = events ? fd : -1; /* not even its end is reported then */
	slot->events = events;
	slot->revents = 0;
}

static void await_all(const struct monitor *monitor, struct pollfd slots[SLOT_COUNT])
{
	short output = streams_may_read(monitor) ? POLLIN : 0;

	await(&slots[SLOT_PIDFD], monitor->pidfd, POLLIN);
	await(&slots[SLOT_OUTPUT], monitor->outputs[0], output);
	await(&slots[SLOT_ERROR], monitor->outputs[1], output);
	await(&slots[SLOT_INPUT], monitor->input, streams_has_input(monitor) ? POLLOUT : 0);
	await(&slots[SLOT_CONSOLE], monitor->console, POLLIN);
	await(&slots[SLOT_LISTEN], monitor->listen, attachers_has_room(monitor) ? POLLIN : 0);
	await(&slots[SLOT_RELAY], relaying_fd(monitor), POLLIN);
	await(&slots[SLOT_RESOLVER], resolver_wait_fd(&monitor->resolver), POLLIN);
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++) {
		const struct client *client = &monitor->clients[i];

		await(&slots[SLOT_CLIENTS + i], client->fd,
		      client_is_waiting(client) ? POLLIN | POLLOUT : POLLIN);
	}
}

static void serve_clients(struct monitor *monitor, const struct pollfd slots[SLOT_COUNT])
{
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++) {
		struct client *client = &monitor->clients[i];
		short events = slots[SLOT_CLIENTS + i].revents;

		if (slots[SLOT_CLIENTS + i].fd < 0)
			continue;
		if (events & POLLOUT)
			client_flush(client);
		if (events & (POLLIN | POLLHUP | POLLERR))
			attachers_receive(monitor, client);
	}
}

/*
 * Clients before output: an attacher's HELLO that is there already gets what is read now. The
 * end last: what came with it is handed on first.
 */
static void serve(struct monitor *monitor, const struct pollfd slots[SLOT_COUNT])
{
	serve_clients(monitor, slots);
	if (slots[SLOT_LISTEN].revents)
		attachers_accept(monitor);
	if (slots[SLOT_RELAY].revents)
		relaying_serve(monitor);
	if (slots[SLOT_CONSOLE].revents)
		streams_receive_terminal(monitor);
	streams_write(monitor);
	if (slots[SLOT_OUTPUT].revents)
		streams_read(monitor, 0);
	if (slots[SLOT_ERROR].revents)
		streams_read(monitor, 1);
	log_file_flush(&monitor->log.file);
	if (slots[SLOT_PIDFD].revents)
		ending_reap_init(monitor);
	else if (slots[SLOT_RESOLVER].revents)
		resolver_lost(monitor);
}

/* It has been quiet: a container that sleeps costs only what lies before the buffers. */
static void give_memory_back(struct monitor *monitor)
{
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++) {
		queue_shrink(&monitor->clients[i].output);
		queue_shrink(&monitor->clients[i].input);
	}
	/* The beginnings of lines that are not complete are kept. */
	if (monitor->log.streams[0].len == 0 && monitor->log.streams[1].len == 0)
		(void)madvise(&monitor->buffers, sizeof(monitor->buffers), MADV_DONTNEED);
	else
		(void)madvise(&monitor->buffers, offsetof(struct monitor_buffers, pending),
			      MADV_DONTNEED);
}

static int sooner_ms(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* How long nothing has to be done by ourselves; -1: for ever. */
static int wait_ms(const struct monitor *monitor, bool is_quiet)
{
	int ms = sooner_ms(relaying_timeout(monitor), resolver_wait_ms(&monitor->resolver));

	return is_quiet ? ms : sooner_ms(ms, QUIET_MS);
}

void monitor_run(struct monitor *monitor)
{
	struct pollfd slots[SLOT_COUNT];
	bool is_quiet = true;

	process_settle();
	while (monitor->pidfd >= 0) {
		int n;

		await_all(monitor, slots);
		n = poll(slots, SLOT_COUNT, wait_ms(monitor, is_quiet));
		if (n == 0)
			give_memory_back(monitor);
		is_quiet = n == 0;
		if (n > 0)
			serve(monitor, slots);
	}
	relaying_stop(monitor);
	ending_publish(monitor);
}
