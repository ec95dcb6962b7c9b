/*
 * hoy exec: one more process in a running container.
 *
 * Runs in: cli.
 */
#include <stddef.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/foreground.h"
#include "cli/options_env.h"
#include "cli/run_options.h"
#include "linux/caller_terminal.h"

struct exec_options {
	struct engine_exec_request request;
	struct strv env;
	struct strv file_env;
	char *user;
	char *working_dir;
	char *detach_keys;
};

static int exec_set_env(void *values, struct arena *arena, const char *value, struct err *e)
{
	return env_add(&((struct exec_options *)values)->env, arena, value, e);
}

static int exec_set_env_file(void *values, struct arena *arena, const char *value,
			     struct err *e)
{
	return env_add_file(&((struct exec_options *)values)->file_env, arena, value, e);
}

static int exec_set_detach_keys(void *values, struct arena *arena, const char *value,
				struct err *e)
{
	return detach_keys_set(&((struct exec_options *)values)->detach_keys, arena, value, e);
}

static int exec_set_user(void *values, struct arena *arena, const char *value, struct err *e)
{
	return user_set(&((struct exec_options *)values)->user, arena, value, e);
}

static int exec_set_workdir(void *values, struct arena *arena, const char *value, struct err *e)
{
	return workdir_set(&((struct exec_options *)values)->working_dir, arena, value, e);
}

#define FIELD(name) offsetof(struct exec_options, request.name)
static const struct option exec_option_table[] = {
	{ "detach", 'd', OPTION_BOOL, FIELD(is_detached), NULL, NULL,
	  "Detached mode: run command in the background" },
	{ "detach-keys", 0, OPTION_VALUE, 0, exec_set_detach_keys, NULL,
	  "Override the key sequence for detaching a container" },
	{ "env", 'e', OPTION_VALUE, 0, exec_set_env, "list", "Set environment variables" },
	{ "env-file", 0, OPTION_VALUE, 0, exec_set_env_file, "list",
	  "Read in a file of environment variables" },
	{ "interactive", 'i', OPTION_BOOL, FIELD(is_interactive), NULL, NULL,
	  "Keep STDIN open even if not attached" },
	{ "privileged", 0, OPTION_BOOL, FIELD(is_privileged), NULL, NULL,
	  "Give extended privileges to the command" },
	{ "tty", 't', OPTION_BOOL, FIELD(is_tty), NULL, NULL, "Allocate a pseudo-TTY" },
	{ "user", 'u', OPTION_VALUE, 0, exec_set_user, NULL,
	  "Username or UID (format: <name|uid>[:<group|gid>])" },
	{ "workdir", 'w', OPTION_VALUE, 0, exec_set_workdir, NULL,
	  "Working directory inside the container" },
	{ "cidfile", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "latest", 'l', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "no-session", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "preserve-fd", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "preserve-fds", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static void exec_request(struct exec_options *o, const struct strv *args, struct arena *arena)
{
	struct engine_exec_request *request = &o->request;
	uint32_t size = request->is_tty && !request->is_detached ? terminal_size() : 0;

	for (size_t i = 1; i < args->count; i++)
		strv_add_borrowed(&request->args, arena, args->items[i]);
	env_merge(&request->env, arena, &o->file_env);
	env_merge(&request->env, arena, &o->env);
	request->user = o->user;
	request->working_dir = o->working_dir;
	request->rows = (uint16_t)(size >> 16);
	request->columns = (uint16_t)(size & 0xffff);
}

static int exec_serve(struct engine_exec *exec, const struct exec_options *o)
{
	struct stream_options options = {
		.is_tty = o->request.is_tty,
		.has_input = o->request.is_interactive,
		.forwards_signals = true,
	};
	const char *keys = str_is_empty(o->detach_keys) ? DETACH_KEYS_DEFAULT : o->detach_keys;
	struct err e = { 0 };
	int exit_code = 0;
	int r = detach_keys_parse(keys, &options.detach_keys, &e);

	if (r == 0)
		r = stream_exec(exec, &options, &exit_code, &e);
	if (r < 0)
		return cli_report_run(&e);
	return r == STREAM_DETACHED ? 0 : exit_code;
}

static void exec_close(struct engine_exec *exec)
{
	exec->pidfd = fd_close(exec->pidfd);
	exec->input = fd_close(exec->input);
	exec->output = fd_close(exec->output);
	exec->error = fd_close(exec->error);
	exec->console = fd_close(exec->console);
}

int cmd_exec(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = exec_option_table,
					   .min = 2,
					   .max = CLI_ANY,
					   .stops_at_argument = true };
	struct exec_options o = { 0 };
	struct engine_exec exec = {
		.pidfd = -1, .input = -1, .output = -1, .error = -1, .console = -1
	};
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (!o.request.is_detached &&
	    foreground_check_terminal(o.request.is_tty, o.request.is_interactive, &e) < 0)
		return cli_report(&e);
	exec_request(&o, &args, &cli->arena);
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_exec(engine, args.items[0], &o.request, &exec, &e);
	if (r < 0) {
		/* As docker: what is wrong with the container is 1, what is wrong with the
		 * command or with us is run's. */
		exit_code = e.kind == ERR_NOT_FOUND || e.kind == ERR_CONFLICT
				    ? cli_report(&e)
				    : cli_report_run(&e);
	} else {
		exit_code = o.request.is_detached ? 0 : exec_serve(&exec, &o);
	}
	exec_close(&exec);
	return exit_code;
}
