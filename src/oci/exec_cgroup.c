/*
 * See exec_cgroup.h.
 *
 * Runs in: runtime.
 */
#include "oci/exec_cgroup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "linux/inroot.h"

enum { PROC_CGROUP_MAX = 64 * 1024 };

/* --- where init is ----------------------------------------------------------------------- */

/* The path of v2 in the text of /proc/PID/cgroup: the line "0::PATH". Cut out in place. */
static char *unified_path(char *text)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (str_starts(line, "0::"))
			return line + 3;
	return NULL;
}

static bool is_below(const char *path, const char *parent)
{
	return str_starts(path, parent) && path[strlen(parent)] == '/';
}

/* A group that hands down controllers takes no process: an init that manages groups of its own
 * has moved away from it, and a process beside it is where it is welcome. */
static int follow_init(struct cgroup *cgroup, pid_t init_pid, struct err *e)
{
	AUTO_FREE char *text = NULL;
	char name[64];
	char *path;
	int r;

	(void)snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)init_pid);
	AUTO_CLOSE int fd = open(name, O_RDONLY | O_CLOEXEC);

	r = fd < 0 ? -errno : fd_read_all(fd, PROC_CGROUP_MAX, &text, NULL);
	if (r < 0)
		return err_sys(e, r, "read %s", name);
	path = unified_path(text);
	if (!path || !is_below(path, cgroup->path))
		return 0;
	cgroup_done(cgroup);
	r = cgroup_init(cgroup, path, e);
	return r < 0 ? r : cgroup_open(cgroup, e);
}

/* --- --cgroup ---------------------------------------------------------------------------- */

/* Is `name` one of a comma separated list? */
static bool list_has(const char *list, size_t list_len, const char *name, size_t len)
{
	for (size_t i = 0; i <= list_len;) {
		size_t n = 0;

		while (i + n < list_len && list[i + n] != ',')
			n++;
		if (n == len && strncmp(list + i, name, n) == 0)
			return true;
		i += n + 1;
	}
	return false;
}

/* Do `controllers` name this hierarchy, "cpu,cpuacct", by one of its own? */
static bool is_named(const struct cgroup_hierarchy *hierarchy, const char *controllers,
		     size_t len)
{
	const char *name = hierarchy->name;

	while (*name) {
		size_t n = strcspn(name, ",");

		if (list_has(controllers, len, name, n))
			return true;
		name += n + (name[n] == ',');
	}
	return false;
}

static int hierarchy_enter(struct cgroup_hierarchy *hierarchy, const char *path)
{
	int fd = inroot_open(hierarchy->fd, path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return fd;
	(void)fd_close(hierarchy->fd);
	hierarchy->fd = fd;
	return 0;
}

/* Named ones must have the group; of all, those that have it. */
static int enter(struct cgroup *cgroup, const char *wanted, struct err *e)
{
	const char *colon = strchr(wanted, ':');
	const char *path = colon ? colon + 1 : wanted;
	size_t entered = 0;

	if (colon && cgroup->mode == CGROUP_V2)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "--cgroup %s: cgroup v2 has no hierarchies of controllers",
			       wanted);
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cgroup_hierarchy *h = &cgroup->hierarchies[i];
		int r;

		if (h->fd < 0 || (colon && !is_named(h, wanted, (size_t)(colon - wanted))))
			continue;
		r = hierarchy_enter(h, path);
		if (r < 0 && (colon || r != -ENOENT))
			return err_sys(e, r, "--cgroup %s: open the group in %s", wanted,
				       h->name);
		entered += r == 0;
	}
	return entered > 0 ? 0
			   : err_set(e, ERR_NOT_FOUND, -ENOENT,
				     "--cgroup %s: the container has no such cgroup", wanted);
}

int exec_cgroup_choose(struct cgroup *cgroup, const struct strv *wanted, pid_t init_pid,
		       struct err *e)
{
	int r = 0;

	if (cgroup->mode == CGROUP_NONE)
		return wanted->count == 0 ? 0
					  : err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
						    "--cgroup: the container has no cgroup");
	if (wanted->count == 0)
		return cgroup->mode == CGROUP_V2 ? follow_init(cgroup, init_pid, e) : 0;
	for (size_t i = 0; i < wanted->count && r == 0; i++)
		r = enter(cgroup, wanted->items[i], e);
	return r;
}
