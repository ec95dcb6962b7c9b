/*
 * hoy export: a container's root file system as a tar.
 *
 * Runs in: cli.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"

struct export_options {
	char *output;
};

#define FIELD(name) offsetof(struct export_options, name)
static const struct option export_option_table[] = {
	{ "output", 'o', OPTION_TEXT, FIELD(output), NULL, NULL,
	  "Write to a file, instead of STDOUT" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* Beside the file, renamed when it is whole: a failed export leaves an earlier file as it was.
 */
static int export_to_file(struct cli *cli, struct engine *engine, const char *container,
			  const char *output, struct err *e)
{
	const char *temporary = arena_printf(&cli->arena, "%s.%d.new", output, (int)getpid());
	AUTO_CLOSE int fd = -EBADF;
	int r;

	if (!temporary)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a name");
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, errno, "write %s", output);
	r = engine_export(engine, container, fd, e);
	if (r == 0 && rename(temporary, output) < 0)
		r = err_sys(e, errno, "write %s", output);
	if (r < 0)
		(void)unlink(temporary);
	return r;
}

int cmd_export(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = export_option_table, .min = 1, .max = 1 };
	struct export_options o = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (!o.output && isatty(STDOUT_FILENO)) {
		(void)err_set(
			&e, ERR_INVALID, -EINVAL,
			"cowardly refusing to save to a terminal. Use the -o flag or redirect");
		return cli_report(&e);
	}
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = o.output ? export_to_file(cli, engine, args.items[0], o.output, &e)
			     : engine_export(engine, args.items[0], STDOUT_FILENO, &e);
	return r < 0 ? cli_report(&e) : 0;
}
