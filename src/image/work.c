/*
 * See work.h.
 *
 * A directory is made and locked under the shared lock of all images, and debris is looked for
 * under the exclusive one, so that nobody takes a directory for debris between its mkdir and
 * its flock.
 *
 * Runs in: cli (engine).
 */
#include "image/work.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "image/sweep.h"

enum { WORK_LIST_MAX = 1024 * 1024 };

static int images_lock_how(const struct state *state, int how, struct err *e)
{
	int fd = openat(state->root_fd, "images/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int r;

	if (fd < 0 && errno == ENOENT && dir_make(state->root_fd, "images", 0700) == 0)
		fd = openat(state->root_fd, "images/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, errno, "open %s/images/lock", state->root);
	r = file_flock(fd, how);
	if (r < 0) {
		(void)fd_close(fd);
		return err_sys(e, r, "lock %s/images/lock", state->root);
	}
	return fd;
}

int images_lock(const struct state *state, bool is_exclusive, struct err *e)
{
	return images_lock_how(state, is_exclusive ? LOCK_EX : LOCK_SH, e);
}

static int work_make(struct work *work, struct err *e)
{
	char id[ID_SIZE];
	char path[64];
	int r = id_make(id);

	if (r < 0)
		return err_sys(e, r, "make a random name");
	memcpy(work->name, id, WORK_NAME_SIZE - 1);
	work->name[WORK_NAME_SIZE - 1] = '\0';
	(void)snprintf(path, sizeof(path), "tmp/%s", work->name);
	FAULT("mkdir");
	r = dir_make(work->state->root_fd, path, 0700);
	if (r < 0)
		return err_sys(e, r, "make %s/%s", work->state->root, path);
	work->fd = openat(work->state->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	work->lock_fd = openat(work->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (work->fd < 0 || work->lock_fd < 0)
		return err_sys(e, errno, "open %s/%s", work->state->root, path);
	/* Whoever counts debris holds it for a moment: wait for him. */
	r = file_flock(work->lock_fd, LOCK_EX);
	return r < 0 ? err_sys(e, r, "lock %s/%s", work->state->root, path) : 0;
}

int work_begin(const struct state *state, struct work *ret, struct err *e)
{
	AUTO_CLOSE int images = -EBADF;
	struct err debris = { 0 };

	*ret = (struct work){ .state = state, .fd = -EBADF, .lock_fd = -EBADF };
	/*
	 * Debris that cannot be removed is no reason not to work; image_check says so. Never
	 * waiting: the caller may hold the images himself (a container's volumes are made while
	 * its image is held).
	 */
	if (work_recover_now(state, &debris) < 0)
		log_debug("%s", debris.text);
	images = images_lock(state, false, e);
	if (images < 0)
		return images;
	return work_make(ret, e);
}

int work_announce(const struct work *work, const char *list, const struct str *lines,
		  struct err *e)
{
	int r = file_replace(work->fd, list, str_text(lines), lines->len, 0600, FILE_FAST);

	return r < 0 ? err_sys(e, r, "write %s/tmp/%s/%s", work->state->root, work->name, list)
		     : 0;
}

static int work_remove(const struct state *state, const char *name)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "tmp/%s", name);
	return dir_remove(state->root_fd, path);
}

void work_abandon(struct work *work)
{
	work->name[0] = '\0';
	work_end(work);
}

void work_end(struct work *work)
{
	if (work->name[0])
		(void)work_remove(work->state, work->name);
	work->fd = fd_close(work->fd);
	work->lock_fd = fd_close(work->lock_fd);
	work->name[0] = '\0';
}

/*
 * Does anybody hold this work directory? One that has no lock (file) is nobody's. Asked for a
 * shared lock, so that two who ask do not take each other for the holder.
 */
static bool work_is_held(int tmp_fd, const char *name)
{
	char path[PATH_MAX];
	AUTO_CLOSE int fd = -EBADF;

	(void)snprintf(path, sizeof(path), "%s/lock", name);
	fd = openat(tmp_fd, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno != ENOENT && errno != ENOTDIR;
	return flock(fd, LOCK_SH | LOCK_NB) < 0;
}

/* A list of a work directory, "" when it has none. */
static int work_read(const struct state *state, const char *name, const char *list, char **ret)
{
	char path[PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "tmp/%s/%s", name, list);
	r = file_read(state->root_fd, path, WORK_LIST_MAX, ret, NULL);
	if (r != -ENOENT && r != -ENOTDIR)
		return r;
	*ret = strdup("");
	return *ret ? 0 : -ENOMEM;
}

/* What it was publishing or removing when it died. */
static int work_withdraw(const struct state *state, const char *name)
{
	static const char *const lists[] = { WORK_PUBLISHING, WORK_REMOVING };
	int r = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && r == 0; i++) {
		AUTO_FREE char *lines = NULL;

		r = work_read(state, name, lists[i], &lines);
		if (r == 0 && lines[0])
			r = sweep_withdraw(state, NULL, lines, NULL);
	}
	return r;
}

/* The names of everything below tmp that somebody holds, or that nobody does. */
static int work_list(const struct state *state, bool is_held, struct arena *arena,
		     struct strv *ret)
{
	DIR *dir;
	struct dirent *entry;
	int fd = openat(state->root_fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*ret = (struct strv){ 0 };
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return -ENOMEM;
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    work_is_held(dirfd(dir), entry->d_name) == is_held)
			strv_add(ret, arena, entry->d_name);
	(void)closedir(dir);
	return arena_ok(arena);
}

int work_announced(const struct state *state, const struct work *except, struct arena *arena,
		   struct strv *ret, struct err *e)
{
	struct strv names = { 0 };
	int r = work_list(state, true, arena, &names);

	*ret = (struct strv){ 0 };
	for (size_t i = 0; i < names.count && r == 0; i++) {
		AUTO_FREE char *lines = NULL;
		char *rest;
		char *line;

		if (except && strcmp(except->name, names.items[i]) == 0)
			continue;
		r = work_read(state, names.items[i], WORK_PUBLISHING, &lines);
		rest = lines;
		while (r == 0 && (line = strsep(&rest, "\n")))
			if (line[0])
				strv_add(ret, arena, line);
	}
	if (r == 0)
		r = arena_ok(arena);
	return r < 0 ? err_sys(e, r, "read what others are publishing in %s/tmp", state->root)
		     : 0;
}

int work_publishing(const struct work *work, char **ret, struct err *e)
{
	int r = work_read(work->state, work->name, WORK_PUBLISHING, ret);

	return r < 0 ? err_sys(e, r, "read %s/tmp/%s/%s", work->state->root, work->name,
			       WORK_PUBLISHING)
		     : 0;
}

int work_count_debris(const struct state *state, size_t *ret, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv names;
	int r = work_list(state, false, &arena, &names);

	if (r < 0)
		return err_sys(e, r, "look through %s/tmp", state->root);
	*ret = names.count;
	return 0;
}

/* Under the lock: what is debris for sure, with what it was publishing taken back. */
static int work_withdraw_all(const struct state *state, int how, struct arena *arena,
			     struct strv *ret, struct err *e)
{
	AUTO_CLOSE int images = images_lock_how(state, how, e);
	int r;

	if (images < 0)
		return images;
	r = work_list(state, false, arena, ret);
	for (size_t i = 0; i < ret->count && r == 0; i++)
		r = work_withdraw(state, ret->items[i]);
	if (r < 0)
		return err_sys(e, r, "take back what an earlier command left in %s/tmp",
			       state->root);
	return sweep_temporaries(state, e);
}

static int work_recover_how(const struct state *state, int how, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv names = { 0 };
	size_t count = 0;
	int r = work_count_debris(state, &count, e);

	/* Without the lock the count may include a directory that is just being made; it is
	 * looked at again. */
	if (r < 0 || count == 0)
		return r;
	r = work_withdraw_all(state, how, &arena, &names, e);
	/* Their names are random and never used again, so nobody else cares: deleting needs no
	 * lock. */
	for (size_t i = 0; i < names.count && r == 0; i++)
		r = work_remove(state, names.items[i]);
	return r < 0 ? err_sys(e, r, "remove what an earlier command left in %s/tmp",
			       state->root)
		     : 0;
}

int work_recover(const struct state *state, struct err *e)
{
	return work_recover_how(state, LOCK_EX, e);
}

int work_recover_now(const struct state *state, struct err *e)
{
	return work_recover_how(state, LOCK_EX | LOCK_NB, e);
}
