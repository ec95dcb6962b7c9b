/*
 * See container_root.h.
 *
 * Everything happens in one visit to the holder, where the layers are: a start makes its overlay
 * there, and takes it along as a descriptor.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "engine/container_userns.h"
#include "engine/root_copy.h"
#include "image/holder.h"
#include "image/layers_visit.h"
#include "linux/mounts.h"
#include "linux/overlay.h"

/*
 * An overlay that is unmounted syncs the whole file system below its upper directory, and
 * init's end waits for that: 25 ms on a busy ext4. What goes with its container needs no sync.
 * (A volatile one cannot be mounted twice; this one never is.)
 */
#define OPTIONS_KEPT	 "userxattr"
#define OPTIONS_VOLATILE "userxattr,volatile"

struct root_visit {
	struct start *s;
	bool is_new;
	bool is_mounted;
	struct userns_mounts mapped; /* closed: ids are the host's */
	struct err *e;
};

static int part_make(int dir_fd, const char *name, mode_t mode, struct err *e)
{
	FAULT("mkdir");
	return mkdirat(dir_fd, name, mode) < 0
		       ? err_sys(e, errno, "make the container's directory %s", name)
		       : 0;
}

/* The root of the upper directory becomes the root of the container, so it has the mode and
 * owner of the image's. */
static int upper_make(int dir_fd, const struct strv *lower, struct err *e)
{
	struct stat st = { .st_mode = 0755 };
	int r = part_make(dir_fd, "upper", 0755, e);

	if (r < 0)
		return r;
	if (lower->count > 0 && lstat(lower->items[0], &st) < 0)
		return err_sys(e, errno, "look at layer %s", lower->items[0]);
	FAULT("chown");
	if ((st.st_uid != 0 || st.st_gid != 0) &&
	    fchownat(dir_fd, "upper", st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "give the container's root directory its owner");
	if ((st.st_mode & 07777) != 0755 &&
	    fchmodat(dir_fd, "upper", st.st_mode & 07777, 0) < 0)
		return err_sys(e, errno, "give the container's root directory its mode");
	return 0;
}

/* Modes are meant as they are written; the mask comes back with the end of the visit. */
static int directories_make(int dir_fd, const struct strv *lower, struct err *e)
{
	int r;

	(void)umask(0);
	r = upper_make(dir_fd, lower, e);
	return r < 0 ? r : part_make(dir_fd, "work", 0700, e);
}

static int overlay_open(const struct root_visit *v, const struct strv *lower)
{
	struct start *s = v->s;
	const char *place = s->dir.is_published ? DIR_CONTAINERS : DIR_PENDING;
	char upper[CONTAINER_PATH_SIZE];
	char work[CONTAINER_PATH_SIZE];
	const struct overlay overlay = { .lower = lower,
					 .upper = upper,
					 .work = work,
					 .options = s->record.config.auto_remove
							    ? OPTIONS_VOLATILE
							    : OPTIONS_KEPT,
					 .classic_target = "mnt" };

	container_path(upper, place, s->dir.id, NULL);
	if (v->mapped.lower_fd >= 0) {
		int r = userns_mounts_cover(&v->mapped, lower, upper, v->e);

		if (r < 0)
			return r;
	}
	container_path(upper, place, s->dir.id, "upper");
	container_path(work, place, s->dir.id, "work");
	s->root_fd = overlay_mount(&overlay, v->e);
	return s->root_fd < 0 ? s->root_fd : 0;
}

static int copy_open(const struct root_visit *v)
{
	struct start *s = v->s;
	const char *place = s->dir.is_published ? DIR_CONTAINERS : DIR_PENDING;
	const struct mount_change change = { .propagation = MS_PRIVATE };
	char path[CONTAINER_PATH_SIZE];
	int r;

	container_path(path, place, s->dir.id, "root");
	s->root_fd = mount_clone(AT_FDCWD, path, 0);
	r = s->root_fd < 0 ? s->root_fd : mount_change(s->root_fd, &change, false);
	if (r < 0)
		return err_sys(v->e, r, "open %s", path);
	return v->mapped.lower_fd < 0 ? 0
				      : userns_mounts_map(&v->mapped, s->root_fd, path, v->e);
}

/* A copy is at hand as soon as it is made. */
static int copied_visit(struct root_visit *v, const struct strv *lower)
{
	struct start *s = v->s;
	int r = 0;

	if (v->is_new) {
		(void)umask(0);
		r = root_copy_make(s->dir.fd, "root", lower, v->e);
	}
	return r < 0 ? r : copy_open(v);
}

static int root_visit(const struct strv *lower, void *context)
{
	struct root_visit *v = context;
	struct start *s = v->s;
	int r = 0;

	if (record_is_copied(&s->record))
		return copied_visit(v, lower);
	if (v->is_new)
		r = directories_make(s->dir.fd, lower, v->e);
	if (r == 0 && v->is_mounted)
		r = overlay_open(v, lower);
	return r;
}

static int visit(struct root_visit *v, struct err *e)
{
	struct start *s = v->s;
	const struct state *state = &s->engine->state;
	bool is_mapped = v->is_mounted && container_has_userns(&s->record.config);
	int r;

	v->mapped = (struct userns_mounts){ -EBADF, -EBADF };
	r = is_mapped ? userns_mounts_open(&s->record.config, &v->mapped, e) : 0;
	if (r == 0)
		r = layers_visit(state, &s->record.layers, root_visit, v, e);
	userns_mounts_close(&v->mapped);
	/* In a user namespace devices have to be bound from the host's, and /proc may be mounted
	 * only where one is in view: there is neither in the seed. */
	if (r == 0 && v->is_mounted && !is_mapped)
		s->seed_fd = holder_seed(state);
	return r;
}

int container_root_make(struct start *s, struct err *e)
{
	struct root_visit v = { .s = s, .is_new = true, .is_mounted = s->is_run, .e = e };

	return visit(&v, e);
}

int container_root_mount(struct start *s, struct err *e)
{
	struct root_visit v = { .s = s, .is_mounted = true, .e = e };

	return visit(&v, e);
}
