/*
 * See mount_list.h.
 *
 * Runs in: cli.
 */
#include "cli/mount_list.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "cli/path.h"

enum { MOUNTS_MAX = 1024 };

const char *const mount_propagations[] = { "private", "rprivate", "shared", "rshared",
					   "slave",   "rslave",	  NULL };

bool mount_word_is_in(const char *word, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(*list, word) == 0)
			return true;
	}
	return false;
}

/* A new mount at the end of the list; NULL: too many, or no memory. */
static struct mount_request *mount_add(struct container_config *config, struct arena *arena,
				       const struct mount_request *mount)
{
	struct mount_request *mounts;

	if (config->mount_count == MOUNTS_MAX)
		return NULL;
	mounts = arena_array(arena, config->mount_count + 1, sizeof(*mounts));
	if (!mounts)
		return NULL;
	if (config->mount_count > 0)
		memcpy(mounts, config->mounts, config->mount_count * sizeof(*mounts));
	mounts[config->mount_count] = *mount;
	config->mounts = mounts;
	return &mounts[config->mount_count++];
}

int mount_push(struct run_options *options, struct arena *arena,
	       const struct mount_request *mount, struct err *e)
{
	if (mount_add(&options->config, arena, mount))
		return arena_ok(arena);
	return err_set(e, ERR_INVALID, -E2BIG, "more than %d mounts", MOUNTS_MAX);
}

int mount_destination(struct arena *arena, const char *path, char **ret, struct err *e)
{
	char *clean;

	if (path[0] != '/')
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid mount path: '%s' mount path must be absolute", path);
	if (strlen(path) >= PATH_MAX)
		return err_set(e, ERR_INVALID, -ENAMETOOLONG, "the mount path is too long");
	clean = path_clean(arena, path);
	if (!clean)
		return -ENOMEM;
	if (strcmp(clean, "/") == 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid specification: destination can't be '/'");
	*ret = clean;
	return 0;
}

/* An absolute path, or one relative to where we are. */
int mount_host_path(struct arena *arena, const char *path, char **ret, struct err *e)
{
	char here[PATH_MAX];

	if (strlen(path) >= PATH_MAX)
		return err_set(e, ERR_INVALID, -ENAMETOOLONG, "the source path is too long");
	if (path[0] == '/') {
		*ret = path_clean(arena, path);
		return arena_ok(arena);
	}
	if (!getcwd(here, sizeof(here)))
		return err_sys(e, errno, "find the current directory");
	*ret = path_clean(arena, arena_printf(arena, "%s/%s", here, path));
	return arena_ok(arena);
}

bool mount_is_relative(const char *path)
{
	return strcmp(path, ".") == 0 || strcmp(path, "..") == 0 || str_starts(path, "./") ||
	       str_starts(path, "../");
}

int mount_volume_name(struct arena *arena, const char *name, char **ret, struct err *e)
{
	if (!name_is_valid(name))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%s includes invalid characters for a local volume name, only "
			       "[a-zA-Z0-9][a-zA-Z0-9_.-] are"
			       " allowed; to pass a host directory, use an absolute path",
			       name);
	*ret = arena_copy(arena, name);
	return arena_ok(arena);
}

int options_check_mounts(const struct container_config *config, struct err *e)
{
	for (size_t i = 0; i < config->mount_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(config->mounts[i].destination,
				   config->mounts[j].destination) == 0)
				return err_set(
					e, ERR_INVALID, -EINVAL,
					"-v, --mount, --tmpfs: Duplicate mount point: %s",
					config->mounts[i].destination);
		}
	}
	return 0;
}
