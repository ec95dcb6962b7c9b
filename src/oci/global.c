/*
 * The global options, and the way to the command.
 *
 * runc's, and crun's spellings where they differ: --cgroup-manager systemd is --systemd-cgroup,
 * and --log may say file:PATH.
 *
 * Runs in: runtime.
 * See: runc(8), crun(1).
 */
#include <limits.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/version.h"
#include "oci/command_table.h"
#include "oci/log.h"

struct global_values {
	char *root;
	char *log_path;
	char *hold_stage;
	char *criu; /* of checkpoint, which is refused */
	enum oci_log_format log_format;
	enum log_level level;
	enum oci_cgroup_manager cgroup_manager;
	bool is_debug;
	bool is_systemd;
	bool is_rootless;
	bool wants_version;
};

static int set_log(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct global_values *v = values;

	if (str_starts(value, "journald:") || str_starts(value, "syslog:"))
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "journald and syslog are not supported: name a file");
	v->log_path = arena_copy(arena, str_starts(value, "file:") ? value + 5 : value);
	return 0;
}

static int set_log_format(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct global_values *v = values;

	(void)arena;
	return oci_log_format_parse(value, &v->log_format) < 0
		       ? err_set(e, ERR_INVALID, -EINVAL, "text or json expected")
		       : 0;
}

static int set_log_level(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct global_values *v = values;

	(void)arena;
	return oci_log_level_parse(value, &v->level) < 0
		       ? err_set(e, ERR_INVALID, -EINVAL,
				 "error, warning, info, debug or trace expected")
		       : 0;
}

static int set_cgroup_manager(void *values, struct arena *arena, const char *value,
			      struct err *e)
{
	static const char *const names[] = { "cgroupfs", "systemd", "disabled" };
	struct global_values *v = values;

	(void)arena;
	for (int i = OCI_CGROUPFS; i <= OCI_CGROUP_DISABLED; i++) {
		if (strcmp(value, names[i]) == 0) {
			v->cgroup_manager = (enum oci_cgroup_manager)i;
			return 0;
		}
	}
	return err_set(e, ERR_INVALID, -EINVAL, "cgroupfs, systemd or disabled expected");
}

/* runc: true, false or auto. */
static int set_rootless(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct global_values *v = values;

	(void)arena;
	if (strcmp(value, "auto") == 0) {
		v->is_rootless = false;
		return 0;
	}
	return option_parse_bool(value, &v->is_rootless, e);
}

