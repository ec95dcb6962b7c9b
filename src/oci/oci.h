/*
 * What every command of hoy-runtime gets: runc's global options, an arena, and how a command
 * reads its arguments and reports.
 *
 * A command is `int oci_x(struct oci *oci, char **argv)`: argv without the command's name,
 * NULL-terminated; the result is the exit code (0; 1 for every failure of ours; run and exec in
 * the foreground: the program's). It prints to stdout by stdio, and says errors by oci_report,
 * which also writes the log that the caller named: containerd and docker show their users the
 * last line of level "error" in it.
 *
 * Runs in: runtime.
 * See: runc(8), crun(1).
 */
#ifndef HOY_OCI_OCI_H
#define HOY_OCI_OCI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "format/option.h"

enum { OCI_FAILED = 1 };
enum { OCI_ANY = 0x7fffffff }; /* as `max` of a syntax: any number of arguments */

enum oci_log_format { OCI_LOG_TEXT, OCI_LOG_JSON };
enum oci_cgroup_manager { OCI_CGROUPFS, OCI_SYSTEMD, OCI_CGROUP_DISABLED };

struct oci {
	const char *root;     /* of the containers' state: /run/hoy-runtime, or below
			     XDG_RUNTIME_DIR */
	const char *log_path; /* NULL: standard error alone */
	enum oci_log_format log_format;
	bool is_debug;
	enum oci_cgroup_manager cgroup_manager;
	bool is_rootless; /* we are not root of the initial user namespace, or --rootless */
	const char *hold_stage;	   /* debugging: --hold STAGE */
	const char *seccomp_cache; /* directory; NULL: none */
	const char *command_name;
	struct arena arena; /* until the program ends */
};

/* How a command's arguments look. */
struct oci_syntax {
	const struct option *options; /* NULL: none */
	size_t min;		      /* arguments besides options */
	size_t max;		      /* OCI_ANY */
	bool stops_at_argument;	      /* exec: the options end at the first argument */
	const char *arguments;	      /* for the help: "<container-id>" */
};

/*
 * Read a command's options into `values` and its arguments into `ret_args`. False: the command
 * is over, because help was printed or something was wrong (said already); the exit code is in
 * `ret_exit`.
 */
bool oci_parse(struct oci *oci, const struct oci_syntax *syntax, char **argv, void *values,
	       struct strv *ret_args, int *ret_exit);

/* Say the error on standard error and in the log; returns OCI_FAILED. */
int oci_report(const struct oci *oci, const struct err *e);

/* Read the global options, find the command, run it. Returns the exit code. */
int oci_run(char **argv);

/* --- the commands, one file each: command_<verb>.c --------------------------------------- */

int oci_create(struct oci *oci, char **argv);
int oci_run_container(struct oci *oci, char **argv); /* create and start */
int oci_start(struct oci *oci, char **argv);
int oci_exec(struct oci *oci, char **argv);
int oci_kill(struct oci *oci, char **argv);
int oci_delete(struct oci *oci, char **argv);
int oci_state(struct oci *oci, char **argv);
int oci_list(struct oci *oci, char **argv);
int oci_ps(struct oci *oci, char **argv);
int oci_pause(struct oci *oci, char **argv);
int oci_resume(struct oci *oci, char **argv);
int oci_update(struct oci *oci, char **argv);
int oci_events(struct oci *oci, char **argv);
int oci_spec(struct oci *oci, char **argv);
int oci_features(struct oci *oci, char **argv);
int oci_checkpoint(struct oci *oci, char **argv); /* refused by name */
int oci_restore(struct oci *oci, char **argv);

#endif
