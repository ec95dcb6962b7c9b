/*
 * The file that a command reads, or standard input.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_INPUT_FILE_H
#define HOY_CLI_INPUT_FILE_H

#include "base/err.h"

/* Open `file`; NULL: standard input. A directory is refused: -EISDIR. Returns an fd owned by the
 * caller. */
int input_open(const char *file, struct err *e);

#endif
