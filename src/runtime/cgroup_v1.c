/*
 * See cgroup_v1.h.
 *
 * A new group is unlimited: what asks for "unlimited" is only written by an update. The
 * hierarchies of rare controllers (hugetlb, net_cls, net_prio, rdma) get a directory when a
 * limit first asks for one. Where v1 does not have such a controller, because it is one of those
 * that the cgroup2 mount beside it has (hybrid), the limit is written there.
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
#include "runtime/cgroup_v1_put.h"
#include "runtime/cgroup_v2.h"

int cgroup_v1_directory(struct cgroup *cgroup, enum cgroup_controller controller,
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

int cgroup_v1_put_text(struct cgroup *cgroup, enum cgroup_controller controller,
		       const char *file, const char *value, struct err *e)
{
	int fd = -1;
	int r = cgroup_v1_directory(cgroup, controller, file, &fd, e);

	return r < 0 ? r : cgroup_write(fd, file, value, e);
}

int cgroup_v1_put(struct cgroup *cgroup, enum cgroup_controller controller, const char *file,
		  struct spec_number number, struct err *e)
{
	char text[24];

	if (!number.is_set)
		return 0;
	(void)snprintf(text, sizeof(text), "%" PRId64, number.value);
	return cgroup_v1_put_text(cgroup, controller, file, text, e);
}

bool cgroup_v1_has_file(struct cgroup *cgroup, enum cgroup_controller controller,
			const char *file)
{
	struct cgroup_hierarchy *h = cgroup_find(cgroup, controller);

	return h && h->fd >= 0 && faccessat(h->fd, file, F_OK, 0) == 0;
}

/* 0 and below mean "unlimited", as every caller means it. */
static int apply_pids(struct cgroup *cgroup, struct spec_number limit, bool is_update,
		      struct err *e)
{
	if (!limit.is_set || (limit.value <= 0 && !is_update))
		return 0;
	if (limit.value <= 0)
		return cgroup_v1_put_text(cgroup, CGROUP_PIDS, "pids.max", "max", e);
	return cgroup_v1_put(cgroup, CGROUP_PIDS, "pids.max", limit, e);
}

static int hugepage_write(int fd, const struct spec_hugepage_limit *limit, struct err *e)
{
	char file[64];
	char text[24];
	int r;

	if (strchr(limit->page_size, '/') ||
	    snprintf(file, sizeof(file), "hugetlb.%s.limit_in_bytes", limit->page_size) >=
		    (int)sizeof(file))
		return err_set(e, ERR_INVALID, -EINVAL, "hugepage size \"%s\": not a size",
			       limit->page_size);
	(void)snprintf(text, sizeof(text), "%" PRIu64, limit->limit);
	r = cgroup_write(fd, file, text, e);
	if (r < 0)
		return r;
	/* Reservations are counted since Linux 5.7. */
	(void)snprintf(file, sizeof(file), "hugetlb.%s.rsvd.limit_in_bytes", limit->page_size);
	r = cgroup_write(fd, file, text, e);
	return r == -ENOENT ? 0 : r;
}

static int apply_hugepages(struct cgroup *cgroup, const struct spec_resources *resources,
			   struct err *e)
{
	int fd = -1;
	int r = 0;

	if (resources->hugepage_count == 0)
		return 0;
	if (!cgroup_find(cgroup, CGROUP_HUGETLB) && cgroup->mode == CGROUP_HYBRID)
		return cgroup_v2_apply_stray(cgroup, "hugetlb", resources,
					     cgroup_v2_apply_hugepages, e);
	r = cgroup_v1_directory(cgroup, CGROUP_HUGETLB, "hugetlb", &fd, e);
	for (size_t i = 0; i < resources->hugepage_count && r == 0; i++)
		r = hugepage_write(fd, &resources->hugepages[i], e);
	return r;
}

static int apply_rdma(struct cgroup *cgroup, const struct spec_resources *resources,
		      struct err *e)
{
	int fd = -1;
	int r;

	if (resources->rdma_count == 0)
		return 0;
	if (!cgroup_find(cgroup, CGROUP_RDMA) && cgroup->mode == CGROUP_HYBRID)
		return cgroup_v2_apply_stray(cgroup, "rdma", resources, cgroup_v2_apply_rdma,
					     e);
	r = cgroup_v1_directory(cgroup, CGROUP_RDMA, "rdma.max", &fd, e);
	/* The file and its lines are the same in both versions. */
	return r < 0 ? r : cgroup_v2_apply_rdma(fd, resources, e);
}

static int apply_network(struct cgroup *cgroup, const struct spec_resources *resources,
			 struct err *e)
{
	char text[64];
	int r = cgroup_v1_put(cgroup, CGROUP_NET_CLS, "net_cls.classid",
			      resources->network_class_id, e);

	for (size_t i = 0; i < resources->network_priority_count && r == 0; i++) {
		(void)snprintf(text, sizeof(text), "%s %" PRIu32,
			       resources->network_priorities[i].name,
			       resources->network_priorities[i].priority);
		r = cgroup_v1_put_text(cgroup, CGROUP_NET_PRIO, "net_prio.ifpriomap", text, e);
	}
	return r;
}

static int apply_devices(struct cgroup *cgroup, const struct spec_resources *resources,
			 bool is_update, struct err *e)
{
	struct cgroup_devices devices;
	struct cgroup_hierarchy *h = cgroup_find(cgroup, CGROUP_DEVICES);
	int r = cgroup_devices_reduce(&devices, resources->devices, resources->device_count, e);

	if (r < 0)
		return r;
	if (devices.is_allow_default && devices.count == 0 && !is_update)
		return 0;
	if (!h || h->fd < 0) {
		if (cgroup->is_optional)
			return 0; /* who is not root cannot make a device to begin with */
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "devices.deny: this machine has no such controller");
	}
	r = is_update ? cgroup_devices_update_v1(&devices, h->fd, e)
		      : cgroup_devices_apply_v1(&devices, h->fd, e);
	return r == -EPERM && cgroup->is_optional ? 0 : r;
}

int cgroup_v1_apply(struct cgroup *cgroup, const struct spec_resources *resources,
		    bool is_update, struct err *e)
{
	int r = resources->unified.count == 0
			? 0
			: err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
				  "unified: %s needs cgroup v2", resources->unified.items[0]);

	if (r == 0)
		r = cgroup_v1_apply_memory(cgroup, resources, is_update, e);
	if (r == 0)
		r = cgroup_v1_apply_cpu(cgroup, resources, is_update, e);
	if (r == 0)
		r = cgroup_v1_apply_cpuset(cgroup, resources, e);
	if (r == 0)
		r = apply_pids(cgroup, resources->pids_limit, is_update, e);
	if (r == 0)
		r = cgroup_v1_apply_block(cgroup, resources, e);
	if (r == 0)
		r = apply_hugepages(cgroup, resources, e);
	if (r == 0)
		r = apply_rdma(cgroup, resources, e);
	if (r == 0)
		r = apply_network(cgroup, resources, e);
	if (r == 0 && (!is_update || resources->device_count > 0))
		r = apply_devices(cgroup, resources, is_update, e);
	return r;
}
