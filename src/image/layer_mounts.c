/*
 * See layer_mounts.h.
 *
 * One mount of a layer serves all containers, and its pages are in memory once: two mounts of one
 * image would be two file systems to the kernel. So who finds a layer not mounted takes the lock
 * and looks again.
 *
 * Runs in: cli (engine), in a visit.
 */
#include "image/layer_mounts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "format/digest.h"
#include "image/holder.h"
#include "image/layer.h"
#include "linux/erofs.h"
#include "linux/mounts.h"

struct mounting {
	const struct state *state;
	bool is_holder;
	int lock_fd; /* of the holder; -EBADF: nothing had to be mounted yet */
	struct err *e;
};

/* In a namespace that is only ours the layer's own directory will do. */
static void place_path(const struct mounting *m, const char *diff_id,
		       char path[LAYER_PATH_SIZE])
{
	(void)snprintf(path, LAYER_PATH_SIZE, "%s/%s",
		       m->is_holder ? HOLDER_LAYERS : HOLDER_LAYERS + 1, digest_hex(diff_id));
}

static int image_attach(int mount_fd, const char *path, struct err *e)
{
	int r;

	FAULT("mkdir");
	if (mkdirat(AT_FDCWD, path, 0700) < 0 && errno != EEXIST)
		return err_sys(e, errno, "make %s in the holder", path);
	r = mount_attach_root(mount_fd, path);
	return r < 0 ? err_sys(e, r, "attach it at %s", path) : 0;
}

static int image_mount(const char *diff_id, const char *path, struct err *e)
{
	AUTO_CLOSE int mount_fd = -EBADF;
	char image[LAYER_PATH_SIZE];

	layer_form_path(diff_id, LAYER_EROFS, image);
	mount_fd = erofs_mount(image, e);
	return mount_fd < 0 ? mount_fd : image_attach(mount_fd, path, e);
}

/* Nobody else mounts where only we are. */
static int lock_once(struct mounting *m)
{
	if (m->is_holder && m->lock_fd < 0)
		m->lock_fd = holder_lock(m->state, m->e);
	return m->is_holder && m->lock_fd < 0 ? m->lock_fd : 0;
}

static int image_ensure(struct mounting *m, const char *diff_id, const char *path)
{
	int r;

	if (mount_is_on(path) > 0)
		return 0;
	r = lock_once(m);
	if (r < 0)
		return r;
	if (mount_is_on(path) > 0)
		return 0;
	r = image_mount(diff_id, path, m->e);
	return r < 0 ? err_wrap(m->e, r, "layer %s", diff_id) : 0;
}

static int layer_add(struct mounting *m, const char *diff_id, struct arena *arena,
		     struct strv *paths)
{
	char path[LAYER_PATH_SIZE];
	int form = layer_find(m->state, diff_id);
	int r;

	if (form == -ENOENT) {
		(void)err_set(m->e, ERR_INTERNAL, form, "layer %s is missing", diff_id);
		return err_hint(m->e, form, "system check --repair makes it anew");
	}
	if (form < 0)
		return err_sys(m->e, form, "layer %s", diff_id);
	if (form == LAYER_EROFS) {
		place_path(m, diff_id, path);
		r = image_ensure(m, diff_id, path);
		if (r < 0)
			return r;
	} else {
		layer_form_path(diff_id, LAYER_DIRECTORY, path);
	}
	strv_add(paths, arena, path);
	return 0;
}

/*
 * Is the same layer above this one? Then what this one has is hidden by that one, name by name, and
 * an overlay takes no directory twice.
 */
static bool is_repeated(const struct strv *diff_ids, size_t i)
{
	for (size_t k = i + 1; k < diff_ids->count; k++)
		if (strcmp(diff_ids->items[k], diff_ids->items[i]) == 0)
			return true;
	return false;
}

int layer_mounts(const struct state *state, bool is_holder, const struct strv *diff_ids,
		 struct arena *arena, struct strv *ret, struct err *e)
{
	struct mounting m = {
		.state = state, .is_holder = is_holder, .lock_fd = -EBADF, .e = e
	};
	struct strv paths = { 0 };
	int r = 0;

	for (size_t i = diff_ids->count; i > 0 && r == 0; i--)
		if (!is_repeated(diff_ids, i - 1))
			r = layer_add(&m, diff_ids->items[i - 1], arena, &paths);
	(void)fd_close(m.lock_fd);
	if (r < 0)
		return r;
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for layers");
	*ret = paths;
	return 0;
}
