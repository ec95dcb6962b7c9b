/*
 * See cgroup_v2.h.
 *
 * Runs in: cli (engine), runtime.
 * See: Documentation/admin-guide/cgroup-v2.rst; runc libcontainer/cgroups/fs2.
 */
#include "runtime/cgroup_v2.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "runtime/cgroup_devices.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_v2_put.h"

static int apply_pids(int fd, struct spec_number limit, bool is_update, struct err *e)
{
	/* 0 and below mean "unlimited", as every caller means it. */
	if (!limit.is_set || (limit.value <= 0 && !is_update))
		return 0;
	return cgroup_v2_put_or_max(fd, "pids.max", limit.value > 0 ? limit.value : -1, e);
}

static int hugepage_write(int fd, const struct spec_hugepage_limit *limit, struct err *e)
{
	static const char *const kinds[] = { "", ".rsvd" };
	char file[64];
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0; i++) {
		if (strchr(limit->page_size, '/') ||
		    snprintf(file, sizeof(file), "hugetlb.%s%s.max", limit->page_size,
			     kinds[i]) >= (int)sizeof(file))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "hugepage size \"%s\": not a size", limit->page_size);
		r = cgroup_v2_put_or_max(
			fd, file, limit->limit > INT64_MAX ? -1 : (int64_t)limit->limit, e);
		/* Reservations are counted since Linux 5.7. */
		if (i == 1 && r == -ENOENT)
			r = 0;
	}
	return r;
}

int cgroup_v2_apply_hugepages(int fd, const struct spec_resources *resources, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < resources->hugepage_count && r == 0; i++)
		r = hugepage_write(fd, &resources->hugepages[i], e);
	return r;
}

int cgroup_v2_apply_rdma(int fd, const struct spec_resources *resources, struct err *e)
{
	char text[192];
	int r = 0;

	for (size_t i = 0; i < resources->rdma_count && r == 0; i++) {
		const struct spec_rdma_limit *limit = &resources->rdma[i];
		int n = snprintf(text, sizeof(text), "%s", limit->name);

		if (n < (int)sizeof(text) && limit->has_handles)
			n += snprintf(text + n, sizeof(text) - (size_t)n,
				      " hca_handle=%" PRIu32, limit->handles);
		if (n < (int)sizeof(text) && limit->has_objects)
			n += snprintf(text + n, sizeof(text) - (size_t)n,
				      " hca_object=%" PRIu32, limit->objects);
		r = n < (int)sizeof(text) ? cgroup_write(fd, "rdma.max", text, e)
					  : err_set(e, ERR_INVALID, -ENAMETOOLONG,
						    "rdma: the name of a device is too long");
	}
	return r;
}

int cgroup_v2_apply_stray(struct cgroup *cgroup, const char *controller,
			  const struct spec_resources *resources,
			  int (*apply)(int fd, const struct spec_resources *resources,
				       struct err *e),
			  struct err *e)
{
	struct cgroup_hierarchy *h = cgroup_find(cgroup, CGROUP_UNIFIED);
	int r = h ? cgroup_hierarchy_create(cgroup, h, e) : -ENOENT;

	if (r == 0)
		r = cgroup_v2_delegate_above(cgroup, h, e);
	if (r == 0)
		r = apply(h->fd, resources, e);
	return r != -ENOENT ? r
			    : err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
				      "%s: this machine has no such controller", controller);
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

static int apply_devices(const struct cgroup *cgroup, int fd,
			 const struct spec_resources *resources, bool is_update, struct err *e)
{
	struct cgroup_devices devices;
	int r = cgroup_devices_reduce(&devices, resources->devices, resources->device_count, e);

	if (r < 0 || (devices.is_allow_default && devices.count == 0 && !is_update))
		return r;
	r = cgroup_devices_apply_v2(&devices, fd, e);
	if (r != -EPERM || !cgroup->is_optional)
		return r;
	/* Who is not root cannot make a device to begin with. */
	log_debug("cgroup %s: no device filter without root", cgroup->path);
	return 0;
}

static void warn_of_network(const struct spec_resources *resources)
{
	if (resources->network_class_id.is_set || resources->network_priority_count > 0)
		log_warn("cgroup v2 has neither a network class nor priorities: discarded");
}

static int apply_all(const struct cgroup *cgroup, int fd,
		     const struct spec_resources *resources, bool is_update, struct err *e)
{
	int r = cgroup_v2_apply_memory(fd, resources, is_update, e);

	if (r == 0)
		r = cgroup_v2_apply_cpu(fd, resources, is_update, e);
	if (r == 0)
		r = apply_pids(fd, resources->pids_limit, is_update, e);
	if (r == 0)
		r = cgroup_v2_apply_io(fd, resources, e);
	if (r == 0)
		r = cgroup_v2_apply_hugepages(fd, resources, e);
	if (r == 0)
		r = cgroup_v2_apply_rdma(fd, resources, e);
	if (r == 0)
		r = apply_unified(fd, &resources->unified, e);
	if (r == 0 && (!is_update || resources->device_count > 0))
		r = apply_devices(cgroup, fd, resources, is_update, e);
	warn_of_network(resources);
	return r;
}

/* Limits that callers give; without a group they would be missing in silence. */
static bool is_limiting(const struct spec_resources *r)
{
	return r->memory_limit.value > 0 || r->memory_swap.value > 0 ||
	       r->memory_reservation.value > 0 || r->cpu_shares.value > 0 ||
	       r->cpu_quota.value > 0 || r->pids_limit.value > 0 || !str_is_empty(r->cpus) ||
	       !str_is_empty(r->mems) || r->blkio_weight.value > 0 ||
	       r->blkio_read_bps_count + r->blkio_write_bps_count + r->blkio_read_iops_count +
			       r->blkio_write_iops_count + r->hugepage_count + r->rdma_count +
			       r->unified.count >
		       0;
}

int cgroup_v2_apply(struct cgroup *cgroup, const struct spec_resources *resources,
		    bool is_update, struct err *e)
{
	const struct cgroup_hierarchy *h = cgroup_find(cgroup, CGROUP_UNIFIED);
	int r;

	if (h->fd < 0)
		return is_limiting(resources) ? err_set(e, ERR_DENIED, -EACCES,
							"limits: there is no cgroup for them, "
							"because it may not "
							"be made")
					      : 0;
	r = is_update || !cgroup->is_foreign ? 0 : cgroup_v2_delegate_above(cgroup, h, e);
	return r < 0 ? r : apply_all(cgroup, h->fd, resources, is_update, e);
}
