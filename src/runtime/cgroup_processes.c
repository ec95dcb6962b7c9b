/*
 * The processes of a control group: listed, frozen, killed.
 *
 * Killing on v1 is a race against fork: processes are listed and killed until none is left,
 * from the second round on while the group is frozen, so that a fork bomb cannot outrun it (a
 * frozen process takes SIGKILL when it is thawed). A pid may change its owner between being
 * read and being used, so it is pinned with a pidfd and looked for a second time.
 *
 * Runs in: cli (engine), runtime.
 * See: Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst, cgroup-v2.rst "cgroup.kill".
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "runtime/cgroup_file.h"

enum {
	PROCS_MAX = 16 * 1024 * 1024, /* bytes of one cgroup.procs */
	NESTING_MAX = 32,
	KILL_BATCH = 256
};
static const uint64_t freeze_timeout_ns = 10ull * 1000 * 1000 * 1000;

struct pid_list {
	pid_t *items;
	size_t count;
	size_t room;
};

static int pid_list_add(struct pid_list *list, pid_t pid)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 32;
		pid_t *items = reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = pid;
	return 0;
}

static bool pid_list_has(const struct pid_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i] == pid)
			return true;
	}
	return false;
}

static int procs_read(int dir_fd, struct pid_list *list)
{
	AUTO_CLOSE int fd = openat(dir_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *text = NULL;
	char *rest = NULL;
	int r;

	if (fd < 0)
		return -errno;
	r = fd_read_all(fd, PROCS_MAX, &text, NULL);
	/* ENODEV: the group is being removed. EOPNOTSUPP: a threaded one; its processes are
	 * listed in its parent. */
	if (r == -ENODEV || r == -EOPNOTSUPP)
		return 0;
	if (r < 0)
		return r;
	for (char *line = strtok_r(text, "\n", &rest); line && r == 0;
	     line = strtok_r(NULL, "\n", &rest)) {
		uint64_t pid = 0;

		/* 0 is a process that our pid namespace cannot see: it cannot be signalled by
		 * us either. */
		if (parse_u64(line, 1, INT32_MAX, &pid) == 0)
			r = pid_list_add(list, (pid_t)pid);
	}
	return r;
}

static int procs_walk(int dir_fd, struct pid_list *list, int depth)
{
	struct stat st;
	struct dirent *entry;
	DIR *dir;
	int fd;
	int r = procs_read(dir_fd, list);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	/* kernfs counts directories in the link count: 2 means none below. */
	if (fstat(dir_fd, &st) < 0 || st.st_nlink == 2)
		return 0;
	if (depth == NESTING_MAX)
		return -ELOOP;
	fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return 0;
	while (r == 0 && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		AUTO_CLOSE int below = openat(fd, entry->d_name,
					      O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (below >= 0)
			r = procs_walk(below, list, depth + 1);
	}
	(void)closedir(dir);
	return r;
}

/* The hierarchy that is asked for processes: of all that hold them the one that we can also
 * freeze. */
static struct cgroup_hierarchy *process_hierarchy(struct cgroup *cgroup)
{
	struct cgroup_hierarchy *h = cgroup_find(
		cgroup, cgroup->mode == CGROUP_V2 ? CGROUP_UNIFIED : CGROUP_FREEZER);

	for (size_t i = 0; (!h || h->fd < 0) && i < cgroup->count; i++)
		h = &cgroup->hierarchies[i];
	return h && h->fd >= 0 ? h : NULL;
}

static int pids_read(struct cgroup *cgroup, struct pid_list *list)
{
	struct cgroup_hierarchy *h = process_hierarchy(cgroup);

	return h ? procs_walk(h->fd, list, 0) : 0;
}

int cgroup_pids(struct cgroup *cgroup, pid_t **ret_pids, size_t *ret_count, struct err *e)
{
	struct pid_list list = { 0 };
	int r = pids_read(cgroup, &list);

	if (r < 0) {
		free(list.items);
		return err_sys(e, r, "read the processes of cgroup %s", cgroup->path);
	}
	*ret_pids = list.items;
	*ret_count = list.count;
	return 0;
}

static void pause_ns(uint64_t ns)
{
	struct timespec t = { .tv_nsec = (long)ns };

	(void)nanosleep(&t, NULL);
}

/* v1: writing FROZEN again moves on a group that was left FREEZING by a process that had been
 * busy; there is no event. */
static int freeze_v1(int fd, bool is_frozen, struct err *e)
{
	const char *wanted = is_frozen ? "FROZEN" : "THAWED";
	uint64_t end = clock_monotonic_ns() + freeze_timeout_ns;
	char state[16];

	for (uint64_t wait = 50 * 1000;; wait = wait < 10 * 1000 * 1000 ? wait * 2 : wait) {
		int r = cgroup_write(fd, "freezer.state", wanted, e);

		if (r < 0)
			return r;
		r = cgroup_read(fd, "freezer.state", state, sizeof(state));
		if (r < 0)
			return err_sys(e, r, "read freezer.state");
		if (strcmp(state, wanted) == 0)
			return 0;
		if (clock_monotonic_ns() > end)
			break;
		pause_ns(wait);
	}
	(void)cgroup_write(fd, "freezer.state", "THAWED", NULL);
	return err_set(e, ERR_INTERNAL, -ETIMEDOUT, "freezer.state stays \"%s\"", state);
}

static int events_say(int events_fd, const char *line)
{
	char text[256];
	ssize_t n = pread(events_fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	return strstr(text, line) != NULL;
}

/* Wait for a line of cgroup.events, which raises POLLPRI when it changes. Returns 0, -ETIMEDOUT,
 * or -ENODEV when the group went away, as systemd removes a scope that is empty. */
static int events_wait(int fd, const char *line, uint64_t timeout_ns)
{
	AUTO_CLOSE int events = openat(fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	uint64_t end = clock_monotonic_ns() + timeout_ns;

	if (events < 0)
		return -errno;
	for (;;) {
		struct pollfd p = { .fd = events, .events = POLLPRI };
		uint64_t now = clock_monotonic_ns();
		int r = events_say(events, line);

		if (r != 0)
			return r < 0 ? r : 0;
		if (now >= end)
			return -ETIMEDOUT;
		(void)poll(&p, 1, (int)((end - now) / 1000000 + 1));
	}
}

static int freeze_v2(int fd, bool is_frozen, struct err *e)
{
	int r = cgroup_write(fd, "cgroup.freeze", is_frozen ? "1" : "0", e);

	if (r < 0)
		return r;
	r = events_wait(fd, is_frozen ? "frozen 1" : "frozen 0", freeze_timeout_ns);
	return r < 0 ? err_sys(e, r, "cgroup.events: wait for frozen %d", is_frozen) : 0;
}

static struct cgroup_hierarchy *freezer(struct cgroup *cgroup)
{
	return cgroup_find(cgroup, cgroup->mode == CGROUP_V2 ? CGROUP_UNIFIED : CGROUP_FREEZER);
}

int cgroup_freeze(struct cgroup *cgroup, bool is_frozen, struct err *e)
{
	struct cgroup_hierarchy *h = freezer(cgroup);
	int r;

	FAULT("freeze");
	if (!h || h->fd < 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "cgroup %s: there is no freezer", cgroup->path);
	r = cgroup->mode == CGROUP_V2 ? freeze_v2(h->fd, is_frozen, e)
				      : freeze_v1(h->fd, is_frozen, e);
	return r < 0 ? err_wrap(e, r, "%s cgroup %s", is_frozen ? "freeze" : "thaw",
				cgroup->path)
		     : 0;
}

int cgroup_is_frozen(struct cgroup *cgroup)
{
	struct cgroup_hierarchy *h = freezer(cgroup);
	char state[16];
	int r;

	if (!h || h->fd < 0)
		return 0;
	r = cgroup_read(h->fd, cgroup->mode == CGROUP_V2 ? "cgroup.freeze" : "freezer.state",
			state, sizeof(state));
	if (r < 0)
		return r;
	return strcmp(state, "1") == 0 || str_starts(state, "FR");
}

static int pidfd_for(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Wait until the pinned processes have ended, or `end`. */
static void pidfds_wait(const int *pidfds, size_t count, uint64_t end)
{
	for (size_t i = 0; i < count; i++) {
		struct pollfd p = { .fd = pidfds[i], .events = POLLIN };
		uint64_t now = clock_monotonic_ns();

		if (p.fd >= 0 && now < end)
			(void)poll(&p, 1, (int)((end - now) / 1000000 + 1));
	}
}

/* One round: kill what is listed. Returns how many there were, or -errno. */
static int kill_round(struct cgroup *cgroup, bool is_freezing, uint64_t end)
{
	struct pid_list seen = { 0 };
	struct pid_list still = { 0 };
	int pidfds[KILL_BATCH];
	size_t count;
	int r;

	if (is_freezing && freezer(cgroup) && freezer(cgroup)->fd >= 0)
		(void)cgroup_write(freezer(cgroup)->fd, "freezer.state", "FROZEN", NULL);
	r = pids_read(cgroup, &seen);
	count = seen.count < KILL_BATCH ? seen.count : KILL_BATCH;
	for (size_t i = 0; i < count; i++)
		pidfds[i] = pidfd_for(seen.items[i]);
	if (r == 0 && count > 0)
		r = pids_read(cgroup, &still);
	for (size_t i = 0; i < count; i++) {
		if (pidfds[i] >= 0 && pid_list_has(&still, seen.items[i]))
			(void)syscall(SYS_pidfd_send_signal, pidfds[i], SIGKILL, NULL, 0);
	}
	if (freezer(cgroup) && freezer(cgroup)->fd >= 0)
		(void)cgroup_write(freezer(cgroup)->fd, "freezer.state", "THAWED", NULL);
	if (r == 0)
		pidfds_wait(pidfds, count, end);
	for (size_t i = 0; i < count; i++)
		(void)fd_close(pidfds[i]);
	free(seen.items);
	free(still.items);
	return r < 0 ? r : (int)count;
}

static int kill_v1(struct cgroup *cgroup, uint64_t timeout_ns)
{
	uint64_t end = clock_monotonic_ns() + timeout_ns;
	int r = kill_round(cgroup, false, end);

	for (int i = 0; r > 0 && clock_monotonic_ns() < end; i++) {
		/* A zombie stays listed until its parent, outside, reaps it. */
		if (i > 0)
			pause_ns(200 * 1000);
		r = kill_round(cgroup, true, end);
	}
	return r > 0 ? -ETIMEDOUT : r;
}

static int kill_v2(int fd, uint64_t timeout_ns)
{
	int r = cgroup_write(fd, "cgroup.kill", "1", NULL);

	if (r == 0)
		r = events_wait(fd, "populated 0", timeout_ns);
	return r == -ENODEV ? 0 : r;
}

int cgroup_kill(struct cgroup *cgroup, uint64_t timeout_ns, struct err *e)
{
	int r;

	FAULT("cgroup_kill");
	r = cgroup->mode == CGROUP_V2 && freezer(cgroup)->fd >= 0
		    ? kill_v2(freezer(cgroup)->fd, timeout_ns)
		    : -ENOENT;
	/* Before Linux 5.14 there is no cgroup.kill. */
	if (r == -ENOENT)
		r = kill_v1(cgroup, timeout_ns);
	return r < 0 ? err_sys(e, r, "kill the processes of cgroup %s", cgroup->path) : 0;
}
