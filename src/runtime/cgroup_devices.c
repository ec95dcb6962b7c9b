/*
 * See cgroup_devices.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/cgroup_devices.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

/* runc's AllowedDevices: without them a container could not use its own /dev. */
static const struct spec_device_rule always[] = {
	{ true, 'c', -1, -1, false, false, true }, /* mknod of anything: it gives no access */
	{ true, 'b', -1, -1, false, false, true },
	{ true, 'c', 1, 3, true, true, true },	  /* null */
	{ true, 'c', 1, 5, true, true, true },	  /* zero */
	{ true, 'c', 1, 7, true, true, true },	  /* full */
	{ true, 'c', 1, 8, true, true, true },	  /* random */
	{ true, 'c', 1, 9, true, true, true },	  /* urandom */
	{ true, 'c', 5, 0, true, true, true },	  /* tty */
	{ true, 'c', 5, 2, true, true, true },	  /* ptmx */
	{ true, 'c', 136, -1, true, true, true }, /* pts */
};

static bool is_same_device(const struct spec_device_rule *a, const struct spec_device_rule *b)
{
	return a->type == b->type && a->major == b->major && a->minor == b->minor;
}

static struct spec_device_rule *exception_find(struct cgroup_devices *devices,
					       const struct spec_device_rule *rule)
{
	for (size_t i = 0; i < devices->count; i++) {
		if (is_same_device(&devices->exceptions[i], rule))
			return &devices->exceptions[i];
	}
	return NULL;
}

static int exception_add(struct cgroup_devices *devices, const struct spec_device_rule *rule,
			 struct err *e)
{
	struct spec_device_rule *same = exception_find(devices, rule);

	if (same) {
		same->may_read |= rule->may_read;
		same->may_write |= rule->may_write;
		same->may_mknod |= rule->may_mknod;
		return 0;
	}
	if (devices->count == CGROUP_DEVICES_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d device rules",
			       CGROUP_DEVICES_MAX);
	devices->exceptions[devices->count++] = *rule;
	return 0;
}

/* The kernel's v1 semantics: only an exception for exactly the same device loses what the rule
 * takes back. */
static void exception_take_back(struct cgroup_devices *devices,
				const struct spec_device_rule *rule)
{
	struct spec_device_rule *same = exception_find(devices, rule);

	if (!same)
		return;
	same->may_read &= !rule->may_read;
	same->may_write &= !rule->may_write;
	same->may_mknod &= !rule->may_mknod;
	if (!same->may_read && !same->may_write && !same->may_mknod)
		*same = devices->exceptions[--devices->count];
}

int cgroup_devices_reduce(struct cgroup_devices *ret, const struct spec_device_rule *rules,
			  size_t count, struct err *e)
{
	int r = 0;

	ret->is_allow_default = true;
	ret->count = 0;
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct spec_device_rule *rule = &rules[i];

		if (rule->type == 'a') {
			ret->is_allow_default = rule->is_allowed;
			ret->count = 0;
		} else if (rule->is_allowed != ret->is_allow_default) {
			r = exception_add(ret, rule, e);
		} else {
			exception_take_back(ret, rule);
		}
	}
	for (size_t i = 0;
	     i < sizeof(always) / sizeof(always[0]) && r == 0 && !ret->is_allow_default; i++)
		r = exception_add(ret, &always[i], e);
	return r;
}

static void number_text(char text[24], int64_t number)
{
	if (number < 0)
		(void)snprintf(text, 24, "*");
	else
		(void)snprintf(text, 24, "%" PRId64, number);
}

static int exceptions_write(const struct cgroup_devices *devices, int fd, const char *file,
			    struct err *e)
{
	char text[80];
	char major[24];
	char minor[24];

	for (size_t i = 0; i < devices->count; i++) {
		const struct spec_device_rule *rule = &devices->exceptions[i];

		number_text(major, rule->major);
		number_text(minor, rule->minor);
		(void)snprintf(text, sizeof(text), "%c %s:%s %s%s%s", rule->type, major, minor,
			       rule->may_read ? "r" : "", rule->may_write ? "w" : "",
			       rule->may_mknod ? "m" : "");
		if (write(fd, text, strlen(text)) < 0)
			return err_sys(e, errno, "%s: write \"%s\"", file, text);
	}
	return 0;
}

int cgroup_devices_apply_v1(const struct cgroup_devices *devices, int dir_fd, struct err *e)
{
	const char *file = devices->is_allow_default ? "devices.deny" : "devices.allow";

	FAULT("cgroup_write");
	if (!devices->is_allow_default) {
		AUTO_CLOSE int deny = openat(dir_fd, "devices.deny", O_WRONLY | O_CLOEXEC);

		if (deny < 0 || write(deny, "a", 1) < 0)
			return err_sys(e, errno, "devices.deny: write \"a\"");
	}
	AUTO_CLOSE int fd = openat(dir_fd, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, errno, "open %s", file);
	return exceptions_write(devices, fd, file, e);
}
