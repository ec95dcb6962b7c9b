/*
 * See cgroup_v1.h.
 *
 * A new group is unlimited: what asks for "unlimited" is only written by an update. The
 * hierarchies of rare controllers (hugetlb, net_cls) get a directory when a limit first asks
 * for one.
 *
 * Runs in: cli (engine), runtime.
 * See: Documentation/admin-guide/cgroup-v1; runc libcontainer/cgroups/fs.
 */
#include "runtime/cgroup_v1.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "runtime/cgroup_devices.h"
#include "runtime/cgroup_file.h"

static int hierarchy_for(struct cgroup *cgroup, enum cgroup_controller controller,
			 const char *file, int *ret_fd, struct err *e)
{
	struct cgroup_hierarchy *h = cgroup_find(cgroup, controller);
	int r;

	if (!h)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "%s: this machine has no such controller", file);
	r = cgroup_hierarchy_create(cgroup, h, e);
	if (r == 0)
		*ret_fd = h->fd;
	return r;
}

static int put_text(struct cgroup *cgroup, enum cgroup_controller controller, const char *file,
		    const char *value, struct err *e)
{
	int fd = -1;
	int r = hierarchy_for(cgroup, controller, file, &fd, e);

	return r < 0 ? r : cgroup_write(fd, file, value, e);
}

static int put(struct cgroup *cgroup, enum cgroup_controller controller, const char *file,
	       struct spec_number number, struct err *e)
{
	char text[24];

	if (!number.is_set)
		return 0;
	(void)snprintf(text, sizeof(text), "%" PRId64, number.value);
	return put_text(cgroup, controller, file, text, e);
}

static bool has_file(struct cgroup *cgroup, enum cgroup_controller controller, const char *file)
{
	struct cgroup_hierarchy *h = cgroup_find(cgroup, controller);

	return h && h->fd >= 0 && faccessat(h->fd, file, F_OK, 0) == 0;
}

/* --- memory
 * -----------------------------------------------------------------------------------------------------------------
 */

static int put_memory_limit(struct cgroup *cgroup, struct spec_number limit, struct err *e)
{
	static const char file[] = "memory.limit_in_bytes";
	int fd = cgroup_memory_fd(cgroup);
	char usage[24] = "?";
	int r = put(cgroup, CGROUP_MEMORY, file, limit, e);

	if (r != -EBUSY)
		return r;
	(void)cgroup_read(fd, "memory.usage_in_bytes", usage, sizeof(usage));
	return err_set(e, ERR_CONFLICT, r, "%s: write \"%" PRId64 "\": %s bytes are in use",
		       file, limit.value, usage);
}

static int put_swap_limit(struct cgroup *cgroup, struct spec_number swap, struct err *e)
{
	static const char file[] = "memory.memsw.limit_in_bytes";

	if (swap.is_set && !has_file(cgroup, CGROUP_MEMORY, file)) {
		/* Explicitly no swap beyond the memory limit, or any: without accounting the
		 * kernel cannot tell. */
		if (swap.value > 0)
			log_warn("the kernel does not account swap: the limit of memory and "
				 "swap is discarded");
		return 0;
	}
	return put(cgroup, CGROUP_MEMORY, file, swap, e);
}

/* The kernel keeps limit <= memsw at every moment: the larger one is moved first. */
static bool is_swap_first(struct cgroup *cgroup, struct spec_number swap)
{
	char text[24];
	uint64_t now;

	if (cgroup_read(cgroup_memory_fd(cgroup), "memory.memsw.limit_in_bytes", text,
			sizeof(text)) < 0 ||
	    parse_u64(text, 0, UINT64_MAX, &now) < 0)
		return false;
	return swap.value < 0 || (uint64_t)swap.value > now;
}

static int apply_memory(struct cgroup *cgroup, const struct spec_resources *resources,
			bool is_update, struct err *e)
{
	struct spec_number limit = resources->memory_limit;
	struct spec_number swap = resources->memory_swap;
	bool swap_first;
	int r;

	/* No memory limit means no limit of the sum either. */
	if (limit.is_set && limit.value < 0 && !swap.is_set)
		swap = limit;
	if (!is_update) {
		limit.is_set = limit.is_set && limit.value > 0;
		swap.is_set = swap.is_set && swap.value > 0;
	}
	swap_first = is_update && limit.is_set && swap.is_set && is_swap_first(cgroup, swap);
	r = swap_first ? put_swap_limit(cgroup, swap, e) : 0;
	if (r == 0)
		r = put_memory_limit(cgroup, limit, e);
	if (r == 0 && !swap_first)
		r = put_swap_limit(cgroup, swap, e);
	if (r == 0)
		r = put(cgroup, CGROUP_MEMORY, "memory.soft_limit_in_bytes",
			resources->memory_reservation, e);
	if (r == 0)
		r = put(cgroup, CGROUP_MEMORY, "memory.swappiness",
			resources->memory_swappiness, e);
	if (r == 0 && resources->disable_oom_killer.value)
		r = put_text(cgroup, CGROUP_MEMORY, "memory.oom_control", "1", e);
	return r;
}

