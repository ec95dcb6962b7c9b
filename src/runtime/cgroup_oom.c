/*
 * See cgroup_oom.h.
 *
 * Runs in: runtime.
 */
#include "runtime/cgroup_oom.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "runtime/cgroup_file.h"

enum { EVENT_FDS_SIZE = 32, INOTIFY_SIZE = 4096 };

/* --- v1 ---------------------------------------------------------------------------------- */

static int open_eventfd(struct cgroup_oom *oom)
{
	char text[EVENT_FDS_SIZE];
	AUTO_CLOSE int control =
		openat(oom->dir_fd, "memory.oom_control", O_RDONLY | O_CLOEXEC);
	int r;

	if (control < 0)
		return -errno;
	oom->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (oom->fd < 0)
		return -errno;
	(void)snprintf(text, sizeof(text), "%d %d", oom->fd, control);
	r = cgroup_write(oom->dir_fd, "cgroup.event_control", text, NULL);
	return r;
}

/* The removal of a group is told, too: then the group has no files any more. */
static bool read_eventfd(const struct cgroup_oom *oom)
{
	uint64_t count;

	return read(oom->fd, &count, sizeof(count)) == (ssize_t)sizeof(count) &&
	       faccessat(oom->dir_fd, "cgroup.event_control", F_OK, 0) == 0;
}

/* --- v2 ---------------------------------------------------------------------------------- */

/* The line "oom_kill N". */
static uint64_t kills_read(const struct cgroup_oom *oom)
{
	static const char key[] = "oom_kill ";
	char text[CGROUP_VALUE_MAX];
	char *save = NULL;
	uint64_t kills = 0;

	if (cgroup_read(oom->dir_fd, "memory.events", text, sizeof(text)) < 0)
		return oom->kills;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (str_starts(line, key))
			(void)parse_u64(line + strlen(key), 0, UINT64_MAX, &kills);
	return kills;
}

static int open_inotify(struct cgroup_oom *oom)
{
	char path[64];

	oom->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (oom->fd < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/memory.events", oom->dir_fd);
	if (inotify_add_watch(oom->fd, path, IN_MODIFY) < 0)
		return -errno;
	oom->is_unified = true;
	oom->kills = kills_read(oom);
	return 0;
}

/* The file changes for other reasons as well, and one change may stand for many. */
static bool read_inotify(struct cgroup_oom *oom)
{
	char events[INOTIFY_SIZE];
	uint64_t kills;
	bool is_new;

	while (read(oom->fd, events, sizeof(events)) > 0)
		continue;
	kills = kills_read(oom);
	is_new = kills > oom->kills;
	oom->kills = kills;
	return is_new;
}

/* --- both -------------------------------------------------------------------------------- */

int cgroup_oom_open(const struct cgroup *cgroup, struct cgroup_oom *ret, struct err *e)
{
	struct cgroup_oom oom = { .fd = -EBADF, .dir_fd = cgroup_memory_fd(cgroup) };
	int r = 0;

	if (oom.dir_fd >= 0)
		r = cgroup->mode == CGROUP_V2 ? open_inotify(&oom) : open_eventfd(&oom);
	if (r == -ENOENT) { /* no memory controller here */
		cgroup_oom_close(&oom);
		r = 0;
	}
	if (r < 0) {
		cgroup_oom_close(&oom);
		return err_sys(e, r, "watch the memory of cgroup %s", cgroup->path);
	}
	*ret = oom;
	return 0;
}

void cgroup_oom_close(struct cgroup_oom *oom)
{
	oom->fd = fd_close(oom->fd);
}

bool cgroup_oom_read(struct cgroup_oom *oom)
{
	return oom->is_unified ? read_inotify(oom) : read_eventfd(oom);
}
