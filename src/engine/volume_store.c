/*
 * See volume_store.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/volume_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "format/json.h"
#include "image/work.h"

enum { VOLUME_JSON_MAX = 1024 * 1024, VOLUME_VERSION = 1 };

void volume_path(char path[VOLUME_PATH_SIZE], const char *name, const char *file)
{
	(void)snprintf(path, VOLUME_PATH_SIZE, "volumes/%s%s%s", name, file ? "/" : "",
		       file ? file : "");
}

int volumes_lock(const struct state *state, bool is_exclusive, struct err *e)
{
	AUTO_CLOSE int fd =
		openat(state->root_fd, "volumes", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : file_flock(fd, is_exclusive ? LOCK_EX : LOCK_SH);

	return r < 0 ? err_sys(e, r, "lock %s/volumes", state->root) : fd_take(&fd);
}

bool volume_exists(const struct state *state, const char *name)
{
	char path[VOLUME_PATH_SIZE];

	volume_path(path, name, NULL);
	return faccessat(state->root_fd, path, F_OK, 0) == 0;
}

static int json_write(int dir_fd, const struct volume_making *making, struct err *e)
{
	static const struct strv no_labels = { 0 };
	AUTO_STR struct str text = { 0 };
	struct json_writer w = { .out = &text };
	int r;

	json_begin_object(&w, NULL);
	json_write_i64(&w, "version", VOLUME_VERSION);
	json_write_u64(&w, "created_ns", clock_wall_ns());
	if (making->owner)
		json_write_text(&w, "anonymous_of", making->owner);
	json_write_map(&w, "labels", making->labels ? making->labels : &no_labels);
	json_end_object(&w);
	r = str_ok(&text);
	if (r == 0)
		r = file_replace(dir_fd, "volume.json", text.data, text.len, 0600, FILE_FAST);
	return r < 0 ? err_sys(e, r, "write volume.json of volume %s", making->name) : 0;
}

static int volume_build(int dir_fd, const struct volume_making *making, struct err *e)
{
	AUTO_CLOSE int data_fd = -EBADF;
	int r;

	FAULT("mkdir");
	if (mkdirat(dir_fd, "_data", 0755) < 0)
		return err_sys(e, errno, "make the data directory of volume %s", making->name);
	if ((making->uid != 0 || making->gid != 0) &&
	    fchownat(dir_fd, "_data", making->uid, making->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "give the data directory of volume %s its owner",
			       making->name);
	r = json_write(dir_fd, making, e);
	if (r == 0 && making->open)
		r = making->open(making->context, e);
	if (r <= 0)
		return r;
	data_fd = openat(dir_fd, "_data", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (data_fd < 0)
		return err_sys(e, errno, "open the data directory of volume %s", making->name);
	r = making->fill(making->context, data_fd, e);
	return r < 0 ? err_wrap(e, r, "fill volume %s from the image", making->name) : 0;
}

/* Only whoever loses finds the name taken: the directory that is moved there is never empty. */
static int volume_move(const struct state *state, const char *from, const char *to)
{
	FAULT("rename");
	return renameat(state->root_fd, from, state->root_fd, to) < 0 ? -errno : 0;
}

/* Built where a killed command's work is found and removed by the next one. */
static int volume_make_in(const struct work *work, const struct volume_making *making,
			  struct err *e)
{
	AUTO_CLOSE int dir_fd = -EBADF;
	char from[VOLUME_PATH_SIZE];
	char to[VOLUME_PATH_SIZE];
	int r;

	FAULT("mkdir");
	if (mkdirat(work->fd, "volume", 0700) < 0)
		return err_sys(e, errno, "make volume %s", making->name);
	dir_fd = openat(work->fd, "volume", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir_fd < 0)
		return err_sys(e, errno, "open volume %s", making->name);
	r = volume_build(dir_fd, making, e);
	if (r < 0)
		return r;
	(void)snprintf(from, sizeof(from), "tmp/%s/volume", work->name);
	volume_path(to, making->name, NULL);
	r = volume_move(work->state, from, to);
	if (r == -ENOTEMPTY || r == -EEXIST)
		return 0;
	return r < 0 ? err_sys(e, r, "publish volume %s", making->name) : 1;
}

