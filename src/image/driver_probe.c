/*
 * See driver_probe.h.
 *
 * Runs in: cli (engine).
 */
#include "image/driver_probe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "image/work.h"
#include "linux/namespace_visit.h"
#include "linux/overlay.h"

struct trial {
	int dir_fd;
	struct err *e;
};

/* What directories that hide lower ones are marked with. */
static int xattr_try(const char *path, struct err *e)
{
	return setxattr(path, "user.overlay.opaque", "y", 1, 0) < 0
		       ? err_sys(e, errno, "extended attributes on the data root's file system")
		       : 0;
}

static int overlay_try(void *context)
{
	static const char *const directories[] = { "lower", "upper", "work", "place" };
	const struct trial *t = context;
	char *items[] = { (char *)(uintptr_t)directories[0] };
	const struct strv lower = { .items = items, .count = 1 };
	const struct overlay overlay = { .lower = &lower,
					 .upper = "upper",
					 .work = "work",
					 .options = "userxattr",
					 .classic_target = "place" };
	int fd;
	int r;

	if (fchdir(t->dir_fd) < 0)
		return err_sys(t->e, errno, "enter a directory");
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (mkdirat(t->dir_fd, directories[i], 0700) < 0)
			return err_sys(t->e, errno, "make a directory");
	r = xattr_try("lower", t->e);
	if (r < 0)
		return r;
	fd = overlay_mount(&overlay, t->e);
	(void)fd_close(fd);
	return fd < 0 ? fd : 0;
}

/* What is an answer, and will be the same tomorrow, becomes -EOPNOTSUPP; a full disk is none. */
static int answer(const char *name, int r, struct err *e)
{
	switch (r) {
	case -ENODEV:
	case -EINVAL:
	case -EPERM:
	case -ENOSYS:
	case -EREMOTE:
	case -EOPNOTSUPP:
		if (e)
			e->kind = ERR_UNSUPPORTED;
		r = -EOPNOTSUPP;
		break;
	default:
		break;
	}
	return r < 0 ? err_wrap(e, r, "storage driver %s does not work here", name) : 0;
}

int driver_probe_overlay(const struct state *state, struct err *e)
{
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct trial trial = { .e = e };
	int r = work_begin(state, &work, e);

	if (r < 0)
		return r;
	trial.dir_fd = work.fd;
	r = namespace_visit(-1, overlay_try, &trial, e);
	return answer("overlay", r, e);
}

int driver_probe_vfs(const struct state *state, struct err *e)
{
	(void)state;
	(void)e;
	return 0;
}
