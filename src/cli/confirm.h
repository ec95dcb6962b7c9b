/*
 * "Are you sure?": before much is removed.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_CONFIRM_H
#define HOY_CLI_CONFIRM_H

#include <stdbool.h>

/* Print `warning` and the question, read a line: true for y or Y. The end of input is no. */
bool confirm(const char *warning);

#endif