#define FIELD(name) offsetof(struct global_values, name)
const struct option oci_global_options[] = {
	{ "cgroup-manager", 0, OPTION_VALUE, 0, set_cgroup_manager, "name",
	  "Who makes cgroups: cgroupfs, systemd or disabled (default cgroupfs)" },
	{ "criu", 0, OPTION_TEXT, FIELD(criu), NULL, "path", NULL },
	{ "debug", 0, OPTION_BOOL, FIELD(is_debug), NULL, NULL, "Log debug messages" },
	{ "hold", 0, OPTION_TEXT, FIELD(hold_stage), NULL, "stage",
	  "Stop a new container's first process at this stage, to be debugged" },
	{ "log", 0, OPTION_VALUE, 0, set_log, "file", "Write the log to this file" },
	{ "log-format", 0, OPTION_VALUE, 0, set_log_format, "format",
	  "Format of the log: text or json (default text)" },
	{ "log-level", 0, OPTION_VALUE, 0, set_log_level, "level",
	  "error, warning, info, debug or trace (default warning)" },
	{ "root", 0, OPTION_TEXT, FIELD(root), NULL, "dir",
	  "Where the state of containers is kept (default /run/hoy-runtime, or "
	  "$XDG_RUNTIME_DIR/hoy-runtime)" },
	{ "rootless", 0, OPTION_VALUE, 0, set_rootless, "bool",
	  "Leave out what needs privileges: true, false or auto (default auto)" },
	{ "systemd-cgroup", 0, OPTION_BOOL, FIELD(is_systemd), NULL, NULL,
	  "Let systemd make the cgroups; cgroupsPath is slice:prefix:name" },
	{ "version", 'v', OPTION_BOOL, FIELD(wants_version), NULL, NULL, "Print the version" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static void print_version(void)
{
	const struct scmp_version *seccomp = seccomp_version();

	(void)printf("hoy-runtime version %s\nspec: %s\n", HOY_VERSION, OCI_RUNTIME_VERSION);
	if (seccomp)
		(void)printf("libseccomp: %u.%u.%u\n", seccomp->major, seccomp->minor,
			     seccomp->micro);
}

/* Where XDG_RUNTIME_DIR says, for who is not root: /run is not theirs. */
static const char *default_root(struct oci *oci)
{
	const char *runtime_dir = getenv("XDG_RUNTIME_DIR");

	if (geteuid() == 0 || str_is_empty(runtime_dir))
		return "/run/hoy-runtime";
	return arena_printf(&oci->arena, "%s/hoy-runtime", runtime_dir);
}

/* The working directory changes to the bundle's later. */
static const char *absolute(struct oci *oci, const char *path)
{
	char cwd[PATH_MAX];

	if (str_is_empty(path) || path[0] == '/' || !getcwd(cwd, sizeof(cwd)))
		return path;
	return arena_printf(&oci->arena, "%s/%s", cwd, path);
}

static int apply(struct oci *oci, const struct global_values *v, struct err *e)
{
	oci->log_path = absolute(oci, v->log_path);
	oci->log_format = v->log_format;
	oci->is_debug = v->is_debug;
	oci->hold_stage = v->hold_stage;
	oci->cgroup_manager = v->is_systemd ? OCI_SYSTEMD : v->cgroup_manager;
	oci->is_rootless = v->is_rootless || geteuid() != 0;
	oci->root = v->root ? absolute(oci, v->root) : default_root(oci);
	/* What no id can be. */
	oci->seccomp_cache = arena_printf(&oci->arena, "%s/@seccomp", oci->root);
	log_set_level(v->is_debug && v->level < LOG_LEVEL_DEBUG ? LOG_LEVEL_DEBUG : v->level);
	if (v->root && v->root[0] == '\0')
		return err_set(e, ERR_INVALID, -EINVAL, "--root needs a directory");
	return arena_ok(&oci->arena) < 0 ? err_sys(e, ENOMEM, "global options") : 0;
}

/* Returns -1 to go on with `rest`, else the exit code. */
static int parse(struct oci *oci, char **argv, struct strv *rest)
{
	struct global_values v = { .level = LOG_LEVEL_WARN };
	struct err e = { 0 };
	int r = option_parse(oci_global_options, true, argv, &v, &oci->arena, rest, &e);
	int applied = apply(oci, &v, r < 0 ? NULL : &e);

	if (r == OPTION_WANTS_HELP) {
		oci_help();
		return 0;
	}
	if (r < 0 || applied < 0)
		return oci_report(oci, &e);
	if (v.wants_version) {
		print_version();
		return 0;
	}
	return -1;
}

static int dispatch(struct oci *oci, char **argv)
{
	const struct oci_command *command;
	struct err e = { 0 };

	if (!argv || strcmp(argv[0], "help") == 0) {
		oci_help();
		return 0;
	}
	command = oci_command_find(argv[0]);
	if (!command) {
		(void)err_set(&e, ERR_INVALID, -EINVAL, "no such command: %s", argv[0]);
		return oci_report(oci, &e);
	}
	oci->command_name = command->name;
	return command->function(oci, argv + 1);
}

/* What was printed must have arrived: `hoy-runtime state ID > /dev/full` fails. */
static int flush(const struct oci *oci, int exit_code)
{
	struct err e = { 0 };

	if (fflush(stdout) == 0 && !ferror(stdout))
		return exit_code;
	(void)err_sys(&e, errno, "write to standard output");
	(void)oci_report(oci, &e);
	return exit_code ? exit_code : OCI_FAILED;
}

int oci_run(char **argv)
{
	struct oci oci = { 0 };
	struct strv rest = { 0 };
	int exit_code;

	oci_log_open(&oci);
	exit_code = parse(&oci, argv + 1, &rest);
	if (exit_code < 0)
		exit_code = dispatch(&oci, rest.items);
	exit_code = flush(&oci, exit_code);
	log_set_sink(NULL);
	arena_done(&oci.arena);
	return exit_code;
}
