/*
 * The commands of hoy-runtime.
 *
 * Runs in: runtime.
 */
#ifndef HOY_OCI_COMMAND_TABLE_H
#define HOY_OCI_COMMAND_TABLE_H

#include "oci/oci.h"

struct oci_command {
	const char *name;
	int (*function)(struct oci *oci, char **argv);
	const char *summary; /* NULL: not listed */
};

extern const struct oci_command oci_commands[]; /* ends with a name that is NULL */
extern const struct option oci_global_options[];

/* NULL: there is none of that name. */
const struct oci_command *oci_command_find(const char *name);

/* The help of the program, and of one command. */
void oci_help(void);
void oci_help_command(const char *name, const struct oci_syntax *syntax);

#endif
