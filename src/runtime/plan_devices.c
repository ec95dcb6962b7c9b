/*
 * What is in /dev: the devices and links that every container has, and those that the spec
 * adds.
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: OCI runtime-spec config-linux.md "Default Devices".
 */
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "runtime/plan_build.h"

enum { DEVICES_MAX = 4096, DEVICE_NUMBER_MAX = 0xfffff };

static const struct {
	const char *path;
	uint32_t major;
	uint32_t minor;
} default_devices[] = {
	{ "/dev/null", 1, 3 },	 { "/dev/zero", 1, 5 },	   { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
};
enum { DEFAULT_COUNT = sizeof(default_devices) / sizeof(default_devices[0]) };

static const struct {
	const char *path;
	const char *target;
} default_links[] = {
	{ "/dev/fd", "/proc/self/fd" },	      { "/dev/stdin", "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" }, { "/dev/stderr", "/proc/self/fd/2" },
	{ "/dev/core", "/proc/kcore" },	      { "/dev/ptmx", "pts/ptmx" },
};
enum { LINK_COUNT = sizeof(default_links) / sizeof(default_links[0]) };

/* A /dev from the host has everything already, and making nodes there would change the host. */
static bool has_own_dev(const struct spec *spec)
{
	for (size_t i = 0; i < spec->mount_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];

		if ((str_equal(mount->destination, "/dev") ||
		     str_equal(mount->destination, "/dev/")) &&
		    (strv_has(&mount->options, "bind") || strv_has(&mount->options, "rbind") ||
		     str_equal(mount->type, "bind")))
			return false;
	}
	return true;
}

static bool spec_has_device(const struct spec *spec, const char *path)
{
	for (size_t i = 0; i < spec->device_count; i++) {
		if (str_equal(spec->devices[i].path, path))
			return true;
	}
	return false;
}

static int device_check(const struct spec_device *device, struct err *e)
{
	const char *path = device->path;

	if (!path || path[0] != '/' || strstr(path, "/../") || str_ends(path, "/..") ||
	    str_ends(path, "/"))
		return err_set(e, ERR_INVALID, -EINVAL, "device \"%s\": not an absolute path",
			       path ? path : "");
	if (device->type != S_IFCHR && device->type != S_IFBLK && device->type != S_IFIFO)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "device %s: neither character, block nor fifo", path);
	if (device->type != S_IFIFO &&
	    (device->major < 0 || device->major > DEVICE_NUMBER_MAX || device->minor < 0 ||
	     device->minor > DEVICE_NUMBER_MAX))
		return err_set(e, ERR_INVALID, -ERANGE, "device %s: number out of range", path);
	if (device->uid > SPEC_UID_MAX || device->gid > SPEC_UID_MAX)
		return err_set(e, ERR_INVALID, -ERANGE, "device %s: owner above %d", path,
			       SPEC_UID_MAX);
	return 0;
}

static struct plan_device device_plan(const struct spec_device *device, struct plan_builder *b)
{
	bool has_number = device->type != S_IFIFO;

	return (struct plan_device){
		.path = plan_add_text(b, device->path),
		.type = device->type,
		.major = has_number ? (uint32_t)device->major : 0,
		.minor = has_number ? (uint32_t)device->minor : 0,
		.mode = device->has_mode ? device->mode & 07777 : 0666,
		.uid = device->uid,
		.gid = device->gid,
	};
}

static void plan_links(struct plan_builder *b)
{
	struct plan_pair links[LINK_COUNT];

	for (size_t i = 0; i < LINK_COUNT; i++)
		links[i] = (struct plan_pair){ .key = plan_add_text(b, default_links[i].path),
					       .value = plan_add_text(
						       b, default_links[i].target) };
	b->header.links = plan_add_array(b, links, LINK_COUNT, sizeof(links[0]));
}

int plan_devices(const struct spec *spec, struct plan_builder *b, struct err *e)
{
	AUTO_FREE struct plan_device *devices =
		calloc(DEFAULT_COUNT + spec->device_count, sizeof(*devices));
	size_t count = 0;

	if (!has_own_dev(spec))
		return 0;
	if (!devices)
		return err_sys(e, ENOMEM, "devices");
	if (spec->device_count > DEVICES_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d devices", DEVICES_MAX);
	for (size_t i = 0; i < DEFAULT_COUNT; i++) {
		const struct spec_device device = { .type = S_IFCHR,
						    .major = default_devices[i].major,
						    .minor = default_devices[i].minor };

		if (spec_has_device(spec, default_devices[i].path))
			continue;
		devices[count] = device_plan(&device, b);
		devices[count++].path = plan_add_text(b, default_devices[i].path);
	}
	for (size_t i = 0; i < spec->device_count; i++) {
		int r = device_check(&spec->devices[i], e);

		if (r < 0)
			return r;
		devices[count++] = device_plan(&spec->devices[i], b);
	}
	b->header.devices = plan_add_array(b, devices, count, sizeof(*devices));
	plan_links(b);
	return 0;
}
