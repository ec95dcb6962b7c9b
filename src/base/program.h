/*
 * Where our own programs are: beside the running one, then in LIBEXECDIR.
 *
 * Never through PATH: a program that is executed with privileges must not be chosen by an
 * environment variable.
 *
 * Runs in: cli, runtime.
 */
#ifndef HOY_BASE_PROGRAM_H
#define HOY_BASE_PROGRAM_H

#include <stddef.h>

#include "base/err.h"

/* The path of "hoy-init", "hoy-monitor", "hoy-image" into `path`. Returns 0, or -ENOENT naming
 * both places. */
int program_path(const char *name, char *path, size_t size, struct err *e);

#endif
