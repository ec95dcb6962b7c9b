/*
 * See systemd.h.
 *
 * Runs in: runtime.
 */
#include "runtime/systemd.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/str.h"
#include "proto/systemd.h"
#include "runtime/runtime.h"
#include "runtime/systemd_properties.h"

enum { VARIABLE_MAX = 4096 };

static const char program[] = "hoy-systemd";

/* The user's bus is found by these; nothing else of the caller's environment is handed on. */
static const char *const bus_variables[] = { "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR" };

struct environment {
	char texts[2][VARIABLE_MAX];
	char *items[3];
};

static void environment_fill(struct environment *environment, bool is_user)
{
	size_t count = 0;

	for (size_t i = 0; i < 2 && is_user; i++) {
		const char *value = getenv(bus_variables[i]);

		if (value && snprintf(environment->texts[count], VARIABLE_MAX, "%s=%s",
				      bus_variables[i], value) < VARIABLE_MAX) {
			environment->items[count] = environment->texts[count];
			count++;
		}
	}
	environment->items[count] = NULL;
}

/* With the other end of the socket as its descriptor 0. */
static int program_spawn(const char *verb, const char *unit, bool is_user, int fd, pid_t *ret,
			 struct err *e)
{
	struct environment environment;
	posix_spawn_file_actions_t actions;
	char path[PATH_MAX];
	const char *argv[5] = { program };
	size_t count = 1;
	int r = runtime_program_path(program, path, sizeof(path), e);

	if (r < 0)
		return r;
	if (is_user)
		argv[count++] = "--user";
	argv[count++] = verb;
	argv[count] = unit;
	environment_fill(&environment, is_user);
	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return err_sys(e, r, "execute %s", path);
	r = posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
	if (r == 0)
		r = posix_spawn(ret, path, &actions, NULL, (char *const *)(uintptr_t)argv,
				environment.items);
	(void)posix_spawn_file_actions_destroy(&actions);
	return r == 0 ? 0 : err_sys(e, r, "execute %s", path);
}

/* Not write(2): a program that is gone would be a signal. */
static int request_send(int fd, const char *lines)
{
	size_t len = strlen(lines);

	while (len > 0) {
		ssize_t n = send(fd, lines, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			lines += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int reply_receive(int fd, struct systemd_reply *ret, struct err *e)
{
	ssize_t n = fd_read_full(fd, ret, sizeof(*ret));

	if (n < 0)
		return err_sys(e, (int)n, "read what %s says", program);
	if (n != sizeof(*ret))
		return err_set(e, ERR_INTERNAL, -EIO, "%s ended without an answer", program);
	ret->e.text[ERR_TEXT_MAX - 1] = '\0';
	ret->control_group[PATH_MAX - 1] = '\0';
	if (ret->e.kind == ERR_NONE)
		return 0;
	return err_set(e, (enum err_kind)ret->e.kind, ret->e.code < 0 ? ret->e.code : -EIO,
		       "%s", ret->e.text);
}

static void keeper_end(struct systemd_keeper *keeper)
{
	keeper->keep_fd = fd_close(keeper->keep_fd);
	while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
		;
	keeper->pid = 0;
}

/* Ask hoy-systemd. It goes on running, for a scope; else it has ended when this returns. */
static int ask(const char *verb, const char *unit, bool is_user, const struct str *lines,
	       struct systemd_keeper *ret_keeper, struct systemd_reply *ret, struct err *e)
{
	struct systemd_keeper keeper = { .keep_fd = -EBADF };
	int pair[2];
	int r;

	FAULT("systemd");
	if (lines->len + 1 >= SYSTEMD_REQUEST_MAX)
		return err_set(e, ERR_INVALID, -E2BIG,
			       "%s: more than %d bytes of properties for systemd", unit,
			       SYSTEMD_REQUEST_MAX);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, errno, "make a socket pair");
	keeper.keep_fd = pair[0];
	r = program_spawn(verb, unit, is_user, pair[1], &keeper.pid, e);
	(void)fd_close(pair[1]);
	if (r < 0) {
		(void)fd_close(keeper.keep_fd);
		return r;
	}
	/* What it has to say about a refused request is better than that it was refused. */
	(void)request_send(keeper.keep_fd, str_text(lines));
	(void)request_send(keeper.keep_fd, "\n");
	r = reply_receive(keeper.keep_fd, ret, e);
	if (r < 0 || !ret_keeper)
		keeper_end(&keeper);
	else
		*ret_keeper = keeper;
	return r;
}

int systemd_scope_start(const struct cgroup_scope *scope, const struct spec *spec, bool is_v2,
			bool is_user, struct systemd_keeper *ret, char *ret_path, struct err *e)
{
	AUTO_STR struct str lines = { 0 };
	struct systemd_reply reply;
	int r = systemd_properties_scope(scope, spec, is_v2, &lines, e);

	if (r == 0)
		r = ask("start", scope->unit, is_user, &lines, ret, &reply, e);
	if (r == 0)
		(void)str_copy(ret_path, PATH_MAX, reply.control_group);
	return r;
}

void systemd_scope_release(struct systemd_keeper *keeper)
{
	if (keeper->pid > 0)
		keeper_end(keeper);
}

int systemd_scope_update(const char *unit, const struct spec_resources *resources, bool is_v2,
			 bool is_user, struct err *e)
{
	AUTO_STR struct str lines = { 0 };
	struct systemd_reply reply;
	int r = systemd_properties_limits(resources, is_v2, &lines, e);

	return r < 0 || lines.len == 0 ? r : ask("set", unit, is_user, &lines, NULL, &reply, e);
}

int systemd_scope_stop(const char *unit, bool is_user, struct err *e)
{
	const struct str none = { 0 };
	struct systemd_reply reply;

	return ask("stop", unit, is_user, &none, NULL, &reply, e);
}