int volume_make(const struct state *state, const struct volume_making *making, struct err *e)
{
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	int r;

	if (volume_exists(state, making->name))
		return 0;
	r = work_begin(state, &work, e);
	return r < 0 ? r : volume_make_in(&work, making, e);
}

/* A volume is there or not, never half. In tmp nobody holds it, so whoever comes next may finish
 * this. */
int volume_hide(const struct state *state, const char *name, char gone[VOLUME_GONE_SIZE],
		struct err *e)
{
	char path[VOLUME_PATH_SIZE];
	char id[ID_SIZE];
	int r = id_make(id);

	if (r < 0)
		return err_sys(e, r, "make a random name");
	volume_path(path, name, NULL);
	(void)snprintf(gone, VOLUME_GONE_SIZE, "tmp/%s", id);
	r = volume_move(state, path, gone);
	if (r == -ENOENT)
		gone[0] = '\0';
	return r < 0 && r != -ENOENT ? err_sys(e, r, "remove volume %s", name) : 0;
}

int volume_erase(const struct state *state, const char *gone, struct err *e)
{
	int r = gone[0] ? dir_remove(state->root_fd, gone) : 0;

	return r < 0 ? err_sys(e, r, "remove the data of a volume in %s/%s", state->root, gone)
		     : 0;
}

static int volume_parse(struct json_object *o, struct arena *arena, struct volume *ret,
			char **ret_owner, struct err *e)
{
	int64_t version = 0;
	int r = json_get_i64(o, "volume", "version", 0, INT32_MAX, &version, e);

	if (r == 0 && version != VOLUME_VERSION)
		r = err_set(e, ERR_INVALID, -EINVAL, "volume.version: %lld is not known",
			    (long long)version);
	if (r == 0)
		r = json_get_u64(o, "volume", "created_ns", UINT64_MAX, &ret->created_ns, e);
	if (r == 0)
		r = json_get_string(o, "volume", "anonymous_of", arena, ret_owner, e);
	if (r == 0)
		r = json_get_map(o, "volume", "labels", arena, &ret->labels, e);
	ret->is_anonymous = *ret_owner != NULL;
	return r;
}

int volume_read(const struct state *state, const char *name, struct arena *arena,
		struct volume *ret, char **ret_owner, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	AUTO_FREE char *text = NULL;
	struct volume volume = { 0 };
	char path[VOLUME_PATH_SIZE];
	char *owner = NULL;
	size_t len;
	int r;

	if (!name_is_valid(name) || !volume_exists(state, name))
		return err_set(e, ERR_NOT_FOUND, -ENOENT, "no such volume: %s", name);
	volume_path(path, name, "volume.json");
	r = file_read(state->root_fd, path, VOLUME_JSON_MAX, &text, &len);
	if (r < 0)
		return err_sys(e, r, "read %s/%s", state->root, path);
	r = json_parse(text, len, VOLUME_JSON_MAX, path, &o, e);
	if (r == 0)
		r = volume_parse(o, arena, &volume, &owner, e);
	if (r < 0)
		return err_wrap(e, r, "volume %s", name);
	(void)str_copy(volume.name, sizeof(volume.name), name);
	volume.mountpoint = arena_printf(arena, "%s/volumes/%s/_data", state->root, name);
	*ret = volume;
	if (ret_owner)
		*ret_owner = owner;
	return arena_ok(arena);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int volume_names(const struct state *state, struct arena *arena, struct strv *ret,
		 struct err *e)
{
	int fd = openat(state->root_fd, "volumes", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return err_sys(e, errno, "open %s/volumes", state->root);
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_sys(e, ENOMEM, "list %s/volumes", state->root);
	}
	while ((entry = readdir(dir)))
		if (name_is_valid(entry->d_name))
			strv_add(ret, arena, entry->d_name);
	(void)closedir(dir);
	if (ret->count > 1)
		qsort(ret->items, ret->count, sizeof(ret->items[0]), compare_names);
	return arena_ok(arena);
}
