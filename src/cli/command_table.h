/*
 * The data of command.h: only command.c and the help read it.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_COMMAND_TABLE_H
#define HOY_CLI_COMMAND_TABLE_H

#include "cli/command.h"

struct command_group {
	const char *name;
	const char *help;
};

extern const struct command command_table[];	    /* ends with one without a name */
extern const struct command_group command_groups[]; /* ends with a zeroed one */
extern const char *const command_never[];	    /* ends with NULL */

#endif
