/*
 * What every command gets: the global flags, an engine opened when it is first needed, an
 * arena; and how a command reads its arguments and reports.
 *
 * A command is `int cmd_x(struct cli *cli, char **argv)` in cmd_x.c: argv without the command's
 * name, NULL-terminated; the result is the exit code. It prints to stdout by stdio (flushed and
 * checked by main) and errors by cli_report.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_CLI_H
#define HOY_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "engine/engine.h"
#include "format/option.h"

enum {
	/* a wrong flag or value; or the engine failed in run, create, exec */
	EXIT_USAGE = 125,
	EXIT_COMMAND_UNUSABLE = 126,
	EXIT_COMMAND_MISSING = 127,
	EXIT_FAILED = 1 /* every other failure */
};

enum { CLI_QUIET = 1 /* of a cli_each: fine, but the argument is not echoed */ };
enum { CLI_ANY = 0x7fffffff }; /* as `max` of a syntax: any number of arguments */

struct command;

struct cli {
	char *root;	       /* --root; NULL: HOY_ROOT or the default */
	char *runroot;	       /* --runroot */
	char *publish_address; /* --publish-address; NULL: HOY_PUBLISH_ADDRESS, or everywhere */
	char *storage_driver;  /* --storage-driver; NULL: HOY_STORAGE_DRIVER, or what works */
	char *hold_stage;
	bool is_debug;
	const struct command *command; /* the one that runs */
	const char *command_name;      /* as it was called: "run", "container run" */
	struct arena arena;	       /* until the program ends */
	struct engine engine;
	bool is_engine_open;
};

/* How a command's arguments look. */
struct cli_syntax {
	const struct option *options; /* NULL: none */
	size_t min;		      /* arguments besides flags */
	size_t max;		      /* CLI_ANY */
	bool stops_at_argument;	      /* run, create, exec: flags end at the first argument */
};

/*
 * Read a command's flags into `values` and its arguments into `ret_args`. False: the command is
 *over, because help was printed or something was wrong (said already); the exit code is in
 *`ret_exit`.
 *
 *	if (!cli_parse(cli, &syntax, argv, &options, &args, &exit_code))
 *		return exit_code;
 */
bool cli_parse(struct cli *cli, const struct cli_syntax *syntax, char **argv, void *values,
	       struct strv *ret_args, int *ret_exit);

/* The engine, opened at the first call. Returns 0 or -errno with a sentence. Borrowed; closed
 * by cli_done. */
int cli_engine(struct cli *cli, struct engine **ret, struct err *e);
void cli_done(struct cli *cli);

/* Print "hoy: <sentence>." and the hint if there is one to stderr; returns EXIT_FAILED. */
int cli_report(const struct err *e);
/* The same for run, create, start -a and exec: returns 125, 126 or 127 by the error's kind. */
int cli_report_run(const struct err *e);
/* A usage error found after the parsing: the sentence and "See 'hoy run --help'."; returns
 * EXIT_USAGE. */
int cli_report_usage(const struct cli *cli, const struct err *e);

/* What option_parse said: a usage error, or "hoy run: --publish is not supported yet"; returns
 * EXIT_USAGE. */
int cli_report_flag(const struct cli *cli, const struct err *e);

/* For the setter of a flag that has one value here: 0, or -EOPNOTSUPP for any other. */
int cli_take_only(const char *value, const char *only, struct err *e);

/*
 * Do `each` for every argument, going on after failures: prints what failed, and the argument
 * itself on stdout for those that went well when `echoes` (as stop, kill, rm do). Returns the
 * exit code.
 */
typedef int cli_each(struct cli *cli, struct engine *engine, const char *name, void *context,
		     struct err *e);
int cli_for_each(struct cli *cli, const struct strv *names, cli_each *each, void *context,
		 bool echoes);

/* Width of the terminal on stdout, 80 when there is none. */
size_t cli_width(void);

#endif
