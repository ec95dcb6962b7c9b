/*
 * See cgroup.h. The directories: made, opened, removed.
 *
 * A directory costs 10 to 120 us (memory), which is most of what a control group costs; so
 * nothing is asked before it is made and its parent is only thought of when it turns out to be
 * missing.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/cgroup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "runtime/cgroup_cpuset.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_hierarchies.h"
#include "runtime/cgroup_v2.h"

int cgroup_init(struct cgroup *cgroup, const char *path, struct err *e)
{
	*cgroup = (struct cgroup){ .mode = CGROUP_NONE };
	if (path[0] != '/' || strstr(path, "/../") || str_ends(path, "/..") ||
	    str_ends(path, "/"))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cgroup path %s: not an absolute path of a group", path);
	if (str_copy(cgroup->path, sizeof(cgroup->path), path) < 0)
		return err_set(e, ERR_INVALID, -ENAMETOOLONG,
			       "cgroup path is longer than %d bytes", PATH_MAX - 1);
	return cgroup_hierarchies_read(cgroup, e);
}

void cgroup_done(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++)
		cgroup->hierarchies[i].fd = fd_close(cgroup->hierarchies[i].fd);
}

static int dir_create(const char *path)
{
	FAULT("mkdir");
	return mkdir(path, 0755) < 0 ? -errno : 0;
}

static int parent_create(const struct cgroup *cgroup, const struct cgroup_hierarchy *h,
			 const char *path, struct err *e)
{
	int r;

	if (h->controllers & CGROUP_CPUSET)
		return cpuset_parent_create(path, e);
	r = dir_create(path);
	if (r < 0 && r != -EEXIST)
		return err_sys(e, r, "mkdir %s", path);
	return cgroup->mode == CGROUP_V2 ? cgroup_v2_delegate(path, e) : 0;
}

/* All directories between the hierarchy's root and the group. */
static int parents_create(const struct cgroup *cgroup, const struct cgroup_hierarchy *h,
			  struct err *e)
{
	char path[CGROUP_PATH_MAX];
	size_t root;
	int r = cgroup_host_path(h, "", path, sizeof(path));

	if (r < 0 || access(path, F_OK) < 0)
		return err_sys(e, r < 0 ? r : errno, "cgroup hierarchy %s", path);
	root = strlen(path);
	if (cgroup->mode == CGROUP_V2) {
		r = cgroup_v2_delegate(path, e);
		if (r < 0)
			return r;
	}
	r = cgroup_host_path(h, cgroup->path, path, sizeof(path));
	for (char *end = path + root + 1; r == 0 && (end = strchr(end, '/')); end++) {
		*end = '\0';
		if (access(path, F_OK) < 0)
			r = parent_create(cgroup, h, path, e);
		*end = '/';
	}
	return r;
}

int cgroup_hierarchy_create(struct cgroup *cgroup, struct cgroup_hierarchy *h, struct err *e)
{
	char path[CGROUP_PATH_MAX];
	int r;

	if (h->fd >= 0)
		return 0;
	r = cgroup_host_path(h, cgroup->path, path, sizeof(path));
	if (r < 0)
		return err_sys(e, r, "cgroup %s", cgroup->path);
	/* More than once only when somebody removes the empty parent between our two calls. */
	for (int i = 0; i < 8; i++) {
		r = dir_create(path);
		if (r != -ENOENT)
			break;
		r = parents_create(cgroup, h, e);
		if (r < 0)
			return r;
		r = -ENOENT;
	}
	if (r < 0 && r != -EEXIST)
		return err_sys(e, r, "mkdir %s", path);
	h->was_there = r == -EEXIST;
	h->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (h->fd < 0)
		return err_sys(e, errno, "open %s", path);
	/* Parents of ours hand it down by themselves. */
	return cgroup->is_foreign && (h->controllers & CGROUP_CPUSET)
		       ? cpuset_complete(h, cgroup->path, e)
		       : 0;
}

static bool is_forbidden(int r)
{
	return r == -EACCES || r == -EPERM || r == -EROFS;
}

int cgroup_create(struct cgroup *cgroup, struct err *e)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cgroup_hierarchy *h = &cgroup->hierarchies[i];
		int r = h->is_wanted ? cgroup_hierarchy_create(cgroup, h, e) : 0;

		if (cgroup->is_optional && is_forbidden(r)) {
			log_debug("cgroup %s is not made in \"%s\": %s", cgroup->path, h->name,
				  strerror(-r));
		} else if (r < 0) {
			(void)cgroup_remove(cgroup, NULL);
			return err_wrap(e, r, "make cgroup %s", cgroup->path);
		}
	}
	return 0;
}

int cgroup_open(struct cgroup *cgroup, struct err *e)
{
	char path[CGROUP_PATH_MAX];

	for (size_t i = 0; i < cgroup->count; i++) {
		struct cgroup_hierarchy *h = &cgroup->hierarchies[i];
		int r = cgroup_host_path(h, cgroup->path, path, sizeof(path));

		if (r < 0)
			return err_sys(e, r, "cgroup %s", cgroup->path);
		if (h->fd >= 0)
			continue;
		h->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (h->fd < 0 && errno != ENOENT)
			return err_sys(e, errno, "open %s", path);
	}
	return 0;
}

int cgroup_open_join_files(const struct cgroup *cgroup, int fds[CGROUP_HIERARCHIES_MAX],
			   struct err *e)
{
	int count = 0;

	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cgroup_hierarchy *h = &cgroup->hierarchies[i];

		/* cgroup2 is joined by clone3: a write to its cgroup.procs waits 240 us for a
		 * grace period. */
		if (h->fd < 0 || (h->controllers & CGROUP_UNIFIED))
			continue;
		fds[count] = openat(h->fd, "tasks", O_WRONLY | O_CLOEXEC);
		if (fds[count] < 0) {
			int error = errno;

			while (count > 0)
				(void)fd_close(fds[--count]);
			return err_sys(e, error, "cgroup %s: open tasks of %s", cgroup->path,
				       h->name);
		}
		count++;
	}
	return count;
}

int cgroup_memory_fd(const struct cgroup *cgroup)
{
	uint32_t wanted = cgroup->mode == CGROUP_V2 ? CGROUP_UNIFIED : CGROUP_MEMORY;

	for (size_t i = 0; i < cgroup->count; i++) {
		if (cgroup->hierarchies[i].controllers & wanted)
			return cgroup->hierarchies[i].fd;
	}
	return -1;
}

int cgroup_into_fd(const struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		if (cgroup->hierarchies[i].controllers & CGROUP_UNIFIED)
			return cgroup->hierarchies[i].fd;
	}
	return -1;
}
