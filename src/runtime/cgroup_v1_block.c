/*
 * Block device limits of cgroup v1.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_v1.h; Documentation/admin-guide/cgroup-v1/blkio-controller.rst.
 */
#include <inttypes.h>
#include <stdio.h>

#include "runtime/cgroup_v1_put.h"

/* The file of the scheduler that is there: CFQ's until Linux 5.0, BFQ's since. */
static const char *weight_file(struct cgroup *cgroup, const char *cfq, const char *bfq)
{
	return cgroup_v1_has_file(cgroup, CGROUP_BLKIO, cfq) ? cfq : bfq;
}

static int put_rates(struct cgroup *cgroup, const char *file,
		     const struct spec_device_rate *rates, size_t count, struct err *e)
{
	char text[96];
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		(void)snprintf(text, sizeof(text), "%" PRId64 ":%" PRId64 " %" PRIu64,
			       rates[i].major, rates[i].minor, rates[i].value);
		r = cgroup_v1_put_text(cgroup, CGROUP_BLKIO, file, text, e);
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

int cgroup_v1_apply_block(struct cgroup *cgroup, const struct spec_resources *resources,
			  struct err *e)
{
	int r = 0;

	if (resources->blkio_weight.is_set && resources->blkio_weight.value != 0)
		r = cgroup_v1_put(cgroup, CGROUP_BLKIO,
				  weight_file(cgroup, "blkio.weight", "blkio.bfq.weight"),
				  resources->blkio_weight, e);
	if (r == 0 && resources->blkio_leaf_weight.is_set &&
	    resources->blkio_leaf_weight.value != 0)
		r = cgroup_v1_put(cgroup, CGROUP_BLKIO, "blkio.leaf_weight",
				  resources->blkio_leaf_weight, e);
	if (r == 0 && resources->blkio_weight_device_count > 0)
		r = put_rates(
			cgroup,
			weight_file(cgroup, "blkio.weight_device", "blkio.bfq.weight_device"),
			resources->blkio_weight_devices, resources->blkio_weight_device_count,
			e);
	if (r == 0)
		r = put_rates(cgroup, "blkio.leaf_weight_device",
			      resources->blkio_leaf_weight_devices,
			      resources->blkio_leaf_weight_device_count, e);
	return r == 0 ? apply_throttles(cgroup, resources, e) : r;
}
