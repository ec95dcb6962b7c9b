/*
 * See foreground.h.
 *
 * Runs in: cli.
 */
#include "cli/foreground.h"

#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/caller_terminal.h"
#include "proto/attach.h"

uint16_t foreground_flags(const struct container_config *config)
{
	uint16_t flags = 0;

	if (config->attach_stdin && config->open_stdin)
		flags |= ATTACH_WANT_INPUT;
	if (config->attach_stdout)
		flags |= ATTACH_WANT_OUTPUT;
	if (config->attach_stderr)
		flags |= ATTACH_WANT_ERROR;
	return flags;
}

int foreground_check_terminal(bool is_tty, bool has_input, struct err *e)
{
	if (is_tty && has_input && !isatty(STDIN_FILENO))
		return err_set(e, ERR_INVALID, -ENOTTY, "the input device is not a TTY");
	return 0;
}

void foreground_request(const struct container_config *config, uint16_t attach_flags,
			struct engine_start_request *ret)
{
	uint32_t size = config->is_tty ? terminal_size() : 0;

	*ret = (struct engine_start_request){
		.wants_client = attach_flags != 0,
		.attach_flags = attach_flags,
		.rows = (uint16_t)(size >> 16),
		.columns = (uint16_t)(size & 0xffff),
	};
}

/* The connection came too late for the EXIT frame: the exit file says the same. */
static bool has_ended(struct cli *cli, const char *id, int *ret_exit_code)
{
	struct container container;

	if (engine_get(&cli->engine, id, &cli->arena, &container, NULL) < 0 ||
	    container.liveness.status != STATUS_EXITED || container.liveness.is_monitor_lost)
		return false;
	*ret_exit_code = container.liveness.exit_code;
	return true;
}

int foreground_serve(struct cli *cli, const char *id, int take_client_fd,
		     const struct container_config *config, const struct foreground *foreground)
{
	AUTO_CLOSE int client_fd = take_client_fd;
	struct stream_options options = {
		.is_tty = config->is_tty,
		.has_input = foreground->has_input,
		.forwards_signals = !foreground->is_sig_proxy_off,
	};
	struct err e = { 0 };
	int exit_code = 0;
	const char *keys = str_is_empty(foreground->detach_keys) ? DETACH_KEYS_DEFAULT
								 : foreground->detach_keys;
	int r = detach_keys_parse(keys, &options.detach_keys, &e);

	if (r == 0)
		r = stream_attach(client_fd, &options, &exit_code, &e);
	if (r == -EPIPE && has_ended(cli, id, &exit_code))
		r = STREAM_EXITED;
	if (r < 0) {
		(void)cli_report(&e);
		return r == -EPIPE ? STREAM_CODE_LOST : EXIT_USAGE;
	}
	if (r == STREAM_DETACHED) {
		(void)fprintf(stderr, "read escape sequence\n");
		return 0;
	}
	if (config->auto_remove && engine_finish_run(&cli->engine, id, &e) < 0)
		(void)cli_report(&e);
	return exit_code;
}
