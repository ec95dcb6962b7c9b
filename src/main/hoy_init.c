/*
 * hoy-init: what runs inside, from clone to execve, for run and exec.
 *
 * Executed from a sealed memfd with a plan at descriptor 3 and a socket to its parent at 4, or,
 * where those belong to the program (--preserve-fds), at the two numbers that are its arguments.
 * It knows no JSON, reads no configuration, and says nothing but through that socket.
 *
 * Runs in: init.
 * See: proto/plan.h, proto/sync.h, init/stages.c.
 */
#include <string.h>
#include <unistd.h>

#include "init/init.h"
#include "proto/sync.h"

enum { EXIT_NOT_STARTED = 255, EXIT_UNUSABLE = 126, EXIT_MISSING = 127, FD_MAX = 1 << 26 };

static int exit_code(const struct err *e)
{
	if (e->kind == ERR_COMMAND_MISSING)
		return EXIT_MISSING;
	return e->kind == ERR_COMMAND_UNUSABLE ? EXIT_UNUSABLE : EXIT_NOT_STARTED;
}

/* Somebody started us by hand, or the parent is gone: then this is the only place left to say
 * it. */
static void say(const char *text)
{
	if (write(STDERR_FILENO, "hoy-init: ", 10) == 10 &&
	    write(STDERR_FILENO, text, strlen(text)) > 0)
		(void)!write(STDERR_FILENO, "\n", 1);
}

/* A descriptor in decimal digits; the closing of a wrong one is the worst that can follow. */
static int number_of(const char *text)
{
	int n = 0;

	for (; *text >= '0' && *text <= '9' && n < FD_MAX; text++)
		n = n * 10 + (*text - '0');
	return n;
}

int main(int argc, char **argv)
{
	static const struct init nothing = {
		.sync_fd = PLAN_SYNC_FD,
		.root_fd = -EBADF,
		.dev_fd = -EBADF,
		.proc_fd = -EBADF,
		.null_fd = -EBADF,
		.label_fd = -EBADF,
	};
	struct init init = nothing;
	struct err e = { 0 };
	int plan_fd = PLAN_FD;

	if (argc == 3) {
		plan_fd = number_of(argv[1]);
		init.sync_fd = number_of(argv[2]);
	}
	if (init_adopt(&init, plan_fd, &e) == 0 && init_birth(&init, &e) == 0)
		(void)init_walk(&init, &e);
	if (sync_send_error(init.sync_fd, &e) < 0)
		say(e.text);
	_exit(exit_code(&e));
}
