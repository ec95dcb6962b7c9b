/*
 * See hooks.h.
 *
 * Runs in: runtime.
 */
#include "runtime/hooks.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/log.h"
#include "linux/program_run.h"

enum { OUTPUT_MAX = 512 };

static int failure(const struct spec_hook *hook, const char *moment, int status,
		   const char *output, struct err *e)
{
	const char *colon = output[0] ? ": " : "";

	if (WIFSIGNALED(status))
		return err_set(e, ERR_INTERNAL, -ECHILD,
			       "%s hook %s was killed by signal %d%s%s", moment, hook->path,
			       WTERMSIG(status), colon, output);
	return err_set(e, ERR_INTERNAL, -ECHILD, "%s hook %s exited with %d%s%s", moment,
		       hook->path, WEXITSTATUS(status), colon, output);
}

static int output_open(const char *path, int *ret, struct err *e)
{
	*ret = -1;
	if (!path)
		return 0;
	*ret = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	return *ret < 0 ? err_sys(e, errno, "open %s for hooks", path) : 0;
}

int hooks_open_output(const struct spec_hooks *hooks, int *ret_output, int *ret_error,
		      struct err *e)
{
	AUTO_CLOSE int output = -EBADF;
	int r = output_open(hooks->output_path, &output, e);

	if (r == 0)
		r = output_open(hooks->error_path, ret_error, e);
	if (r == 0)
		*ret_output = fd_take(&output);
	return r;
}

static int hook_run(const struct spec_hook *hook, const char *moment, const char *state_json,
		    const int fds[2], struct err *e)
{
	const struct program_run program = {
		.path = hook->path,
		.argv = hook->args.items,
		/* Where it says nothing, ours, as with runc and crun. */
		.envp = hook->env.count > 0 ? hook->env.items : environ,
		.input = state_json,
		.timeout_s = hook->timeout_s > 0 ? (uint32_t)hook->timeout_s : 0,
		.output_fd = fds[0],
		.error_fd = fds[1],
	};
	char output[OUTPUT_MAX];
	int status = 0;
	int r = program_run(&program, output, sizeof(output), &status);

	if (r == -ETIMEDOUT)
		return err_set(e, ERR_INTERNAL, r,
			       "%s hook %s ran longer than %d s and was killed", moment,
			       hook->path, hook->timeout_s);
	if (r < 0)
		return err_sys(e, r, "%s hook %s", moment, hook->path);
	return status == 0 ? 0 : failure(hook, moment, status, output, e);
}

static int run_all(const struct spec_hooks *hooks, const char *moment, const char *state_json,
		   bool goes_on, struct err *e)
{
	AUTO_CLOSE int output_fd = -1;
	AUTO_CLOSE int error_fd = -1;
	int r = hooks_open_output(hooks, &output_fd, &error_fd, e);
	const int fds[] = { output_fd, error_fd };

	if (r < 0)
		return r;
	for (size_t i = 0; i < hooks->count; i++) {
		struct err own = { 0 };

		r = hook_run(&hooks->items[i], moment, state_json, fds, &own);
		if (r < 0 && !goes_on) {
			*e = own;
			return r;
		}
		if (r < 0)
			log_warn("%s", own.text);
	}
	return 0;
}

int hooks_run(const struct spec_hooks *hooks, const char *moment, const char *state_json,
	      bool goes_on, struct err *e)
{
	struct err own = { 0 };
	int r = hooks->count > 0 ? run_all(hooks, moment, state_json, goes_on, &own) : 0;

	if (r == 0)
		return 0;
	if (goes_on) {
		log_warn("%s", own.text);
		return 0;
	}
	*e = own;
	return r;
}

bool hooks_need_state(const struct spec *spec)
{
	return spec->hooks_prestart.count || spec->hooks_create_runtime.count ||
	       spec->hooks_create_container.count || spec->hooks_start_container.count ||
	       spec->net_device_count > 0 || (spec->has_seccomp && spec->seccomp.listener_path);
}
