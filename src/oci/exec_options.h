/*
 * What exec is asked for on the command line.
 *
 * Runs in: runtime.
 * See: runc-exec(8), crun(1).
 */
#ifndef HOY_OCI_EXEC_OPTIONS_H
#define HOY_OCI_EXEC_OPTIONS_H

#include "oci/oci.h"

enum { EXEC_GROUPS_MAX = 256 };

struct exec_options {
	char *process; /* file with a process; NULL: the container's own, changed by what follows */
	char *cwd;
	struct strv env; /* "NAME=value" */
	bool has_user;
	uint32_t uid;
	bool has_gid;
	uint32_t gid;
	uint32_t groups[EXEC_GROUPS_MAX]; /* in addition */
	size_t group_count;
	uint64_t capabilities; /* in addition; bit n is capability n */
	char *apparmor;
	char *process_label;
	bool has_no_new_privileges; /* said either way */
	bool no_new_privileges;
	bool is_tty;

	bool is_detached;
	char *pid_file;
	char *console_socket;
	char *pidfd_socket;
	int64_t preserve_fds;
	struct strv cgroups; /* "[CONTROLLER[,CONTROLLER]...:]PATH" */
	bool ignores_pause;
};

extern const struct option exec_option_table[];

#endif
