/*
 * Limits in the units of cgroup v1, in which specs and docker's flags speak, to those of v2.
 *
 * The conversions are runc's, so that a limit means the same under both.
 *
 * Runs in: cli (engine), runtime.
 * See: runc libcontainer/cgroups/utils.go; crun crun.1 "CGROUP v2".
 */
#ifndef HOY_RUNTIME_CGROUP_CONVERT_H
#define HOY_RUNTIME_CGROUP_CONVERT_H

#include <stdint.h>

#include "base/err.h"

/* cpu.shares 2..262144 to cpu.weight 1..10000; 0 stays 0 (not set). */
uint64_t cgroup_convert_shares(uint64_t shares);

/* blkio.weight 10..1000 to io.weight 1..10000; 0 stays 0. */
uint64_t cgroup_convert_blkio_weight(uint64_t weight);

/*
 * memory.memsw (memory + swap) and memory to memory.swap.max. -1 is unlimited; `memory` 0: not
 * set. Returns 0 or -EINVAL: a sum needs a memory limit, and cannot be below it.
 */
int cgroup_convert_swap(int64_t memory_and_swap, int64_t memory, int64_t *ret, struct err *e);

#endif
