/*
 * See cgroup_convert.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/cgroup_convert.h"

#include <inttypes.h>

static uint64_t clamp(uint64_t value, uint64_t min, uint64_t max)
{
	return value < min ? min : value > max ? max : value;
}

uint64_t cgroup_convert_shares(uint64_t shares)
{
	return shares == 0 ? 0 : 1 + (clamp(shares, 2, 262144) - 2) * 9999 / 262142;
}

uint64_t cgroup_convert_blkio_weight(uint64_t weight)
{
	return weight == 0 ? 0 : 1 + (clamp(weight, 10, 1000) - 10) * 9999 / 990;
}

int cgroup_convert_swap(int64_t memory_and_swap, int64_t memory, int64_t *ret, struct err *e)
{
	if (memory_and_swap < 0 || (memory_and_swap == 0 && memory < 0)) {
		*ret = -1;
		return 0;
	}
	if (memory <= 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "memory.swap.max: a swap limit needs a memory limit");
	if (memory_and_swap < memory)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "memory.swap.max: memory and swap together, %" PRId64
			       ", are less than the memory limit, %" PRId64,
			       memory_and_swap, memory);
	*ret = memory_and_swap - memory;
	return 0;
}
