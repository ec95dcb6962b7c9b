/*
 * Memory limits of cgroup v2.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_v2.h; Documentation/admin-guide/cgroup-v2.rst "Memory".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "runtime/cgroup_convert.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_v2.h"
#include "runtime/cgroup_v2_put.h"

/* A number of a file; -1: "max", or that it cannot be read. */
static int64_t number_now(int fd, const char *file)
{
	char text[24];
	int64_t value = -1;

	if (cgroup_read(fd, file, text, sizeof(text)) > 0)
		(void)parse_i64(text, 0, INT64_MAX, &value);
	return value;
}

/* The sum with swap needs the memory limit that goes with it: an update may leave that out. */
static int swap_of(int fd, const struct spec_resources *resources, bool is_update, int64_t *ret,
		   struct err *e)
{
	int64_t limit = resources->memory_limit.is_set ? resources->memory_limit.value : 0;

	if (limit == 0 && is_update && resources->memory_swap.value > 0)
		limit = number_now(fd, "memory.max");
	return cgroup_convert_swap(resources->memory_swap.value, limit, ret, e);
}

static int apply_swap(int fd, const struct spec_resources *resources, bool is_update,
		      struct err *e)
{
	int64_t only_swap = -1;
	int r = 0;

	/* No limit of memory means none of swap. */
	if (!resources->memory_swap.is_set || resources->memory_swap.value == 0) {
		if (!is_update || !resources->memory_limit.is_set ||
		    resources->memory_limit.value >= 0)
			return 0;
	} else {
		r = swap_of(fd, resources, is_update, &only_swap, e);
	}
	if (r == 0)
		r = cgroup_v2_put_or_max(fd, "memory.swap.max", only_swap, e);
	if (r == -ENOENT) {
		if (only_swap >= 0)
			log_warn("the kernel does not account swap: its limit is discarded");
		r = 0;
	}
	return r;
}

/* Below what is in use the kernel would kill until it fits. */
static int check_usage(int fd, int64_t limit, struct err *e)
{
	int64_t usage = number_now(fd, "memory.current");

	if (limit < 0 || usage <= limit)
		return 0;
	return err_set(e, ERR_CONFLICT, -EBUSY,
		       "memory.max: %" PRId64 " is less than the %" PRId64 " bytes in use",
		       limit, usage);
}

int cgroup_v2_apply_memory(int fd, const struct spec_resources *resources, bool is_update,
			   struct err *e)
{
	struct spec_number limit = resources->memory_limit;
	bool has_limit = limit.is_set && limit.value != 0;
	int r = 0;

	if (has_limit && resources->is_memory_checked)
		r = check_usage(fd, limit.value, e);
	if (r == 0)
		r = apply_swap(fd, resources, is_update, e);
	if (r == 0 && has_limit && (is_update || limit.value > 0))
		r = cgroup_v2_put_or_max(fd, "memory.max", limit.value, e);
	if (r == 0 && resources->memory_reservation.is_set &&
	    (is_update || resources->memory_reservation.value > 0))
		r = cgroup_v2_put_or_max(fd, "memory.low", resources->memory_reservation.value,
					 e);
	if (r == 0 &&
	    (resources->memory_swappiness.is_set || resources->disable_oom_killer.value))
		log_warn("cgroup v2 has neither swappiness nor a switch for the OOM killer: "
			 "discarded");
	return r;
}
