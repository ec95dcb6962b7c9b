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
#include "base/file.h"
#include "base/log.h"
#include "engine/container_userns.h"
#include "engine/id_shift.h"
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
	bool is_unmappable;	     /* it failed because mounts cannot be mapped here */
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

/* Create mounts an overlay only to see whether that works. */
static bool is_trial(const struct root_visit *v)
{
	return v->is_new && !v->s->is_run;
}

static int overlay_open(struct root_visit *v, const struct strv *lower)
{
	struct start *s = v->s;
	const char *place = s->dir.is_published ? DIR_CONTAINERS : DIR_PENDING;
	bool is_volatile = s->record.config.auto_remove || is_trial(v);
	char upper[CONTAINER_PATH_SIZE];
	char work[CONTAINER_PATH_SIZE];
	const struct overlay overlay = { .lower = lower,
					 .upper = upper,
					 .work = work,
					 .options =
						 is_volatile ? OPTIONS_VOLATILE : OPTIONS_KEPT,
					 .classic_target = "mnt" };

	container_path(upper, place, s->dir.id, NULL);
	if (v->mapped.lower_fd >= 0) {
		int r = userns_mounts_cover(&v->mapped, lower, upper, v->e);

		v->is_unmappable = r == -EOPNOTSUPP;
		if (r < 0)
			return r;
	}
	container_path(upper, place, s->dir.id, "upper");
	container_path(work, place, s->dir.id, "work");
	s->root_fd = overlay_mount(&overlay, v->e);
	/* What Linux before 5.19 says to mapped layers; others worked as the driver was chosen. */
	v->is_unmappable = s->root_fd == -EINVAL && v->mapped.lower_fd >= 0;
	if (v->is_unmappable)
		return err_wrap(v->e, -EOPNOTSUPP, "use mapped layers (Linux 5.19)");
	return s->root_fd < 0 ? s->root_fd : 0;
}

static int copy_open(struct root_visit *v)
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
	if (v->mapped.lower_fd < 0)
		return 0;
	r = userns_mounts_map(&v->mapped, s->root_fd, path, v->e);
	v->is_unmappable = r == -EOPNOTSUPP;
	return r;
}

static int copy_fill(const struct root_visit *v, const struct strv *lower)
{
	struct start *s = v->s;
	struct id_shift shift;
	int r;

	if (!s->record.is_shifted)
		return root_copy_fill(s->dir.fd, "root", lower, NULL, v->e);
	r = id_shift_init(&shift, &s->record.config, s->arena, v->e);
	return r < 0 ? r : root_copy_fill(s->dir.fd, "root", lower, &shift, v->e);
}

/* A copy is at hand as soon as it is made; whether it can be mapped is seen before. */
static int copied_visit(struct root_visit *v, const struct strv *lower)
{
	int r = 0;

	if (v->is_new) {
		(void)umask(0);
		r = part_make(v->s->dir.fd, "root", 0755, v->e);
	}
	if (r == 0)
		r = copy_open(v);
	return r < 0 || !v->is_new ? r : copy_fill(v, lower);
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

static int visit(struct root_visit *v)
{
	struct start *s = v->s;
	const struct state *state = &s->engine->state;
	bool has_userns = container_has_userns(&s->record.config);
	bool is_mapped = v->is_mounted && has_userns && !s->record.is_shifted;
	int r;

	v->mapped = (struct userns_mounts){ -EBADF, -EBADF };
	r = is_mapped ? userns_mounts_open(&s->record.config, &v->mapped, v->e) : 0;
	if (r == 0)
		r = layers_visit(state, &s->record.layers, root_visit, v, v->e);
	userns_mounts_close(&v->mapped);
	/* In a user namespace devices have to be bound from the host's, and /proc may be mounted
	 * only where one is in view: there is neither in the seed. */
	if (r == 0 && v->is_mounted && !has_userns)
		s->seed_fd = holder_seed(state);
	return r;
}

static int parts_remove(struct start *s, struct err *e)
{
	static const char *const parts[] = { "upper", "work", "root" };
	int r = 0;

	s->root_fd = fd_close(s->root_fd);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == 0; i++)
		r = dir_remove(s->dir.fd, parts[i]);
	return r < 0 ? err_sys(e, r, "remove the container's unfinished root") : 0;
}

/*
 * Instead of an overlay of mapped mounts: a mapped copy of the layers, and where no mount at all
 * can be mapped, a copy whose files are given to the container's ids. Both are tried.
 */
static int make_otherwise(struct root_visit *v, struct err *e)
{
	struct start *s = v->s;
	struct err why = *v->e;
	int r = -EOPNOTSUPP;

	while (r < 0 && v->is_unmappable) {
		r = parts_remove(s, e);
		if (r < 0)
			return r;
		s->record.is_shifted = record_is_copied(&s->record);
		s->record.driver = arena_copy(s->arena, "vfs");
		v->is_unmappable = false;
		*v->e = (struct err){ 0 };
		r = s->record.driver ? visit(v) : -ENOMEM;
	}
	if (r < 0 && e)
		*e = *v->e;
	if (r < 0)
		return r;
	log_warn("container %s has a copy of its image, which takes time and space: %s",
		 s->record.name, why.text);
	return 0;
}

int container_root_forget_volatile(struct start *s, struct err *e)
{
	int r = dir_remove(s->dir.fd, "work/work/incompat/volatile");

	return r < 0 ? err_sys(e, r, "use the container's volatile directory again") : 0;
}

static int trial_end(struct start *s, struct err *e)
{
	s->root_fd = fd_close(s->root_fd);
	return container_root_forget_volatile(s, e);
}

/* With a user namespace also create mounts it, to see whether that works. */
int container_root_make(struct start *s, struct err *e)
{
	bool has_userns = container_has_userns(&s->record.config);
	struct err why = { 0 };
	struct root_visit v = {
		.s = s, .is_new = true, .is_mounted = s->is_run || has_userns, .e = &why
	};
	int r = visit(&v);

	if (r < 0 && v.is_unmappable)
		return make_otherwise(&v, e);
	if (r < 0 && e)
		*e = why;
	if (r == 0 && has_userns && is_trial(&v) && !record_is_copied(&s->record))
		return trial_end(s, e);
	return r;
}

int container_root_mount(struct start *s, struct err *e)
{
	struct root_visit v = { .s = s, .is_mounted = true, .e = e };

	return visit(&v);
}
