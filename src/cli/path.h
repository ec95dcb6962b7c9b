/*
 * Paths as text.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_PATH_H
#define HOY_CLI_PATH_H

#include "base/str.h"

/* As Go's path.Clean for an absolute path: no "//", ".", "..", no slash at the end. In `arena`;
 * NULL without memory. */
char *path_clean(struct arena *arena, const char *path);

#endif
