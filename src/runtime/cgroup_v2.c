/*
 * See cgroup_v2.h.
 *
 * Runs in: cli (engine), runtime.
 * See: Documentation/admin-guide/cgroup-v2.rst; runc libcontainer/cgroups/fs2.
 */
#include "runtime/cgroup_v2.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "runtime/cgroup_convert.h"
#include "runtime/cgroup_devices.h"
#include "runtime/cgroup_file.h"

int cgroup_v2_delegate(const char *path, struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char controllers[512];
	char enable[32];
	char *rest = NULL;
	int r;

	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	r = cgroup_read(fd, "cgroup.controllers", controllers, sizeof(controllers));
	if (r < 0)
		return err_sys(e, r, "read %s/cgroup.controllers", path);
	/* One by one: a controller that cannot be handed down (cpu with realtime processes
	 * about) is no reason to lose the rest. */
	for (char *c = strtok_r(controllers, " ", &rest); c; c = strtok_r(NULL, " ", &rest)) {
		(void)snprintf(enable, sizeof(enable), "+%s", c);
		r = cgroup_write(fd, "cgroup.subtree_control", enable, e);
		if (r == -EBUSY)
			return err_wrap(e, r,
					"cgroup %s has processes of its own and cannot hand "
					"down controllers",
					path);
		if (r < 0)
			log_debug("%s/cgroup.subtree_control: %s is not handed down", path, c);
	}
	return 0;
}

/* -1 is "max". */
static int put_or_max(int fd, const char *file, int64_t value, struct err *e)
{
	return value < 0 ? cgroup_write(fd, file, "max", e)
			 : cgroup_write_i64(fd, file, value, e);
}

static int apply_memory(int fd, const struct spec_resources *resources, struct err *e)
{
	struct spec_number limit = resources->memory_limit;
	struct spec_number swap = resources->memory_swap;
	int64_t only_swap = -1;
	int r = 0;

	if (swap.is_set && swap.value != 0) {
		r = cgroup_convert_swap(swap.value, limit.is_set ? limit.value : 0, &only_swap,
					e);
		if (r == 0)
			r = put_or_max(fd, "memory.swap.max", only_swap, e);
		if (r == -ENOENT) {
			if (only_swap >= 0)
				log_warn("the kernel does not account swap: its limit is "
					 "discarded");
			r = 0;
		}
	}
	if (r == 0 && limit.is_set && limit.value != 0)
		r = put_or_max(fd, "memory.max", limit.value, e);
	if (r == 0 && resources->memory_reservation.is_set)
		r = put_or_max(fd, "memory.low", resources->memory_reservation.value, e);
	if (r == 0 && (resources->memory_swappiness.is_set || resources->disable_oom_killer.value))
		log_warn("cgroup v2 has neither swappiness nor a switch for the OOM killer: "
			 "discarded");
	return r;
}

static int apply_cpu_max(int fd, const struct spec_resources *resources, struct err *e)
{
	char text[64];

	if (!resources->cpu_quota.is_set && !resources->cpu_period.is_set)
		return 0;
	int n = 0;

	if (resources->cpu_quota.is_set && resources->cpu_quota.value > 0)
		n = snprintf(text, sizeof(text), "%" PRId64, resources->cpu_quota.value);
	else
		n = snprintf(text, sizeof(text), "max");
	if (resources->cpu_period.is_set && resources->cpu_period.value > 0)
		(void)snprintf(text + n, sizeof(text) - (size_t)n, " %" PRId64,
			       resources->cpu_period.value);
	return cgroup_write(fd, "cpu.max", text, e);
}

static int apply_cpu(int fd, const struct spec_resources *resources, struct err *e)
{
	uint64_t weight = 0;
	int r = 0;

	if (resources->cpu_idle.is_set)
		r = cgroup_write_i64(fd, "cpu.idle", resources->cpu_idle.value, e);
	if (r == 0 && resources->cpu_shares.is_set && resources->cpu_shares.value > 0)
		weight = cgroup_convert_shares((uint64_t)resources->cpu_shares.value);
	if (weight > 0)
		r = cgroup_write_i64(fd, "cpu.weight", (int64_t)weight, e);
	if (r == 0)
		r = apply_cpu_max(fd, resources, e);
	if (r == 0 && resources->cpu_burst.is_set)
		r = cgroup_write_i64(fd, "cpu.max.burst", resources->cpu_burst.value, e);
	if (r == 0 && !str_is_empty(resources->cpus))
		r = cgroup_write(fd, "cpuset.cpus", resources->cpus, e);
	if (r == 0 && !str_is_empty(resources->mems))
		r = cgroup_write(fd, "cpuset.mems", resources->mems, e);
	return r;
}

