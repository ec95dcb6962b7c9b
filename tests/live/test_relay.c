/*
 * hoy-relay, alive: each test reserves a port on ::1, executes build/hoy-relay as a monitor does, and is client and
 * container (a server on 127.0.0.1) at once.
 *
 * As root, in a network namespace of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/loopback.h"
#include "proto/reserved.h"

enum { QUEUE_FD = 3, WAIT_MS = 60000, PIECE = 8192, MEGABYTES = 4 * 1024 * 1024, CROWD = 300 };

struct fixture {
	int queue;
	int server; /* what stands for the container's */
	uint16_t port;
	pid_t relay;
	int type;
};

static int bound(int family, int type, uint16_t *port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_port = htons(*port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(*port),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (family == AF_INET)
		assert_int_equal(bind(fd, (struct sockaddr *)&v4, sizeof(v4)), 0);
	else
		assert_int_equal(bind(fd, (struct sockaddr *)&v6, sizeof(v6)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, CROWD + 100), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
	*port = family == AF_INET ? ntohs(((struct sockaddr_in *)&name)->sin_port)
				  : ntohs(((struct sockaddr_in6 *)&name)->sin6_port);
	return fd;
}

/* Reserve a port on ::1 that is for the relay, one beside it that is not, and a server behind it. */
static void reserve(struct fixture *f, int type)
{
	struct reserved_port ports[2] = { { 0 } };
	uint16_t inside = 0;
	uint16_t other = 0;
	int ends[2];
	int fds[2];

	*f = (struct fixture){ .type = type };
	f->server = bound(AF_INET, type, &inside);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	fds[0] = bound(AF_INET, type, &other);
	fds[1] = bound(AF_INET6, type, &f->port);
	ports[1].flags = RESERVED_RELAYED | (type == SOCK_DGRAM ? RESERVED_UDP : 0);
	ports[1].container_port = inside;
	assert_int_equal(reserved_put(ends[1], ports, fds, 2), 0);
	f->queue = ends[0];
	(void)close(ends[1]);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void relay_start(struct fixture *f)
{
	const char *program = getenv("HOY_RELAY");

	f->relay = fork();
	assert_true(f->relay >= 0);
	if (f->relay == 0) {
		if (dup2(f->queue, QUEUE_FD) < 0)
			_exit(99);
		(void)fcntl(QUEUE_FD, F_SETFD, 0);
		(void)execl(program ? program : "build/hoy-relay", "hoy-relay", "127.0.0.1",
			    NULL);
		_exit(98);
	}
}

static void relay_end(struct fixture *f)
{
	(void)kill(f->relay, SIGKILL);
	(void)waitpid(f->relay, NULL, 0);
	(void)close(f->queue);
	(void)close(f->server);
}

static int client_connect(const struct fixture *f)
{
	struct sockaddr_in6 name = { .sin6_family = AF_INET6,
				     .sin6_port = htons(f->port),
				     .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, f->type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

static void await_input(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&one, 1, WAIT_MS), 1);
}

static int server_accept(const struct fixture *f)
{
	int fd;

	await_input(f->server);
	fd = accept(f->server, NULL, NULL);
	assert_true(fd >= 0);
	return fd;
}

static void expect(int fd, const char *text)
{
	char buf[64] = "";

	await_input(fd);
	assert_int_equal(read(fd, buf, sizeof(buf) - 1), strlen(text));
	assert_string_equal(buf, text);
}

static void expect_end(int fd)
{
	char byte;

	await_input(fd);
	assert_int_equal(read(fd, &byte, 1), 0);
}

static void say(int fd, const char *text)
{
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void a_connection_is_carried_both_ways_and_each_direction_ends_by_itself(void **state)
{
	struct fixture f;
	int client;
	int inside;

	(void)state;
	reserve(&f, SOCK_STREAM);
	client = client_connect(&f); /* before anybody is there: it waits in the queue */
	relay_start(&f);
	inside = server_accept(&f);
	say(client, "question");
	expect(inside, "question");
	(void)shutdown(client, SHUT_WR);
	expect_end(inside);
	say(inside, "answer");
	expect(client, "answer");
	(void)close(inside);
	expect_end(client);
	(void)close(client);
	relay_end(&f);
}

/* Both directions at once, by a child each, in pieces that meet full buffers. */
static void megabytes_arrive_unchanged(void **state)
{
	struct fixture f;
	int client;
	int inside;
	pid_t child;

	(void)state;
	reserve(&f, SOCK_STREAM);
	relay_start(&f);
	client = client_connect(&f);
	inside = server_accept(&f);
	child = fork();
	if (child == 0) {
		unsigned char piece[PIECE];

		for (size_t sent = 0; sent < MEGABYTES; sent += PIECE) {
			for (size_t i = 0; i < PIECE; i++)
				piece[i] = (unsigned char)((sent + i) % 251);
			if (fd_write_all(client, piece, PIECE) < 0)
				_exit(1);
		}
		(void)shutdown(client, SHUT_WR);
		_exit(0);
	}
	for (size_t got = 0; got < MEGABYTES;) {
		unsigned char piece[PIECE];
		ssize_t n;

		await_input(inside);
		n = read(inside, piece, sizeof(piece));
		assert_true(n > 0);
		for (ssize_t i = 0; i < n; i++)
			if (piece[i] != (got + (size_t)i) % 251)
				fail_msg("byte %zu is another", got + (size_t)i);
		got += (size_t)n;
	}
	expect_end(inside);
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(inside);
	(void)close(client);
	relay_end(&f);
}

static void answers_of_udp_come_to_the_client_that_asked(void **state)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	struct fixture f;
	char buf[64];
	int clients[2];

	(void)state;
	reserve(&f, SOCK_DGRAM);
	for (int i = 0; i < 2; i++)
		clients[i] = client_connect(&f);
	say(clients[0], "first");
	relay_start(&f);
	for (int i = 0; i < 2; i++) {
		ssize_t n;

		if (i == 1)
			say(clients[1], "second");
		await_input(f.server);
		n = recvfrom(f.server, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);
		assert_true(n > 0);
		assert_int_equal(
			sendto(f.server, buf, (size_t)n, 0, (struct sockaddr *)&from, len), n);
	}
	expect(clients[1], "second");
	expect(clients[0], "first");
	for (int i = 0; i < 2; i++)
		(void)close(clients[i]);
	relay_end(&f);
}

static void without_anything_to_carry_it_ends_and_the_ports_stay_reserved(void **state)
{
	struct fixture f;
	int status = 0;
	int client;
	int inside;

	(void)state;
	reserve(&f, SOCK_STREAM);
	for (int i = 0; i < 2; i++) {
		relay_start(&f);
		client = client_connect(&f);
		inside = server_accept(&f);
		(void)close(client);
		(void)close(inside);
		assert_int_equal(waitpid(f.relay, &status, 0), f.relay);
		assert_int_equal(status, 0);
	}
	client = client_connect(&f); /* the kernel still takes connections */
	(void)close(client);
	(void)close(f.queue);
	(void)close(f.server);
}

static void a_container_that_does_not_listen_ends_the_connection(void **state)
{
	struct fixture f;
	int client;

	(void)state;
	reserve(&f, SOCK_STREAM);
	(void)close(f.server);
	relay_start(&f);
	client = client_connect(&f);
	await_input(client);
	(void)close(client);
	f.server = -1;
	relay_end(&f);
}

static void a_crowd_waits_and_is_served(void **state)
{
	struct fixture f;
	int clients[CROWD];

	(void)state;
	reserve(&f, SOCK_STREAM);
	relay_start(&f);
	for (int i = 0; i < CROWD; i++) {
		clients[i] = client_connect(&f);
		say(clients[i], "x");
	}
	for (int i = 0; i < CROWD; i++) {
		int inside = server_accept(&f);

		expect(inside, "x");
		say(inside, "y");
		(void)close(inside);
		/* They are accepted in the order in which they came. */
		expect(clients[i], "y");
		(void)close(clients[i]);
	}
	relay_end(&f);
}

static void it_is_nobody_and_can_do_nothing(void **state)
{
	static const char *const lines[] = {
		"Uid:\t65534\t65534\t65534\t65534", "Gid:\t65534\t65534\t65534\t65534",
		"CapPrm:\t0000000000000000",	    "CapEff:\t0000000000000000",
		"CapBnd:\t0000000000000000",	    "NoNewPrivs:\t1"
	};
	struct fixture f;
	char path[64];
	char text[4096];
	int client;
	int inside;
	int fd;

	(void)state;
	reserve(&f, SOCK_STREAM);
	relay_start(&f);
	client = client_connect(&f);
	inside = server_accept(&f);
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)f.relay);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	text[fd_read_full(fd, text, sizeof(text) - 1)] = '\0';
	(void)close(fd);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!strstr(text, lines[i]))
			fail_msg("no line \"%s\" in:\n%s", lines[i], text);
	(void)close(inside);
	(void)close(client);
	relay_end(&f);
}

static int own_network(void **state)
{
	(void)state;
	return unshare(CLONE_NEWNET) < 0 || loopback_up() < 0 ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_connection_is_carried_both_ways_and_each_direction_ends_by_itself),
		cmocka_unit_test(megabytes_arrive_unchanged),
		cmocka_unit_test(answers_of_udp_come_to_the_client_that_asked),
		cmocka_unit_test(without_anything_to_carry_it_ends_and_the_ports_stay_reserved),
		cmocka_unit_test(a_container_that_does_not_listen_ends_the_connection),
		cmocka_unit_test(a_crowd_waits_and_is_served),
		cmocka_unit_test(it_is_nobody_and_can_do_nothing),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, own_network, NULL);
}
