/*
 * See cli.h.
 *
 * Runs in: cli.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.h"
#include "format/text.h"

enum { CLI_DEFAULT_WIDTH = 80 };

size_t cli_width(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return CLI_DEFAULT_WIDTH;
	return size.ws_col;
}

int cli_engine(struct cli *cli, struct engine **ret, struct err *e)
{
	int r;

	if (!cli->is_engine_open) {
		r = engine_open(&cli->engine, cli->root, cli->runroot, e);
		if (r < 0)
			return r;
		cli->engine.hold_stage = cli->hold_stage;
		cli->is_engine_open = true;
		r = engine_use_driver(&cli->engine, cli->storage_driver, e);
		if (r == 0)
			r = engine_use_publish_address(&cli->engine, cli->publish_address, e);
		if (r < 0)
			return r;
	}
	*ret = &cli->engine;
	return 0;
}

void cli_done(struct cli *cli)
{
	if (cli->is_engine_open)
		engine_close(&cli->engine);
	cli->is_engine_open = false;
	arena_done(&cli->arena);
}

/* One sentence ends with one dot, also where a hint follows on its own line. */
static void cli_say(const char *text)
{
	const char *hint = strstr(text, "\nhint: ");
	size_t len = hint ? (size_t)(hint - text) : strlen(text);
	AUTO_STR struct str out = { 0 };

	text_printable(text, len, &out);
	if (!str_ends(str_text(&out), "."))
		str_add_char(&out, '.');
	if (hint) {
		str_add_char(&out, '\n');
		text_printable(hint + 1, strlen(hint + 1), &out);
	}
	(void)fflush(stdout);
	(void)fprintf(stderr, "hoy: %s\n", str_text(&out));
}

int cli_report(const struct err *e)
{
	cli_say(e->text[0] ? e->text : strerror(e->code < 0 ? -e->code : ENOMEM));
	return e->kind == ERR_UNSUPPORTED ? EXIT_USAGE : EXIT_FAILED;
}

int cli_report_run(const struct err *e)
{
	(void)cli_report(e);
	if (e->kind == ERR_COMMAND_MISSING)
		return EXIT_COMMAND_MISSING;
	return e->kind == ERR_COMMAND_UNUSABLE ? EXIT_COMMAND_UNUSABLE : EXIT_USAGE;
}

int cli_report_usage(const struct cli *cli, const struct err *e)
{
	cli_say(e->text);
	(void)fprintf(stderr, "See 'hoy %s%s--help'.\n",
		      cli->command_name ? cli->command_name : "", cli->command_name ? " " : "");
	return EXIT_USAGE;
}

/* What the parser found wrong. What is known and not here yet needs no pointer to the help: it
 * is not in there. */
int cli_report_flag(const struct cli *cli, const struct err *e)
{
	if (e->kind != ERR_UNSUPPORTED)
		return cli_report_usage(cli, e);
	(void)fprintf(stderr, "hoy%s%s: %s\n", cli->command_name ? " " : "",
		      cli->command_name ? cli->command_name : "", e->text);
	return EXIT_USAGE;
}

static int cli_refuse_count(const struct cli *cli, const struct cli_syntax *syntax)
{
	size_t min = syntax->min;
	char wants[80];

	if (syntax->max == 0)
		(void)snprintf(wants, sizeof(wants), "accepts no arguments");
	else if (syntax->max == min)
		(void)snprintf(wants, sizeof(wants), "requires %zu argument%s", min,
			       min == 1 ? "" : "s");
	else if (syntax->max == CLI_ANY)
		(void)snprintf(wants, sizeof(wants), "requires at least %zu argument%s", min,
			       min == 1 ? "" : "s");
	else if (min == 0)
		(void)snprintf(wants, sizeof(wants), "requires at most %zu argument%s",
			       syntax->max, syntax->max == 1 ? "" : "s");
	else
		(void)snprintf(wants, sizeof(wants),
			       "requires at least %zu and at most %zu arguments", min,
			       syntax->max);
	(void)fprintf(stderr, "hoy: 'hoy %s' %s.\nSee 'hoy %s --help'.\n", cli->command_name,
		      wants, cli->command_name);
	return EXIT_FAILED;
}

bool cli_parse(struct cli *cli, const struct cli_syntax *syntax, char **argv, void *values,
	       struct strv *ret_args, int *ret_exit)
{
	struct err e = { 0 };
	int r = option_parse(syntax->options, syntax->stops_at_argument, argv, values,
			     &cli->arena, ret_args, &e);

	if (r == OPTION_WANTS_HELP) {
		command_help(cli->command, cli->command_name, syntax->options);
		*ret_exit = 0;
		return false;
	}
	if (r < 0) {
		*ret_exit = cli_report_flag(cli, &e);
		return false;
	}
	if (ret_args->count < syntax->min || ret_args->count > syntax->max) {
		*ret_exit = cli_refuse_count(cli, syntax);
		return false;
	}
	return true;
}

int cli_take_only(const char *value, const char *only, struct err *e)
{
	if (strcmp(value, only) == 0)
		return 0;
	return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%s is not supported yet", value);
}

int cli_for_each(struct cli *cli, const struct strv *names, cli_each *each, void *context,
		 bool echoes)
{
	struct engine *engine;
	struct err e = { 0 };
	int exit_code = 0;

	if (cli_engine(cli, &engine, &e) < 0)
		return cli_report(&e);
	for (size_t i = 0; i < names->count; i++) {
		int r;

		e = (struct err){ 0 };
		r = each(cli, engine, names->items[i], context, &e);
		if (r < 0)
			exit_code = cli_report(&e);
		else if (echoes && r != CLI_QUIET)
			(void)puts(names->items[i]);
	}
	return exit_code;
}
