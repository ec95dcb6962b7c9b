/*
 * See global.h.
 *
 * Runs in: cli.
 */
#include "cli/global.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/version.h"
#include "cli/command.h"

struct global_values {
	char *root;
	char *runroot;
	char *publish_address;
	char *storage_driver;
	char *hold_stage;
	enum log_level level;
	bool is_debug;
	bool wants_version;
};

static int global_set_level(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct global_values *v = values;

	(void)arena;
	if (log_level_parse(value, &v->level) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "unable to parse logging level: %s",
			       value);
	return 0;
}

static int global_set_driver(void *values, struct arena *arena, const char *value,
			     struct err *e)
{
	struct global_values *v = values;

	v->storage_driver = arena_copy(arena, value);
	return engine_check_driver(value, e);
}

#define FIELD(name) offsetof(struct global_values, name)
const struct option global_options[] = {
	{ "debug", 'D', OPTION_BOOL, FIELD(is_debug), NULL, NULL, "Enable debug messages" },
	{ "hold", 0, OPTION_TEXT, FIELD(hold_stage), NULL, "stage",
	  "Stop a new container's first process at this stage, to be debugged" },
	{ "log-level", 'l', OPTION_VALUE, 0, global_set_level, NULL,
	  "Set the logging level (\"trace\", \"debug\", \"info\", \"warn\", \"error\")" },
	{ "publish-address", 0, OPTION_TEXT, FIELD(publish_address), NULL, "ip",
	  "Where ports without an address are published (default: everywhere)" },
	{ "root", 0, OPTION_TEXT, FIELD(root), NULL, "dir",
	  "Where images and containers are kept (default \"/var/lib/hoy\")" },
	{ "runroot", 0, OPTION_TEXT, FIELD(runroot), NULL, "dir",
	  "Where the run-time state is kept (default \"/run/hoy\")" },
	{ "storage-driver", 0, OPTION_VALUE, 0, global_set_driver, "driver",
	  "How layers are kept: erofs, overlay or vfs (default: what works here)" },
	{ "version", 'v', OPTION_BOOL, FIELD(wants_version), NULL, NULL,
	  "Print version information and quit" },
	{ "config", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "context", 'c', OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "host", 'H', OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "tls", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "tlscacert", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "tlscert", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "tlskey", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "tlsverify", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "cgroup-manager", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "runtime", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "storage-opt", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* Flags of hoy itself; what follows is the command's. Returns -1 to go on with `rest`, else the
 * exit code. */
static int global_parse(struct cli *cli, char **argv, struct strv *rest)
{
	struct global_values v = { .level = LOG_LEVEL_WARN };
	struct err e = { 0 };
	int r = option_parse(global_options, true, argv, &v, &cli->arena, rest, &e);

	if (r == OPTION_WANTS_HELP) {
		command_help_all(stdout);
		return 0;
	}
	if (r < 0)
		return cli_report_flag(cli, &e);
	if (v.wants_version) {
		(void)puts("hoy version " HOY_VERSION);
		return 0;
	}
	if ((v.root && v.root[0] == '\0') || (v.runroot && v.runroot[0] == '\0')) {
		(void)fprintf(stderr, "hoy: --%s needs a directory.\n",
			      v.root && v.root[0] == '\0' ? "root" : "runroot");
		return EXIT_USAGE;
	}
	cli->root = v.root;
	cli->runroot = v.runroot;
	cli->publish_address = v.publish_address;
	cli->storage_driver = v.storage_driver;
	cli->hold_stage = v.hold_stage;
	cli->is_debug = v.is_debug;
	log_set_level(v.is_debug && v.level < LOG_LEVEL_DEBUG ? LOG_LEVEL_DEBUG : v.level);
	return -1;
}

/* What was printed must have arrived: `hoy ps > /dev/full` fails. */
static int global_flush(int exit_code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return exit_code;
	/* A reader that has gone away (`hoy ps | head -1`) knows it. */
	if (errno != EPIPE)
		(void)fprintf(stderr, "hoy: write to standard output: %s.\n", strerror(errno));
	return exit_code ? exit_code : EXIT_FAILED;
}

int global_run(char **argv)
{
	struct cli cli = { 0 };
	struct strv rest = { 0 };
	int exit_code = global_parse(&cli, argv + 1, &rest);

	if (exit_code < 0) {
		static char *nothing[] = { NULL };

		exit_code = command_run(&cli, rest.items ? rest.items : nothing);
	}
	exit_code = global_flush(exit_code);
	cli_done(&cli);
	return exit_code;
}
