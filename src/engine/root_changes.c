/*
 * See root_changes.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/root_changes.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "engine/root_copy.h"
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

static int compare(const struct strv *lower, void *context)
{
	struct comparison *c = context;
	int work_fd = c->changes->work.fd;
	AUTO_CLOSE int now = part_open(c->state, c->record->id, "root", c->e);
	AUTO_CLOSE int before = -EBADF;
	int r = now < 0 ? now : root_copy_make(work_fd, "before", lower, c->e);

	if (r < 0)
		return r;
	before = openat(work_fd, "before", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (before < 0 || mkdirat(work_fd, "changes", 0700) < 0)
		return err_sys(c->e, errno, "make a directory for the changes");
	c->changes->fd = openat(work_fd, "changes", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->changes->fd < 0 ? err_sys(c->e, errno, "open the directory of the changes")
				  : tree_diff(before, now, c->changes->fd, c->e);
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

void root_changes_close(struct root_changes *changes)
{
	changes->fd = fd_close(changes->fd);
	work_end(&changes->work);
}
