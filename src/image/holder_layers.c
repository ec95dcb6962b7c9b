/*
 * The layers that are mounted in the holder, and are to be mounted no more.
 *
 * Runs in: cli (engine).
 * See: holder.h; layer_mounts.h for how they come there.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "format/digest.h"
#include "image/holder.h"
#include "image/holder_make.h"
#include "image/layer.h"
#include "linux/mounts.h"

enum { PATH_SIZE = 96 };

struct forgetting {
	const struct state *state;
	const char *name; /* of one; NULL: those that are lost */
	bool is_forgetting;
	size_t count;
};

static int forget(const char *name)
{
	char path[PATH_SIZE];
	int r;

	(void)snprintf(path, sizeof(path), HOLDER_LAYERS "/%.64s", name);
	r = mount_detach(path);
	if (r < 0 && r != -EINVAL && r != -ENOENT)
		return r;
	FAULT("rmdir");
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

/* Mounted, and not there any more? A directory that nobody came to mount on harms nobody. */
static bool is_lost(const struct state *state, const char *name)
{
	char path[PATH_SIZE];
	char diff_id[DIGEST_SIZE];

	(void)snprintf(path, sizeof(path), HOLDER_LAYERS "/%.64s", name);
	(void)snprintf(diff_id, sizeof(diff_id), "sha256:%.64s", name);
	return digest_is_valid(diff_id) && mount_is_on(path) > 0 &&
	       layer_find(state, diff_id) != LAYER_EROFS;
}

static int forget_lost(struct forgetting *f)
{
	int fd = open(HOLDER_LAYERS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		(void)fd_close(fd);
		return fd < 0 ? -errno : -ENOMEM;
	}
	while (r == 0 && (entry = readdir(dir))) {
		if (!is_lost(f->state, entry->d_name))
			continue;
		f->count++;
		r = f->is_forgetting ? forget(entry->d_name) : 0;
	}
	(void)closedir(dir);
	return r;
}

static int forget_visit(bool is_holder, void *context)
{
	struct forgetting *f = context;

	(void)is_holder;
	return f->name ? forget(f->name) : forget_lost(f);
}

/* Under the lock, or one that is being mounted would be missed. */
static int forget_locked(struct forgetting *f, struct err *e)
{
	AUTO_CLOSE int lock = holder_lock(f->state, e);

	return lock < 0 ? lock : holder_visit_made(f->state, forget_visit, f, e);
}

int holder_forget(const struct state *state, const char *name, struct err *e)
{
	struct forgetting f = { .state = state, .name = name };
	int r = forget_locked(&f, e);

	return r < 0 ? err_sys(e, r, "unmount layer %.12s", name) : 0;
}

int holder_count_lost(const struct state *state, bool is_forgetting, size_t *ret, struct err *e)
{
	struct forgetting f = { .state = state, .is_forgetting = is_forgetting };
	int r = forget_locked(&f, e);

	if (r < 0)
		return err_sys(e, r, "look for mounted layers");
	*ret = f.count;
	return 0;
}
