/*
 * Memory limits of cgroup v1.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_v1.h; Documentation/admin-guide/cgroup-v1/memory.rst.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_settings.h"
#include "runtime/cgroup_v1_put.h"

static const char limit_file[] = "memory.limit_in_bytes";
static const char swap_file[] = "memory.memsw.limit_in_bytes";

static void setting_fill(struct cgroup_setting *setting, const char *file, int64_t value)
{
	setting->file = file;
	(void)snprintf(setting->value, sizeof(setting->value), "%" PRId64, value);
}

/* Why the kernel refused, which its error does not say. */
static int explain(int r, int fd, const struct spec_resources *resources, struct err *e)
{
	char now[24] = "?";

	if (r == -EBUSY) {
		(void)cgroup_read(fd, "memory.usage_in_bytes", now, sizeof(now));
		return err_set(e, ERR_CONFLICT, r,
			       "%s: write \"%" PRId64 "\": %s bytes are in use", limit_file,
			       resources->memory_limit.value, now);
	}
	if (r == -EINVAL && !resources->memory_swap.is_set &&
	    cgroup_read(fd, swap_file, now, sizeof(now)) > 0)
		return err_hint(e, r, "memory and swap together are limited to %s bytes", now);
	return r;
}

/* The limit, and the sum with swap, of which the kernel demands at every moment that it is not
 * less. */
static int apply_limits(struct cgroup *cgroup, const struct spec_resources *resources,
			struct spec_number swap, bool is_update, struct err *e)
{
	struct spec_number limit = resources->memory_limit;
	struct cgroup_setting settings[2] = { 0 };
	int fd = -1;
	int r;

	if (!is_update) {
		limit.is_set = limit.is_set && limit.value > 0;
		swap.is_set = swap.is_set && swap.value > 0;
	}
	limit.is_set = limit.is_set && limit.value != 0;
	swap.is_set = swap.is_set && swap.value != 0;
	if (!limit.is_set && !swap.is_set)
		return 0;
	r = cgroup_v1_directory(cgroup, CGROUP_MEMORY, limit_file, &fd, e);
	if (r < 0)
		return r;
	if (limit.is_set)
		setting_fill(&settings[0], limit_file, limit.value);
	if (swap.is_set && cgroup_v1_has_file(cgroup, CGROUP_MEMORY, swap_file))
		setting_fill(&settings[1], swap_file, swap.value);
	else if (swap.is_set && swap.value > 0)
		log_warn("the kernel does not account swap: the limit of memory and swap is "
			 "discarded");
	r = cgroup_settings_write(fd, settings, 2, e);
	return r < 0 ? explain(r, fd, resources, e) : 0;
}

int cgroup_v1_apply_memory(struct cgroup *cgroup, const struct spec_resources *resources,
			   bool is_update, struct err *e)
{
	struct spec_number swap = resources->memory_swap;
	struct spec_number reservation = resources->memory_reservation;
	int r;

	/* No memory limit means no limit of the sum either. */
	if (resources->memory_limit.is_set && resources->memory_limit.value < 0 &&
	    !(swap.is_set && swap.value != 0))
		swap = resources->memory_limit;
	reservation.is_set = reservation.is_set && reservation.value != 0;
	r = apply_limits(cgroup, resources, swap, is_update, e);
	if (r == 0)
		r = cgroup_v1_put(cgroup, CGROUP_MEMORY, "memory.soft_limit_in_bytes",
				  reservation, e);
	if (r == 0)
		r = cgroup_v1_put(cgroup, CGROUP_MEMORY, "memory.swappiness",
				  resources->memory_swappiness, e);
	if (r == 0 && resources->disable_oom_killer.is_set &&
	    (is_update || resources->disable_oom_killer.value))
		r = cgroup_v1_put(cgroup, CGROUP_MEMORY, "memory.oom_control",
				  resources->disable_oom_killer, e);
	return r;
}
