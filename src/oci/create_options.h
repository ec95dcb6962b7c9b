/*
 * What create and run are asked for on the command line.
 *
 * Runs in: runtime.
 * See: runc-create(8), runc-run(8), crun(1).
 */
#ifndef HOY_OCI_CREATE_OPTIONS_H
#define HOY_OCI_CREATE_OPTIONS_H

#include <stddef.h>

#include "oci/oci.h"

struct create_options {
	char *bundle; /* NULL: the working directory */
	char *config; /* NULL: config.json of the bundle */
	char *console_socket;
	char *pidfd_socket;
	char *pid_file;
	int64_t preserve_fds;
	bool no_pivot;
	bool no_new_keyring;
	/* of run only */
	bool is_detached;
	bool is_kept;
	bool no_subreaper;
};

#define CREATE_FIELD(name) offsetof(struct create_options, name)
/* The rows of a table that create and run have in common. */
#define CREATE_OPTIONS                                                                   \
	{ "bundle",                                                                      \
	  'b',                                                                           \
	  OPTION_TEXT,                                                                   \
	  CREATE_FIELD(bundle),                                                          \
	  NULL,                                                                          \
	  "dir",                                                                         \
	  "Directory with config.json (default: the working directory)" },               \
		{ "config",                                                              \
		  'f',                                                                   \
		  OPTION_TEXT,                                                           \
		  CREATE_FIELD(config),                                                  \
		  NULL,                                                                  \
		  "file",                                                                \
		  "Read this instead of the bundle's config.json" },                     \
		{ "console-socket",                                                      \
		  0,                                                                     \
		  OPTION_TEXT,                                                           \
		  CREATE_FIELD(console_socket),                                          \
		  NULL,                                                                  \
		  "path",                                                                \
		  "Unix socket that is sent the terminal's master" },                    \
		{ "no-new-keyring",                                                      \
		  0,                                                                     \
		  OPTION_BOOL,                                                           \
		  CREATE_FIELD(no_new_keyring),                                          \
		  NULL,                                                                  \
		  NULL,                                                                  \
		  "Keep the caller's session keyring" },                                 \
		{ "no-pivot",                                                            \
		  0,                                                                     \
		  OPTION_BOOL,                                                           \
		  CREATE_FIELD(no_pivot),                                                \
		  NULL,                                                                  \
		  NULL,                                                                  \
		  "Do not use pivot_root: for a root file system on an initramfs" },     \
		{ "pid-file",                                                            \
		  0,                                                                     \
		  OPTION_TEXT,                                                           \
		  CREATE_FIELD(pid_file),                                                \
		  NULL,                                                                  \
		  "path",                                                                \
		  "Write the process id of the container's first process here" },        \
		{ "pidfd-socket",                                                        \
		  0,                                                                     \
		  OPTION_TEXT,                                                           \
		  CREATE_FIELD(pidfd_socket),                                            \
		  NULL,                                                                  \
		  "path",                                                                \
		  "Unix socket that is sent a pidfd of the container's first process" }, \
	{                                                                                \
		"preserve-fds", 0, OPTION_INT, CREATE_FIELD(preserve_fds), NULL, "n",    \
			"Pass n more descriptors, from 3 + $LISTEN_FDS on"               \
	}

#endif