/* --- cpu, cpuset, pids
 * ------------------------------------------------------------------------------------------------------
 */

static int apply_bandwidth(struct cgroup *cgroup, const struct spec_resources *resources,
			   bool is_update, struct err *e)
{
	struct spec_number quota = resources->cpu_quota;
	int period = 0;
	int r;

	quota.is_set = quota.is_set && (is_update || quota.value > 0);
	period = put(cgroup, CGROUP_CPU, "cpu.cfs_period_us", resources->cpu_period, e);
	/* A shorter period than what an old quota needs is refused: then the new quota goes
	 * first. */
	if (period < 0 && (period != -EINVAL || !quota.is_set))
		return period;
	r = put(cgroup, CGROUP_CPU, "cpu.cfs_quota_us", quota, e);
	if (r == -EINVAL && quota.value < 1000)
		(void)err_hint(e, r, "the smallest quota is 1000 microseconds in a period");
	if (r < 0)
		return r;
	if (period < 0)
		r = put(cgroup, CGROUP_CPU, "cpu.cfs_period_us", resources->cpu_period, e);
	return r < 0 ? r : put(cgroup, CGROUP_CPU, "cpu.cfs_burst_us", resources->cpu_burst, e);
}

static int apply_cpu(struct cgroup *cgroup, const struct spec_resources *resources,
		     bool is_update, struct err *e)
{
	struct spec_number shares = resources->cpu_shares;
	int r = put(cgroup, CGROUP_CPU, "cpu.idle", resources->cpu_idle, e);

	if (r == 0 && shares.is_set && shares.value != 0) {
		/* The kernel would take it and use something else. */
		if (shares.value < 2 || shares.value > 262144)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "cpu.shares: %" PRId64 " is not in 2 .. 262144",
				       shares.value);
		r = put(cgroup, CGROUP_CPU, "cpu.shares", shares, e);
	}
	if (r == 0)
		r = apply_bandwidth(cgroup, resources, is_update, e);
	if (r == 0)
		r = put(cgroup, CGROUP_CPU, "cpu.rt_period_us", resources->cpu_rt_period, e);
	if (r == 0)
		r = put(cgroup, CGROUP_CPU, "cpu.rt_runtime_us", resources->cpu_rt_runtime, e);
	return r;
}

static int apply_cpuset(struct cgroup *cgroup, const struct spec_resources *resources,
			struct err *e)
{
	int r = 0;

	if (!str_is_empty(resources->cpus))
		r = put_text(cgroup, CGROUP_CPUSET, "cpuset.cpus", resources->cpus, e);
	if (r == 0 && !str_is_empty(resources->mems))
		r = put_text(cgroup, CGROUP_CPUSET, "cpuset.mems", resources->mems, e);
	return r;
}

static int apply_pids(struct cgroup *cgroup, struct spec_number limit, bool is_update,
		      struct err *e)
{
	if (!limit.is_set || (limit.value <= 0 && !is_update))
		return 0;
	if (limit.value <= 0)
		return put_text(cgroup, CGROUP_PIDS, "pids.max", "max", e);
	return put(cgroup, CGROUP_PIDS, "pids.max", limit, e);
}

/* --- blkio
 * ------------------------------------------------------------------------------------------------------------------
 */

/* The file of the scheduler that is there: CFQ's until Linux 5.0, BFQ's since. */
static const char *weight_file(struct cgroup *cgroup, const char *cfq, const char *bfq)
{
	return has_file(cgroup, CGROUP_BLKIO, cfq) ? cfq : bfq;
}

static int put_rates(struct cgroup *cgroup, const char *file,
		     const struct spec_device_rate *rates, size_t count, struct err *e)
{
	char text[96];
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		(void)snprintf(text, sizeof(text), "%" PRId64 ":%" PRId64 " %" PRIu64,
			       rates[i].major, rates[i].minor, rates[i].value);
		r = put_text(cgroup, CGROUP_BLKIO, file, text, e);
	}
	return r;
}

