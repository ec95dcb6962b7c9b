/*
 * See overlay.h.
 *
 * Runs in: cli (engine), in a visit.
 */
#include "linux/overlay.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>

#include "base/fd.h"
#include "linux/mounts.h"
#include "linux/namespace.h"

enum { EXPLAIN_MAX = 256, CLASSIC_MAX = 4096 };

/* --- mount(2) ---------------------------------------------------------------------------- */

/* One text for mount(2): "lowerdir=a:b,upperdir=...". Colons, commas and backslashes in a path
 * are escaped. */
static void path_add(struct str *s, const char *path)
{
	for (; *path; path++) {
		if (strchr(":\\,", *path))
			str_add_char(s, '\\');
		str_add_char(s, *path);
	}
}

static int classic_options(const struct overlay *o, struct str *options)
{
	for (size_t i = 0; i < o->lower->count; i++) {
		str_add(options, i == 0 ? "lowerdir=" : ":");
		path_add(options, o->lower->items[i]);
	}
	if (o->upper) {
		str_add(options, ",upperdir=");
		path_add(options, o->upper);
		str_add(options, ",workdir=");
		path_add(options, o->work);
	}
	str_printf(options, ",%s", o->options);
	return str_ok(options);
}

/*
 * Before 6.5 fsconfig(2) takes any option for an overlay, and making it then fails with a line
 * in the kernel's log. Asking for the version spares the machine's owner that line for each
 * container; the classic way is right on every kernel.
 */
static bool is_classic(void)
{
	struct utsname name;
	unsigned long major;
	unsigned long minor;
	char *end;

	if (uname(&name) < 0)
		return true;
	major = strtoul(name.release, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return major < 6 || (major == 6 && minor < 5);
}

/*
 * Before 6.7 lowerdir+ is unknown and fsconfig takes only 255 bytes of lowerdir: the page of
 * mount(2) holds more. What it mounts on is ours alone, and a copy of that is what is kept.
 */
static int mount_classically(const struct overlay *o, struct err *e)
{
	AUTO_STR struct str options = { 0 };
	int fd = -EBADF;
	int r = classic_options(o, &options);

	/* The kernel would cut the rest off without a word. */
	if (options.len >= CLASSIC_MAX)
		return err_set(e, ERR_UNSUPPORTED, -E2BIG,
			       "mount an overlay of %zu layers: before Linux 6.7 their names "
			       "must fit into %d bytes",
			       o->lower->count, CLASSIC_MAX);
	if (r == 0)
		r = namespace_unshare(CLONE_NEWNS);
	if (r == 0)
		r = mount_change_all(MS_PRIVATE);
	if (r == 0)
		r = mount_classic("overlay", "overlay", o->classic_target, 0,
				  str_text(&options));
	if (r == 0) {
		fd = mount_clone(AT_FDCWD, o->classic_target, 0);
		r = fd < 0 ? fd : 0;
	}
	return r < 0 ? err_sys(e, r, "mount an overlay of %zu layers", o->lower->count) : fd;
}

/* --- descriptors ------------------------------------------------------------------------- */

static int set_all(const struct overlay *o, int fs_fd, char *option, size_t size)
{
	int r = filesystem_set(fs_fd, "source", "overlay");

	for (size_t i = 0; i < o->lower->count && r == 0; i++)
		r = filesystem_set(fs_fd, "lowerdir+", o->lower->items[i]);
	if (r == 0 && o->upper)
		r = filesystem_set(fs_fd, "upperdir", o->upper);
	if (r == 0 && o->upper)
		r = filesystem_set(fs_fd, "workdir", o->work);
	return r < 0 ? r : filesystem_set_options(fs_fd, o->options, option, size);
}

int overlay_mount(const struct overlay *o, struct err *e)
{
	AUTO_CLOSE int fs_fd = -EBADF;
	char why[EXPLAIN_MAX] = "";
	int r;

	if (is_classic())
		return mount_classically(o, e);
	fs_fd = filesystem_open("overlay");
	if (fs_fd < 0)
		return err_sys(e, fs_fd, "open the overlay file system");
	r = set_all(o, fs_fd, why, sizeof(why));
	if (r == -EINVAL && why[0] == '\0')
		return mount_classically(o, e);
	if (r == 0)
		r = filesystem_mount(fs_fd, 0);
	if (r >= 0)
		return r;
	filesystem_explain(fs_fd, why, sizeof(why));
	return err_sys(e, r, "mount an overlay of %zu layers%s%s", o->lower->count,
		       why[0] ? ": " : "", why);
}
