/*
 * See hooks.h.
 *
 * Runs in: runtime.
 */
#include "runtime/hooks.h"

#include <string.h>
#include <sys/wait.h>

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

static int hook_run(const struct spec_hook *hook, const char *moment, const char *state_json,
		    struct err *e)
{
	const struct program_run program = {
		.path = hook->path,
		.argv = hook->args.items,
		.envp = hook->env.items,
		.input = state_json,
		.timeout_s = hook->timeout_s > 0 ? (uint32_t)hook->timeout_s : 0,
		.output_fd = -1,
		.error_fd = -1,
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

int hooks_run(const struct spec_hooks *hooks, const char *moment, const char *state_json,
	      bool goes_on, struct err *e)
{
	for (size_t i = 0; i < hooks->count; i++) {
		struct err own = { 0 };
		int r = hook_run(&hooks->items[i], moment, state_json, &own);

		if (r == 0)
			continue;
		if (!goes_on) {
			*e = own;
			return r;
		}
		log_warn("%s", own.text);
	}
	return 0;
}

bool hooks_need_state(const struct spec *spec)
{
	return spec->hooks_prestart.count || spec->hooks_create_runtime.count ||
	       spec->hooks_create_container.count || spec->hooks_start_container.count ||
	       spec->net_device_count > 0 || (spec->has_seccomp && spec->seccomp.listener_path);
}