static int apply_throttles(struct cgroup *cgroup, const struct spec_resources *resources,
			   struct err *e)
{
	int r = put_rates(cgroup, "blkio.throttle.read_bps_device", resources->blkio_read_bps,
			  resources->blkio_read_bps_count, e);

	if (r == 0)
		r = put_rates(cgroup, "blkio.throttle.write_bps_device",
			      resources->blkio_write_bps, resources->blkio_write_bps_count, e);
	if (r == 0)
		r = put_rates(cgroup, "blkio.throttle.read_iops_device",
			      resources->blkio_read_iops, resources->blkio_read_iops_count, e);
	if (r == 0)
		r = put_rates(cgroup, "blkio.throttle.write_iops_device",
			      resources->blkio_write_iops, resources->blkio_write_iops_count,
			      e);
	return r;
}

static int apply_blkio(struct cgroup *cgroup, const struct spec_resources *resources,
		       struct err *e)
{
	int r = 0;

	if (resources->blkio_weight.is_set && resources->blkio_weight.value != 0)
		r = put(cgroup, CGROUP_BLKIO,
			weight_file(cgroup, "blkio.weight", "blkio.bfq.weight"),
			resources->blkio_weight, e);
	if (r == 0 && resources->blkio_leaf_weight.is_set &&
	    resources->blkio_leaf_weight.value != 0)
		r = put(cgroup, CGROUP_BLKIO, "blkio.leaf_weight", resources->blkio_leaf_weight,
			e);
	if (r == 0 && resources->blkio_weight_device_count > 0)
		r = put_rates(
			cgroup,
			weight_file(cgroup, "blkio.weight_device", "blkio.bfq.weight_device"),
			resources->blkio_weight_devices, resources->blkio_weight_device_count,
			e);
	return r == 0 ? apply_throttles(cgroup, resources, e) : r;
}

/* --- the rest
 * ---------------------------------------------------------------------------------------------------------------
 */

static int apply_hugepages(struct cgroup *cgroup, const struct spec_resources *resources,
			   struct err *e)
{
	char file[64];
	char text[24];
	int r = 0;

	for (size_t i = 0; i < resources->hugepage_count && r == 0; i++) {
		const struct spec_hugepage_limit *limit = &resources->hugepages[i];

		if (strchr(limit->page_size, '/') ||
		    snprintf(file, sizeof(file), "hugetlb.%s.limit_in_bytes",
			     limit->page_size) >= (int)sizeof(file))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "hugepage size \"%s\": not a size", limit->page_size);
		(void)snprintf(text, sizeof(text), "%" PRIu64, limit->limit);
		r = put_text(cgroup, CGROUP_HUGETLB, file, text, e);
	}
	return r;
}

static int apply_devices(struct cgroup *cgroup, const struct spec_resources *resources,
			 struct err *e)
{
	struct cgroup_devices devices;
	struct cgroup_hierarchy *h = cgroup_find(cgroup, CGROUP_DEVICES);
	int r = cgroup_devices_reduce(&devices, resources->devices, resources->device_count, e);

	if (r < 0 || (devices.is_allow_default && devices.count == 0))
		return r;
	if (!h || h->fd < 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "devices.deny: this machine has no such controller");
	return cgroup_devices_apply_v1(&devices, h->fd, e);
}

int cgroup_v1_apply(struct cgroup *cgroup, const struct spec_resources *resources,
		    bool is_update, struct err *e)
{
	int r = resources->unified.count == 0
			? 0
			: err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
				  "unified: %s needs cgroup v2", resources->unified.items[0]);

	if (r == 0)
		r = apply_memory(cgroup, resources, is_update, e);
	if (r == 0)
		r = apply_cpu(cgroup, resources, is_update, e);
	if (r == 0)
		r = apply_cpuset(cgroup, resources, e);
	if (r == 0)
		r = apply_pids(cgroup, resources->pids_limit, is_update, e);
	if (r == 0)
		r = apply_blkio(cgroup, resources, e);
	if (r == 0)
		r = apply_hugepages(cgroup, resources, e);
	if (r == 0)
		r = put(cgroup, CGROUP_NET_CLS, "net_cls.classid", resources->network_class_id,
			e);
	if (r == 0 && resources->device_count > 0)
		r = apply_devices(cgroup, resources, e);
	return r;
}
