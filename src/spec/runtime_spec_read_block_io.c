/*
 * "linux.resources.blockIO" of config.json.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config-linux.md "Block IO".
 */
#include "spec/runtime_spec.h"
#include "spec/runtime_spec_parts.h"

enum { DEVICES_MAX = 4096, DEVICE_NUMBER_MAX = 0xfffff, WEIGHT_MAX = 1000 };

/* A device may have both weights; the structure keeps each in a list of its own. */
struct weight_device {
	struct spec_device_rate weight;
	uint64_t leaf_weight;
};

struct weight_devices {
	struct weight_device *items;
	size_t count;
};

static int read_rate(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("major", struct spec_device_rate, major), .read = member_integer,
		  .max = DEVICE_NUMBER_MAX },
		{ MEMBER("minor", struct spec_device_rate, minor), .read = member_integer,
		  .max = DEVICE_NUMBER_MAX },
		{ MEMBER("rate", struct spec_device_rate, value), .read = member_integer,
		  .max = UINT64_MAX },
		{ 0 },
	};
	struct spec_device_rate *rate = ret;
	int r;

	rate->major = -1;
	rate->minor = -1;
	r = members_read(members, value, in, ret);
	if (r == 0 && (rate->major < 0 || rate->minor < 0))
		r = reading_fail(in, -EINVAL, ": major or minor is missing");
	return r;
}

static int read_weight_device(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("major", struct weight_device, weight.major), .read = member_integer,
		  .max = DEVICE_NUMBER_MAX },
		{ MEMBER("minor", struct weight_device, weight.minor), .read = member_integer,
		  .max = DEVICE_NUMBER_MAX },
		{ MEMBER("weight", struct weight_device, weight.value), .read = member_integer,
		  .max = WEIGHT_MAX },
		{ MEMBER("leafWeight", struct weight_device, leaf_weight),
		  .read = member_integer, .max = WEIGHT_MAX },
		{ 0 },
	};
	struct weight_device *device = ret;
	int r;

	device->weight.major = -1;
	device->weight.minor = -1;
	r = members_read(members, value, in, ret);
	if (r == 0 && (device->weight.major < 0 || device->weight.minor < 0))
		r = reading_fail(in, -EINVAL, ": major or minor is missing");
	if (r == 0 && device->weight.value == 0 && device->leaf_weight == 0)
		r = reading_fail(in, -EINVAL, ": neither weight nor leafWeight");
	return r;
}

static void weight_split(const struct weight_device *device, struct spec_resources *resources)
{
	if (device->weight.value != 0)
		resources->blkio_weight_devices[resources->blkio_weight_device_count++] =
			device->weight;
	if (device->leaf_weight != 0)
		resources->blkio_leaf_weight_devices
			[resources->blkio_leaf_weight_device_count++] =
			(struct spec_device_rate){ .major = device->weight.major,
						   .minor = device->weight.minor,
						   .value = device->leaf_weight };
}

static int member_weight_devices(const struct member *m, struct json_walk *value,
				 struct reading *in, void *field)
{
	static const struct member list = { MEMBER_ARRAY(
		"", struct weight_devices, items, count, read_weight_device, DEVICES_MAX) };
	struct spec_resources *resources = field;
	struct weight_devices devices = { 0 };
	size_t size = sizeof(struct spec_device_rate);
	int r = member_array(&list, value, in, &devices);

	(void)m;
	if (r < 0)
		return r;
	resources->blkio_weight_devices = arena_array(in->arena, devices.count + 1, size);
	resources->blkio_leaf_weight_devices = arena_array(in->arena, devices.count + 1, size);
	if (!resources->blkio_weight_devices || !resources->blkio_leaf_weight_devices)
		return reading_fail(in, -ENOMEM, ": out of memory");
	for (size_t i = 0; i < devices.count; i++)
		weight_split(&devices.items[i], resources);
	return 0;
}

#define RATES(key, field) \
	MEMBER_ARRAY(key, struct spec_resources, field, field##_count, read_rate, DEVICES_MAX)

int spec_read_block_io(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("weight", struct spec_resources, blkio_weight), .read = member_number,
		  .max = WEIGHT_MAX },
		{ MEMBER("leafWeight", struct spec_resources, blkio_leaf_weight),
		  .read = member_number, .max = WEIGHT_MAX },
		{ .key = "weightDevice", .read = member_weight_devices },
		{ RATES("throttleReadBpsDevice", blkio_read_bps) },
		{ RATES("throttleWriteBpsDevice", blkio_write_bps) },
		{ RATES("throttleReadIOPSDevice", blkio_read_iops) },
		{ RATES("throttleWriteIOPSDevice", blkio_write_iops) },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}
