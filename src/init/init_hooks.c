/*
 * Hooks: programs of the operator that run at two moments of the birth, one after the other,
 * with the container's state as their standard input. A hook that fails ends the birth.
 *
 * Runs in: init. createContainer: the host's root file system in the container's namespaces;
 * startContainer: all the container's. See: OCI runtime-spec config.md "POSIX-platform Hooks".
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"
#include "linux/program_run.h"
#include "proto/sync.h"

enum { CWD_MODE = 0755, STATE_MAX = 64 * 1024 * 1024, OUTPUT_MAX = 512 };

/* NULL-terminated; the texts are borrowed from the plan. */
static char **texts_of(const struct plan_header *plan, struct plan_list list)
{
	const plan_text *texts = plan_array(plan, list, plan_text);
	char **v = calloc((size_t)list.count + 1, sizeof(*v));

	for (uint32_t i = 0; v && i < list.count; i++)
		v[i] = (char *)(uintptr_t)plan_get_text(plan, texts[i]);
	return v;
}

static int run_hook(const struct plan_header *plan, const struct plan_hook *hook,
		    const char *state, char output[OUTPUT_MAX], int *ret_status)
{
	AUTO_FREE char **argv = texts_of(plan, hook->args);
	AUTO_FREE char **envp = texts_of(plan, hook->env);
	const struct program_run program = {
		.path = plan_get_text(plan, hook->path),
		.argv = argv,
		.envp = envp,
		.input = state,
		.timeout_s = hook->timeout_s,
		.output_fd = plan->hook_output_fd,
		.error_fd = plan->hook_error_fd,
	};

	if (!argv || !envp)
		return -ENOMEM;
	return program_run(&program, output, OUTPUT_MAX, ret_status);
}

static int run_hooks(const struct init *init, struct plan_list list, const char *state,
		     const char *moment, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const struct plan_hook *hooks = plan_array(plan, list, struct plan_hook);

	for (uint32_t i = 0; i < list.count; i++) {
		const char *path = plan_get_text(plan, hooks[i].path);
		char output[OUTPUT_MAX];
		const char *colon;
		int status = 0;
		int r = run_hook(plan, &hooks[i], state, output, &status);

		if (r == -ETIMEDOUT)
			return err_set(e, ERR_INTERNAL, r,
				       "%s hook %s ran longer than %u s and was killed", moment,
				       path, hooks[i].timeout_s);
		if (r < 0)
			return err_sys(e, r, "%s hook %s", moment, path);
		colon = output[0] ? ": " : "";
		if (WIFSIGNALED(status))
			return err_set(e, ERR_INTERNAL, -ECHILD,
				       "%s hook %s was killed by signal %d%s%s", moment, path,
				       WTERMSIG(status), colon, output);
		if (WEXITSTATUS(status) != 0)
			return err_set(e, ERR_INTERNAL, -ECHILD,
				       "%s hook %s exited with %d%s%s", moment, path,
				       WEXITSTATUS(status), colon, output);
	}
	return 0;
}

/* What the parent wrote about us; kept for as long as we are hoy-init. */
static int read_state(struct init *init, struct err *e)
{
	size_t len = 0;
	char *all = NULL;
	char *text;
	int r = lseek(init->plan->state_fd, 0, SEEK_SET) < 0
			? -errno
			: fd_read_all(init->plan->state_fd, STATE_MAX, &all, &len);

	if (r < 0)
		return err_sys(e, r, "read the container's state");
	(void)fd_close(init->plan->state_fd);
	text = all;
	for (int i = 0; i < PLAN_STATE_COUNT; i++) {
		char *end = memchr(text, '\0', len - (size_t)(text - all));

		if (!end)
			return err_set(e, ERR_INTERNAL, -EPROTO,
				       "the container's state is cut");
		init->state[i] = text;
		text = end + 1;
	}
	return 0;
}

/* Where the root will be read-only, a missing working directory is made now; what goes wrong is
 * said when it is entered. */
static void make_cwd(struct init *init)
{
	const char *cwd = plan_get_text(init->plan, init->plan->cwd);

	if (init->plan->kind == PLAN_RUN && init->plan->flags & PLAN_ROOT_READONLY && cwd &&
	    strcmp(cwd, "/") != 0)
		(void)fd_close(inroot_make_dir(init->root_fd, cwd, CWD_MODE));
}

int init_hooks_create(struct init *init, struct err *e)
{
	int r;

	make_cwd(init);

	if (!(init->plan->flags & PLAN_PARENT_HOOKS))
		return 0;
	r = sync_send(init->sync_fd, SYNC_HOOKS, 0);
	if (r < 0)
		return err_sys(e, r, "ask for the runtime's hooks");
	r = sync_receive(init->sync_fd, NULL, e);
	if (r != SYNC_HOOKS_DONE)
		return r < 0 ? r
			     : err_set(e, ERR_INTERNAL, -EPIPE,
				       "the runtime's hooks did not succeed");
	r = read_state(init, e);
	/* As runc's: they may name what is in the container's root by relative paths. */
	if (r == 0 && init->plan->hooks_create.count > 0 &&
	    init->plan->root_kind != PLAN_ROOT_NONE && fchdir(init->root_fd) < 0)
		r = err_sys(e, errno, "enter the root file system for the hooks");
	return r < 0 ? r
		     : run_hooks(init, init->plan->hooks_create,
				 init->state[PLAN_STATE_CREATING], "createContainer", e);
}

int init_hooks_start(struct init *init, struct err *e)
{
	return run_hooks(init, init->plan->hooks_start, init->state[PLAN_STATE_CREATED],
			 "startContainer", e);
}
