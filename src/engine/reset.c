/*
 * system reset: remove everything of this instance.
 *
 * Runs in: cli (engine).
 * See: engine.h.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "engine/container_end.h"
#include "engine/networks.h"
#include "engine/resolver.h"
#include "image/holder.h"
#include "runtime/cgroup.h"

/* Everything in a directory that is only ours; the directory stays. */
static int empty(int dir_fd, const char *path, struct err *e)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int result = 0;

	if (!dir) {
		(void)fd_close(fd);
		return fd < 0 && errno == ENOENT ? 0 : err_sys(e, errno, "open %s", path);
	}
	while ((entry = readdir(dir))) {
		int r;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = dir_remove(dirfd(dir), entry->d_name);
		if (r < 0 && result == 0)
			result = err_sys(e, r, "remove %s/%s", path, entry->d_name);
	}
	(void)closedir(dir);
	return result;
}

int engine_reset(struct engine *engine, struct err *e)
{
	static const char *const parts[] = { "containers", "pending", "names",	"volumes",
					     "images",	   "blobs",   "layers", "partial",
					     "tmp",	   "seccomp", "userns" };
	AUTO_ARENA struct arena arena = { 0 };
	char parent[CGROUP_PATH_SIZE];
	struct strv ids = { 0 };
	int r = container_dir_list(&engine->state, DIR_CONTAINERS, &arena, &ids, e);

	for (size_t i = 0; i < ids.count && r == 0; i++)
		r = engine_remove(engine, ids.items[i], true, true, e);
	if (r == 0)
		r = container_repair(engine, e);
	if (r == 0)
		r = resolver_end(engine, e);
	if (r == 0)
		r = holder_remove(&engine->state, e);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == 0; i++)
		r = empty(engine->state.root_fd, parts[i], e);
	if (r == 0)
		r = engine_networks_remove(engine, e);
	if (r == 0)
		r = empty(engine->state.runroot_fd, "containers", e);
	if (r < 0)
		return r;
	(void)snprintf(parent, sizeof(parent), "/%s", engine->state.instance);
	cgroup_remove_parent(parent);
	return 0;
}