static int put_rates(int fd, const char *key, const struct spec_device_rate *rates,
		     size_t count, struct err *e)
{
	char text[96];
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		(void)snprintf(text, sizeof(text), "%" PRId64 ":%" PRId64 " %s=%" PRIu64,
			       rates[i].major, rates[i].minor, key, rates[i].value);
		r = cgroup_write(fd, "io.max", text, e);
	}
	return r;
}

static int apply_io_weight(int fd, int64_t weight, struct err *e)
{
	/* BFQ takes the v1 value; the io controller's own weight has another range. */
	if (faccessat(fd, "io.bfq.weight", F_OK, 0) == 0)
		return cgroup_write_i64(fd, "io.bfq.weight", weight, e);
	return cgroup_write_i64(fd, "io.weight",
				(int64_t)cgroup_convert_blkio_weight((uint64_t)weight), e);
}

static int apply_io(int fd, const struct spec_resources *resources, struct err *e)
{
	int r = 0;

	if (resources->blkio_weight.is_set && resources->blkio_weight.value > 0)
		r = apply_io_weight(fd, resources->blkio_weight.value, e);
	if (r == 0 && resources->blkio_weight_device_count > 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "blkio weights of single devices: not on cgroup v2");
	if (r == 0)
		r = put_rates(fd, "rbps", resources->blkio_read_bps,
			      resources->blkio_read_bps_count, e);
	if (r == 0)
		r = put_rates(fd, "wbps", resources->blkio_write_bps,
			      resources->blkio_write_bps_count, e);
	if (r == 0)
		r = put_rates(fd, "riops", resources->blkio_read_iops,
			      resources->blkio_read_iops_count, e);
	if (r == 0)
		r = put_rates(fd, "wiops", resources->blkio_write_iops,
			      resources->blkio_write_iops_count, e);
	return r;
}

static int apply_hugepages(int fd, const struct spec_resources *resources, struct err *e)
{
	char file[64];
	int r = 0;

	for (size_t i = 0; i < resources->hugepage_count && r == 0; i++) {
		const struct spec_hugepage_limit *limit = &resources->hugepages[i];

		if (strchr(limit->page_size, '/') ||
		    snprintf(file, sizeof(file), "hugetlb.%s.max", limit->page_size) >=
			    (int)sizeof(file))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "hugepage size \"%s\": not a size", limit->page_size);
		r = put_or_max(fd, file, limit->limit > INT64_MAX ? -1 : (int64_t)limit->limit,
			       e);
	}
	return r;
}

static int apply_unified(int fd, const struct strv *unified, struct err *e)
{
	char file[128];
	int r = 0;

	for (size_t i = 0; i < unified->count && r == 0; i++) {
		const char *item = unified->items[i];
		const char *equals = strchr(item, '=');

		if (!equals || (size_t)(equals - item) >= sizeof(file) ||
		    memchr(item, '/', (size_t)(equals - item)))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "unified: \"%s\" is not FILE=VALUE", item);
		(void)snprintf(file, sizeof(file), "%.*s", (int)(equals - item), item);
		r = cgroup_write(fd, file, equals + 1, e);
	}
	return r;
}

static int apply_devices(int fd, const struct spec_resources *resources, struct err *e)
{
	struct cgroup_devices devices;
	int r = cgroup_devices_reduce(&devices, resources->devices, resources->device_count, e);

	if (r < 0 || (devices.is_allow_default && devices.count == 0))
		return r;
	return cgroup_devices_apply_v2(&devices, fd, e);
}

int cgroup_v2_apply(struct cgroup *cgroup, const struct spec_resources *resources,
		    bool is_update, struct err *e)
{
	int fd = cgroup_into_fd(cgroup);
	int r = apply_memory(fd, resources, e);

	if (r == 0)
		r = apply_cpu(fd, resources, e);
	if (r == 0 && resources->pids_limit.is_set &&
	    (is_update || resources->pids_limit.value > 0))
		r = put_or_max(
			fd, "pids.max",
			resources->pids_limit.value > 0 ? resources->pids_limit.value : -1, e);
	if (r == 0)
		r = apply_io(fd, resources, e);
	if (r == 0)
		r = apply_hugepages(fd, resources, e);
	if (r == 0)
		r = apply_unified(fd, &resources->unified, e);
	if (r == 0 && resources->device_count > 0)
		r = apply_devices(fd, resources, e);
	return r;
}
