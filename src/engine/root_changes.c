/*
 * See root_changes.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/root_changes.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "engine/id_shift.h"
#include "engine/root_copy.h"
#include "engine/tree_copy.h"
#include "engine/tree_diff.h"
#include "image/layers_visit.h"
#include "store/container_dir.h"

struct comparison {
	const struct state *state;
	const struct record *record;
	struct root_changes *changes;
	struct err *e;
};

static int part_open(const struct state *state, const char *id, const char *part, struct err *e)
{
	char path[CONTAINER_PATH_SIZE];
	int fd;

	container_path(path, DIR_CONTAINERS, id, part);
	fd = openat(state->root_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(e, errno, "open %s/%s", state->root, path) : fd;
}

static int directory_new(int dir_fd, const char *name, struct err *e)
{
	int fd = mkdirat(dir_fd, name, 0700) < 0
			 ? -1
			 : openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? err_sys(e, errno, "make the directory %s", name) : fd;
}

/* The tree `from_fd` with the ids from inside. Returns its descriptor or -errno. */
static int copy_inward(int from_fd, const struct work *work, const struct record *record,
		       struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_CLOSE int fd = directory_new(work->fd, "inward", e);
	struct id_shift shift;
	int r = fd < 0 ? fd : id_shift_init(&shift, &record->config, &arena, e);

	if (r < 0)
		return r;
	shift.is_inward = true;
	r = tree_copy(from_fd, fd, &shift, e);
	return r < 0 ? r : fd_take(&fd);
}

/* As the container's root was made, so the same ids are the same. */
static int before_make(const struct comparison *c, const struct strv *lower)
{
	AUTO_ARENA struct arena arena = { 0 };
	int work_fd = c->changes->work.fd;
	struct id_shift shift;
	int r = id_shift_init(&shift, &c->record->config, &arena, c->e);
	int fd;

	if (r == 0)
		r = root_copy_make(work_fd, "before", lower,
				   c->record->is_shifted ? &shift : NULL, c->e);
	if (r < 0)
		return r;
	fd = openat(work_fd, "before", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(c->e, errno, "open the copy of the layers") : fd;
}

static int compare(const struct strv *lower, void *context)
{
	struct comparison *c = context;
	const struct work *work = &c->changes->work;
	AUTO_CLOSE int now = part_open(c->state, c->record->id, "root", c->e);
	AUTO_CLOSE int before = now < 0 ? now : before_make(c, lower);
	AUTO_CLOSE int changes = before < 0 ? before : directory_new(work->fd, "changes", c->e);
	int r = changes < 0 ? changes : tree_diff(before, now, changes, c->e);

	if (r < 0)
		return r;
	c->changes->fd = c->record->is_shifted ? copy_inward(changes, work, c->record, c->e)
					       : fd_take(&changes);
	return c->changes->fd < 0 ? c->changes->fd : 0;
}

int root_changes_open(const struct state *state, const struct record *record,
		      struct root_changes *ret, struct err *e)
{
	struct comparison c = { .state = state, .record = record, .changes = ret, .e = e };
	int r;

	*ret = (struct root_changes){ .fd = -EBADF,
				      .work = { .fd = -EBADF, .lock_fd = -EBADF } };
	if (!record_is_copied(record)) {
		ret->fd = part_open(state, record->id, "upper", e);
		return ret->fd < 0 ? ret->fd : 0;
	}
	r = work_begin(state, &ret->work, e);
	if (r == 0)
		r = layers_visit(state, &record->layers, compare, &c, e);
	if (r < 0)
		root_changes_close(ret);
	return r < 0 ? err_wrap(e, r, "find what container %.12s has changed", record->id) : 0;
}

int root_changes_open_all(const struct state *state, const struct record *record,
			  struct root_changes *ret, struct err *e)
{
	AUTO_CLOSE int root = part_open(state, record->id, "root", e);
	int r = root < 0 ? root : 0;

	*ret = (struct root_changes){ .fd = -EBADF,
				      .work = { .fd = -EBADF, .lock_fd = -EBADF } };
	if (r == 0 && !record->is_shifted)
		ret->fd = fd_take(&root);
	if (r < 0 || !record->is_shifted)
		return r;
	r = work_begin(state, &ret->work, e);
	if (r == 0)
		ret->fd = r = copy_inward(root, &ret->work, record, e);
	if (r < 0)
		root_changes_close(ret);
	return r < 0 ? err_wrap(e, r, "copy the root of container %.12s", record->id) : 0;
}

void root_changes_close(struct root_changes *changes)
{
	changes->fd = fd_close(changes->fd);
	work_end(&changes->work);
}
