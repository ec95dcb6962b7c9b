/*
 * Our own programs: where they are, and hoy-init as a sealed memfd.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_PROGRAM_H
#define HOY_RUNTIME_PROGRAM_H

#include "base/err.h"

/*
 * A sealed memfd with the content of `path` (NULL: where hoy-init is), to be executed. What
 * enters a container has no file of the host behind its /proc/PID/exe that could be written to
 * (CVE-2019-5736). Returns an fd owned by the caller, or -errno.
 */
int program_load_init(const char *path, struct err *e);

#endif
