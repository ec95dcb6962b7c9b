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
#include "image/worker.h"
#include "linux/erofs.h"
#include "linux/memfd.h"
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

/* --- erofs ------------------------------------------------------------------------------- */

enum { EMPTY_TAR = 1024 };

/* The image of an empty archive, in the data root itself: whether it can be mounted depends on the
 * file system that it lies on. */
static int image_make(const struct work *work, struct err *e)
{
	static const char zeros[EMPTY_TAR];
	AUTO_CLOSE int input_fd = memfd_make("empty.tar");
	AUTO_CLOSE int image_fd = -EBADF;
	struct worker_request worker = { .verb = "unpack",
					 .output_fd = -1,
					 .input_fd = input_fd,
					 .lock_fd = work->lock_fd };
	struct tool_result result;
	int r = input_fd < 0 ? input_fd : fd_write_all(input_fd, zeros, sizeof(zeros));

	if (r == 0 && lseek(input_fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r < 0)
		return err_sys(e, r, "make an empty archive");
	image_fd = openat(work->fd, "image", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (image_fd < 0)
		return err_sys(e, errno, "make an image");
	worker.directory_fd = image_fd;
	worker_unpack_words(&worker, true, true);
	return worker_run(&worker, &result, e);
}

static int erofs_try(void *context)
{
	const struct trial *t = context;
	int fd = fchdir(t->dir_fd) < 0 ? err_sys(t->e, errno, "enter a directory")
				       : erofs_mount("image", t->e);

	(void)fd_close(fd);
	return fd < 0 ? fd : 0;
}

int driver_probe_erofs(const struct state *state, struct err *e)
{
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct trial trial = { .e = e };
	/* Its roots are overlays. */
	int r = driver_probe_overlay(state, e);

	if (r == 0)
		r = work_begin(state, &work, e);
	if (r == 0)
		r = image_make(&work, e);
	if (r < 0)
		return r;
	trial.dir_fd = work.fd;
	r = namespace_visit(-1, erofs_try, &trial, e);
	return r < 0 ? answer("erofs", r, e) : 0;
}

int driver_probe_vfs(const struct state *state, struct err *e)
{
	(void)state;
	(void)e;
	return 0;
}
