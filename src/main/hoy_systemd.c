/*
 * hoy-systemd: the transient unit of one container. hoy-runtime executes it when its caller asks
 * for systemd's control groups, and only then: see proto/systemd.h for what the two say.
 *
 * A scope lives as long as it has processes. The first one is a child of ours that was forked
 * before anything was asked for and only waits for the end of the socket: it takes no memory
 * that would count against a small limit.
 *
 * Runs in: hoy-systemd.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "linux/process.h"
#include "proto/systemd.h"
#include "systemd/unit.h"

enum { REQUEST_FD = 0, BAD_USAGE = 2 };

/* Read up to the empty line. */
static int request_read(char *lines, size_t size, struct err *e)
{
	size_t len = 0;

	while (len < size - 1) {
		ssize_t n = read(REQUEST_FD, lines + len, size - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, n < 0 ? errno : EPIPE, "read the request");
		len += (size_t)n;
		lines[len] = '\0';
		if (strcmp(lines, "\n") == 0 || str_ends(lines, "\n\n"))
			return 0;
	}
	return err_set(e, ERR_INVALID, -E2BIG, "more than %d bytes of properties",
		       SYSTEMD_REQUEST_MAX);
}

static void reply_write(const struct systemd_reply *reply)
{
	(void)fd_write_all(REQUEST_FD, reply, sizeof(*reply));
}

/* Lives until hoy-runtime closes its end of the socket, or ends. */
static pid_t keeper_fork(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();
	char byte;

	if (pid != 0)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_FAILURE);
	(void)prctl(PR_SET_NAME, "hoy-keeper");
	while (recv(REQUEST_FD, &byte, 1, MSG_PEEK) > 0)
		;
	_exit(EXIT_SUCCESS);
}

static int start(const char *unit, bool is_user, char *lines, struct systemd_reply *reply)
{
	pid_t pid = keeper_fork();
	sd_bus *bus = NULL;
	int r = pid < 0 ? err_sys(&reply->e, errno, "fork") : 0;

	if (r == 0)
		r = unit_bus_open(is_user, &bus, &reply->e);
	if (r == 0)
		r = unit_start(bus, unit, lines, pid, &reply->e);
	if (r == 0)
		r = unit_control_group(bus, unit, reply->control_group,
				       sizeof(reply->control_group), &reply->e);
	(void)sd_bus_flush_close_unref(bus);
	if (r < 0 && pid > 0)
		(void)kill(pid, SIGKILL);
	reply_write(reply);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	return r;
}

static int change(const char *verb, const char *unit, bool is_user, char *lines,
		  struct systemd_reply *reply)
{
	sd_bus *bus = NULL;
	int r = unit_bus_open(is_user, &bus, &reply->e);

	if (r == 0)
		r = strcmp(verb, "set") == 0 ? unit_set(bus, unit, lines, &reply->e)
					     : unit_stop(bus, unit, &reply->e);
	(void)sd_bus_flush_close_unref(bus);
	reply_write(reply);
	return r;
}

int main(int argc, char **argv)
{
	static char lines[SYSTEMD_REQUEST_MAX];
	static struct systemd_reply reply;
	bool is_user = argc > 1 && strcmp(argv[1], "--user") == 0;
	const char *verb = argc == 3 + is_user ? argv[1 + is_user] : "";
	int r;

	if (strcmp(verb, "start") != 0 && strcmp(verb, "set") != 0 &&
	    strcmp(verb, "stop") != 0) {
		(void)fprintf(stderr, "hoy-systemd is executed by hoy-runtime\n");
		return BAD_USAGE;
	}
	/* What the caller of hoy-runtime left open is nothing for us, nor for the keeper. */
	(void)process_close(3, ~0u);
	r = request_read(lines, sizeof(lines), &reply.e);
	if (r < 0)
		reply_write(&reply);
	else if (strcmp(verb, "start") == 0)
		r = start(argv[argc - 1], is_user, lines, &reply);
	else
		r = change(verb, argv[argc - 1], is_user, lines, &reply);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
