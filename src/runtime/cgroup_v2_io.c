/*
 * Block device limits of cgroup v2.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_v2.h; Documentation/admin-guide/cgroup-v2.rst "IO"; Documentation/block/bfq-iosched.rst.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "runtime/cgroup_convert.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_v2.h"

/* BFQ takes the v1 value; the io controller's own weight has another range. */
static int put_weight(int fd, bool is_bfq, const char *device, uint64_t weight, struct err *e)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s%" PRIu64, device,
		       is_bfq ? weight : cgroup_convert_blkio_weight(weight));
	return cgroup_write(fd, is_bfq ? "io.bfq.weight" : "io.weight", text, e);
}

static int apply_weights(int fd, const struct spec_resources *resources, struct err *e)
{
	bool has_weight = resources->blkio_weight.is_set && resources->blkio_weight.value > 0;
	bool is_bfq;
	char device[48];
	int r = 0;

	if (!has_weight && resources->blkio_weight_device_count == 0)
		return 0;
	is_bfq = faccessat(fd, "io.bfq.weight", F_OK, 0) == 0;
	if (has_weight)
		r = put_weight(fd, is_bfq, "", (uint64_t)resources->blkio_weight.value, e);
	for (size_t i = 0; i < resources->blkio_weight_device_count && r == 0; i++) {
		const struct spec_device_rate *rate = &resources->blkio_weight_devices[i];

		(void)snprintf(device, sizeof(device), "%" PRId64 ":%" PRId64 " ", rate->major,
			       rate->minor);
		r = put_weight(fd, is_bfq, device, rate->value, e);
	}
	return r;
}

/* 0 takes a limit away, as on v1. */
static int put_rates(int fd, const char *key, const struct spec_device_rate *rates,
		     size_t count, struct err *e)
{
	char text[96];
	char value[24] = "max";
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		if (rates[i].value > 0)
			(void)snprintf(value, sizeof(value), "%" PRIu64, rates[i].value);
		else
			(void)snprintf(value, sizeof(value), "max");
		(void)snprintf(text, sizeof(text), "%" PRId64 ":%" PRId64 " %s=%s",
			       rates[i].major, rates[i].minor, key, value);
		r = cgroup_write(fd, "io.max", text, e);
	}
	return r;
}

int cgroup_v2_apply_io(int fd, const struct spec_resources *resources, struct err *e)
{
	int r = apply_weights(fd, resources, e);

	if ((resources->blkio_leaf_weight.is_set && resources->blkio_leaf_weight.value > 0) ||
	    resources->blkio_leaf_weight_device_count > 0)
		log_warn("cgroup v2 has no leaf weights: discarded");
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
