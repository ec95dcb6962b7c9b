/*
 * Flags before the command: hoy [OPTIONS] COMMAND.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_GLOBAL_H
#define HOY_CLI_GLOBAL_H

#include "cli/cli.h"

extern const struct option global_options[];

/* hoy, from argv (with the program's name) to the exit code. */
int global_run(char **argv);

#endif
