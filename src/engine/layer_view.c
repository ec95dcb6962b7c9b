/*
 * See layer_view.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/layer_view.h"

#include <fcntl.h>

#include "image/layers_visit.h"
#include "linux/mounts.h"
#include "linux/overlay.h"

struct view {
	const char *top;
	int fd;
	struct err *e;
};

/* An overlay without an upper directory wants two layers. */
static int tree_mount(const struct strv *lower, struct err *e)
{
	const struct overlay overlay = { .lower = lower,
					 .options = "userxattr",
					 .classic_target = "mnt" };
	int fd;

	if (lower->count != 1)
		return overlay_mount(&overlay, e);
	fd = mount_clone(AT_FDCWD, lower->items[0], 0);
	return fd < 0 ? err_sys(e, fd, "open layer %s", lower->items[0]) : fd;
}

static int view_visit(const struct strv *layers, void *context)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct view *v = context;
	struct strv lower = { 0 };

	if (v->top)
		strv_add(&lower, &arena, v->top);
	for (size_t i = 0; i < layers->count; i++)
		strv_add_borrowed(&lower, &arena, layers->items[i]);
	if (arena_ok(&arena) < 0)
		return err_set(v->e, ERR_INTERNAL, -ENOMEM, "no memory for layers");
	v->fd = tree_mount(&lower, v->e);
	return v->fd < 0 ? v->fd : 0;
}

int layer_view_open(const struct state *state, const struct strv *layers, const char *top,
		    struct err *e)
{
	struct view view = { .top = top, .e = e };
	int r = layers_visit(state, layers, view_visit, &view, e);

	return r < 0 ? r : view.fd;
}
