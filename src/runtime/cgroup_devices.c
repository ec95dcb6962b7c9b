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
#include "runtime/cgroup_file.h"

enum { LIST_MAX = 256 * 1024 };

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

static bool is_within(int64_t number, int64_t of)
{
	return of < 0 || number == of;
}

/*
 * A rule that takes back a part of a wider exception: v1 would ignore it, and leave open what
 * somebody wanted closed.
 */
static const struct spec_device_rule *wider_find(const struct cgroup_devices *devices,
						 const struct spec_device_rule *rule)
{
	for (size_t i = 0; i < devices->count; i++) {
		const struct spec_device_rule *wide = &devices->exceptions[i];

		if (wide->type == rule->type && !is_same_device(wide, rule) &&
		    is_within(rule->major, wide->major) &&
		    is_within(rule->minor, wide->minor) &&
		    ((wide->may_read && rule->may_read) ||
		     (wide->may_write && rule->may_write) ||
		     (wide->may_mknod && rule->may_mknod)))
			return wide;
	}
	return NULL;
}

/* The kernel's v1 semantics: only an exception for exactly the same device loses what the rule
 * takes back. */
static int exception_take_back(struct cgroup_devices *devices,
			       const struct spec_device_rule *rule, struct err *e)
{
	struct spec_device_rule *same = exception_find(devices, rule);
	const struct spec_device_rule *wide = wider_find(devices, rule);

	if (wide)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "devices: a rule for %c %" PRId64 ":%" PRId64
			       " takes a part of an earlier one for %" PRId64 ":%" PRId64,
			       rule->type, rule->major, rule->minor, wide->major, wide->minor);
	if (!same)
		return 0;
	same->may_read &= !rule->may_read;
	same->may_write &= !rule->may_write;
	same->may_mknod &= !rule->may_mknod;
	if (!same->may_read && !same->may_write && !same->may_mknod)
		*same = devices->exceptions[--devices->count];
	return 0;
}

static int rule_follow(struct cgroup_devices *devices, const struct spec_device_rule *rule,
		       struct err *e)
{
	return rule->is_allowed != devices->is_allow_default
		       ? exception_add(devices, rule, e)
		       : exception_take_back(devices, rule, e);
}

/* Of all devices and every access: what was said before does not count any more. */
static bool is_fresh_start(const struct spec_device_rule *rule)
{
	return rule->type == 'a' && rule->major < 0 && rule->minor < 0 && rule->may_read &&
	       rule->may_write && rule->may_mknod;
}

/* 'a' with less is two rules; the kernel would take it for everything. */
static int rule_follow_both(struct cgroup_devices *devices, const struct spec_device_rule *rule,
			    struct err *e)
{
	struct spec_device_rule one = *rule;
	int r;

	one.type = 'c';
	r = rule_follow(devices, &one, e);
	one.type = 'b';
	return r < 0 ? r : rule_follow(devices, &one, e);
}

int cgroup_devices_reduce(struct cgroup_devices *ret, const struct spec_device_rule *rules,
			  size_t count, struct err *e)
{
	int r = 0;

	ret->is_allow_default = false;
	ret->count = 0;
	for (size_t i = 0; i < count && r == 0; i++) {
		const struct spec_device_rule *rule = &rules[i];

		if (is_fresh_start(rule)) {
			ret->is_allow_default = rule->is_allowed;
			ret->count = 0;
		} else if (rule->type == 'a') {
			r = rule_follow_both(ret, rule, e);
		} else {
			r = rule_follow(ret, rule, e);
		}
	}
	for (size_t i = 0;
	     i < sizeof(always) / sizeof(always[0]) && r == 0 && !ret->is_allow_default; i++)
		r = exception_add(ret, &always[i], e);
	return r;
}

/* --- v1 ----------------------------------------------------------------------------------- */

static void number_text(char text[24], int64_t number)
{
	if (number < 0)
		(void)snprintf(text, 24, "*");
	else
		(void)snprintf(text, 24, "%" PRId64, number);
}

static int rule_write(int fd, const char *file, const struct spec_device_rule *rule,
		      struct err *e)
{
	char text[80];
	char major[24];
	char minor[24];

	number_text(major, rule->major);
	number_text(minor, rule->minor);
	(void)snprintf(text, sizeof(text), "%c %s:%s %s%s%s", rule->type, major, minor,
		       rule->may_read ? "r" : "", rule->may_write ? "w" : "",
		       rule->may_mknod ? "m" : "");
	return write(fd, text, strlen(text)) < 0
		       ? err_sys(e, errno, "%s: write \"%s\"", file, text)
		       : 0;
}

