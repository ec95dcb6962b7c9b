/*
 * See names.h.
 *
 * Runs in: cli (engine).
 */
#include "store/names.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/fd.h"
#include "store/container_dir.h"

enum { NAME_PATH_SIZE = 272, RESERVE_TRIES = 8 };

static int name_path(const char *name, char path[NAME_PATH_SIZE])
{
	int n = snprintf(path, NAME_PATH_SIZE, "names/%s", name);

	return n < 0 || n >= NAME_PATH_SIZE ? -ENAMETOOLONG : 0;
}

int name_find(const struct state *state, const char *name, char ret_id[ID_SIZE])
{
	char path[NAME_PATH_SIZE];
	char id[ID_SIZE + 1];
	ssize_t len;

	if (!name_is_valid(name) || name_path(name, path) < 0)
		return -ENOENT;
	len = readlinkat(state->root_fd, path, id, sizeof(id));
	if (len < 0)
		return -errno;
	if (len != ID_LEN)
		return -ENOENT;
	id[len] = '\0';
	if (!id_is_valid(id))
		return -ENOENT;
	memcpy(ret_id, id, ID_SIZE);
	return 0;
}

static int name_link(const struct state *state, const char *path, const char *id)
{
	FAULT("symlink");
	return symlinkat(id, state->root_fd, path) < 0 ? -errno : 0;
}

static int name_unlink(const struct state *state, const char *path)
{
	FAULT("unlink");
	return unlinkat(state->root_fd, path, 0) < 0 && errno != ENOENT ? -errno : 0;
}

int name_reserve(const struct state *state, const char *name, const char *id,
		 char ret_owner[ID_SIZE], struct err *e)
{
	char path[NAME_PATH_SIZE];
	char owner[ID_SIZE] = "";
	int r = name_path(name, path);

	if (r < 0)
		return err_sys(e, r, "container name %s", name);
	for (int i = 0; i < RESERVE_TRIES; i++) {
		r = name_link(state, path, id);
		if (r == 0)
			return 0;
		if (r != -EEXIST)
			return err_sys(e, r, "reserve the name %s", name);
		if (name_find(state, name, owner) == 0 && container_dir_exists(state, owner))
			break;
		r = name_unlink(state, path);
		if (r < 0)
			return err_sys(e, r, "remove the stale name %s", name);
	}
	if (ret_owner)
		memcpy(ret_owner, owner, ID_SIZE);
	return err_set(e, ERR_CONFLICT, -EEXIST,
		       "Conflict. The container name \"/%s\" is already in use by container "
		       "\"%s\". You have to remove "
		       "(or rename) that container to be able to reuse that name.",
		       name, owner);
}

int name_release(const struct state *state, const char *name, const char *id)
{
	char path[NAME_PATH_SIZE];
	char owner[ID_SIZE];

	if (name_find(state, name, owner) < 0 || strcmp(owner, id) != 0 ||
	    name_path(name, path) < 0)
		return 0;
	return name_unlink(state, path);
}

int name_list(const struct state *state, struct arena *arena, struct strv *ret, struct err *e)
{
	int fd = openat(state->root_fd, "names", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	char id[ID_SIZE];
	DIR *dir;

	if (fd < 0)
		return err_sys(e, errno, "open %s/names", state->root);
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_sys(e, ENOMEM, "list %s/names", state->root);
	}
	while ((entry = readdir(dir))) {
		if (name_find(state, entry->d_name, id) < 0)
			continue;
		strv_add(ret, arena, entry->d_name);
		strv_add(ret, arena, id);
	}
	(void)closedir(dir);
	return arena_ok(arena);
}

int name_release_all(const struct state *state, const char *id)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv names = { 0 };
	int result = name_list(state, &arena, &names, NULL);

	for (size_t i = 0; i + 1 < names.count; i += 2) {
		int r = strcmp(names.items[i + 1], id) == 0
				? name_release(state, names.items[i], id)
				: 0;

		if (r < 0)
			result = r;
	}
	return result;
}
