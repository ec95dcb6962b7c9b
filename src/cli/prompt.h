/*
 * Asking the person at the terminal for a line, and for one that nobody shall read from it.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_PROMPT_H
#define HOY_CLI_PROMPT_H

#include "base/err.h"
#include "base/str.h"

enum { PROMPT_MAX = 64 * 1024 }; /* bytes of an answer */

/*
 * Print `question` and append the line that comes from standard input, a terminal, without its
 * end. `answer` must be a secret in the second. Returns 0, -EPIPE (the end of the input), -EINTR
 * (^C) or -errno.
 */
int prompt_line(const char *question, struct str *answer, struct err *e);
int prompt_secret(const char *question, struct str *answer, struct err *e);

#endif
