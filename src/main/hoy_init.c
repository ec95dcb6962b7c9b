/*
 * hoy-init: what runs inside, from clone to execve, for run and exec.
 *
 * Executed from a sealed memfd with a plan at descriptor 3 and a socket to its parent at 4. It
 * knows no JSON, reads no configuration, and says nothing but through that socket.
 *
 * Runs in: init.
 * See: proto/plan.h, proto/sync.h, init/stages.c.
 */
#include <string.h>
#include <unistd.h>

#include "init/init.h"
#include "proto/sync.h"

enum { EXIT_NOT_STARTED = 255, EXIT_UNUSABLE = 126, EXIT_MISSING = 127 };

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

int main(void)
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

	if (init_adopt(&init, &e) == 0 && init_birth(&init, &e) == 0)
		(void)init_walk(&init, &e);
	if (sync_send_error(init.sync_fd, &e) < 0)
		say(e.text);
	_exit(exit_code(&e));
}
