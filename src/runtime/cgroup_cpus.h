/*
 * Lists of processors or memory nodes, "0-3,7", as cpusets are written.
 *
 * Runs in: runtime.
 * See: cpuset(7) "List format".
 */
#ifndef HOY_RUNTIME_CGROUP_CPUS_H
#define HOY_RUNTIME_CGROUP_CPUS_H

#include <stddef.h>
#include <stdint.h>

enum { CGROUP_CPUS_MAX = 8192 };

/* Bit n of byte n/8 is number n; `ret_bytes`: as many as are needed. Returns 0, -EINVAL, or
 * -ERANGE. */
int cgroup_cpus_parse(const char *list, uint8_t bits[CGROUP_CPUS_MAX / 8], size_t *ret_bytes);

#endif