static int exceptions_write(const struct cgroup_devices *devices, int dir_fd, const char *file,
			    struct err *e)
{
	AUTO_CLOSE int fd = openat(dir_fd, file, O_WRONLY | O_CLOEXEC);
	int r = fd < 0 ? err_sys(e, errno, "open %s", file) : 0;

	for (size_t i = 0; i < devices->count && r == 0; i++)
		r = rule_write(fd, file, &devices->exceptions[i], e);
	return r;
}

int cgroup_devices_apply_v1(const struct cgroup_devices *devices, int dir_fd, struct err *e)
{
	int r = 0;

	FAULT("cgroup_write");
	if (!devices->is_allow_default)
		r = cgroup_write(dir_fd, "devices.deny", "a", e);
	if (r < 0 || devices->count == 0)
		return r;
	return exceptions_write(devices, dir_fd,
				devices->is_allow_default ? "devices.deny" : "devices.allow",
				e);
}

/* "c 1:3 rwm", or "a *:* rwm" alone: everything but what was denied. */
static bool list_line_parse(char *line, struct spec_device_rule *ret)
{
	const char *type = strsep(&line, " ");
	const char *major = strsep(&line, ":");
	const char *minor = line ? strsep(&line, " ") : NULL;

	*ret = (struct spec_device_rule){
		.is_allowed = true, .type = type[0], .major = -1, .minor = -1
	};
	if (!line)
		return false;
	ret->may_read = strchr(line, 'r');
	ret->may_write = strchr(line, 'w');
	ret->may_mknod = strchr(line, 'm');
	return (strcmp(major, "*") == 0 || parse_i64(major, 0, INT32_MAX, &ret->major) == 0) &&
	       (strcmp(minor, "*") == 0 || parse_i64(minor, 0, INT32_MAX, &ret->minor) == 0);
}

static bool is_in(const struct cgroup_devices *devices, const struct spec_device_rule *rule)
{
	for (size_t i = 0; i < devices->count; i++) {
		const struct spec_device_rule *e = &devices->exceptions[i];

		if (is_same_device(e, rule) && e->may_read == rule->may_read &&
		    e->may_write == rule->may_write && e->may_mknod == rule->may_mknod)
			return true;
	}
	return false;
}

/* Take away what is listed and not wanted. Returns -ENODATA when the group allows by default. */
static int listed_deny(const struct cgroup_devices *wanted, int dir_fd, struct err *e)
{
	AUTO_CLOSE int list = openat(dir_fd, "devices.list", O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int deny = openat(dir_fd, "devices.deny", O_WRONLY | O_CLOEXEC);
	AUTO_FREE char *text = NULL;
	char *rest;
	char *line;
	int r;

	if (list < 0 || deny < 0)
		return err_sys(e, errno, "open devices.list, devices.deny");
	r = fd_read_all(list, LIST_MAX, &text, NULL);
	if (r < 0)
		return err_sys(e, r, "read devices.list");
	rest = text;
	while (r == 0 && (line = strsep(&rest, "\n"))) {
		struct spec_device_rule rule;

		if (line[0] == 'a')
			return -ENODATA;
		if (list_line_parse(line, &rule) && !is_in(wanted, &rule))
			r = rule_write(deny, "devices.deny", &rule, e);
	}
	return r;
}

/*
 * Allow first, then deny, so that a running program never finds closed what it may use before
 * and after. A device whose access shrinks is denied whole and allowed again, which is why the
 * wanted ones are written a second time.
 */
int cgroup_devices_update_v1(const struct cgroup_devices *devices, int dir_fd, struct err *e)
{
	int r;

	if (devices->is_allow_default) {
		r = cgroup_write(dir_fd, "devices.allow", "a", e);
		return r < 0 ? r : exceptions_write(devices, dir_fd, "devices.deny", e);
	}
	r = exceptions_write(devices, dir_fd, "devices.allow", e);
	if (r == 0)
		r = listed_deny(devices, dir_fd, e);
	if (r == -ENODATA)
		return cgroup_devices_apply_v1(devices, dir_fd, e);
	return r < 0 ? r : exceptions_write(devices, dir_fd, "devices.allow", e);
}
