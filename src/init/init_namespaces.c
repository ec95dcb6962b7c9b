/*
 * Into the cgroups and namespaces that others made, and out of those that are still shared;
 * then who we are in there.
 *
 * Runs in: init, first stages.
 * See: cgroups(7), setns(2), time_namespaces(7), user_namespaces(7).
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"
#include "linux/loopback.h"
#include "linux/namespace.h"
#include "linux/process.h"
#include "linux/procfs.h"
#include "proto/sync.h"

enum { PROCESSORS_MAX = 8192 };

/*
 * A file of ours in procfs, before the container has one: of the host's, or, where that is not in
 * reach (we were born in an empty namespace, or joined others), of one that nobody else has
 * mounted. Returns an fd owned by the caller or -errno.
 */
static int open_own_file(const struct init *init, const char *name)
{
	AUTO_CLOSE int proc_fd = -EBADF;
	char path[64];

	if (!init->is_in_namespaces)
		proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc_fd >= 0) {
		(void)snprintf(path, sizeof(path), "self/%s", name);
		return inroot_open(proc_fd, path, O_WRONLY);
	}
	proc_fd = procfs_open();
	(void)snprintf(path, sizeof(path), "%d/%s", (int)getpid(), name);
	return proc_fd < 0 ? proc_fd : inroot_open_same(proc_fd, path, O_WRONLY);
}

static int write_own(int fd, const char *name, const char *text, struct err *e)
{
	int r = fd < 0 ? fd : FAULT_OR("procfs_write", fd_write_all(fd, text, strlen(text)));

	return r < 0 ? err_sys(e, r, "write \"%s\" to /proc/self/%s", text, name) : 0;
}

/* Inherited by whom we bear; while the file is still ours to write. */
int init_set_oom_score(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	char text[16];

	if (!(plan->flags & PLAN_HAS_OOM_SCORE) || init->is_in_namespaces)
		return 0;
	AUTO_CLOSE int fd = open_own_file(init, "oom_score_adj");

	(void)snprintf(text, sizeof(text), "%d", (int)plan->oom_score_adj);
	return write_own(fd, "oom_score_adj", text, e);
}

/* Without its security module nothing would keep the promise of a label. */
int init_check_label(const struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;

	if (plan->selinux && access("/sys/fs/selinux/status", F_OK) < 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "SELinux label %s: SELinux is not enabled on this host",
			       plan_get_text(plan, plan->selinux));
	if (plan->apparmor && access("/sys/module/apparmor/parameters/enabled", F_OK) < 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "AppArmor profile %s: AppArmor is not enabled on this host",
			       plan_get_text(plan, plan->apparmor));
	return 0;
}

/* The label is written just before execve, when /proc is the container's: so its file is opened
 * here. */
static int open_label(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;

	if (!plan->apparmor && !plan->selinux)
		return 0;
	init->label_fd =
		open_own_file(init, plan->apparmor ? "attr/apparmor/exec" : "attr/exec");
	if (init->label_fd < 0 && plan->apparmor)
		init->label_fd = open_own_file(init, "attr/exec");
	return init->label_fd < 0
		       ? err_sys(e, init->label_fd, "open the file of the security label")
		       : 0;
}

static int set_processors(const struct plan_header *plan, struct plan_list mask, struct err *e)
{
	int r = mask.count == 0
			? 0
			: process_set_processors(plan_array(plan, mask, uint64_t), mask.count);

	return r < 0 ? err_sys(e, r, "set the processors (execCPUAffinity)") : 0;
}

/* Our caller may have been held on a few processors; the container's are those of its cgroup. The
 * kernel leaves out what is not there. Where we may not, they stay the caller's. */
static void reset_processors(void)
{
	uint64_t all[PROCESSORS_MAX / 64];

	memset(all, 0xff, sizeof(all));
	(void)process_set_processors(all, sizeof(all) / sizeof(all[0]));
}

/* "0" is the writer itself, which costs a tenth of a pid in cgroup.procs: we are
 * single-threaded, so `tasks` will do. */
int init_join_cgroups(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const int32_t *fds = plan_array(plan, plan->cgroup_fds, int32_t);
	int r;

	if (init->is_in_cgroups)
		return 0;
	r = set_processors(plan, plan->cpus_initial, e);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < plan->cgroup_fds.count; i++) {
		r = FAULT_OR("cgroup_join", fd_write_all(fds[i], "0", 1));

		if (r < 0)
			return err_sys(e, r, "join the container's cgroup (hierarchy %u)",
				       (unsigned int)i + 1);
		(void)fd_close(fds[i]);
	}
	init->is_in_cgroups = true;
	if (plan->cpus_initial.count == 0 && plan->cpus_final.count == 0)
		reset_processors();
	return set_processors(plan, plan->cpus_final, e);
}

static int join(const struct plan_header *plan, const struct plan_namespace *ns, struct err *e)
{
	int r = namespace_join(ns->fd, (int)ns->type);

	if (r < 0)
		return err_sys(e, r, "join namespaces 0x%x", (unsigned int)ns->type);
	if (ns->fd != plan->pid_fd)
		(void)fd_close(ns->fd);
	return 0;
}

/*
 * Those that we may join as who we are come first, for a user namespace takes our power over
 * what is not its own; those that only its power reaches (without root) come after it.
 */
int init_join_namespaces(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const struct plan_namespace *list =
		plan_array(plan, plan->join_namespaces, struct plan_namespace);
	const struct plan_namespace *user = NULL;
	uint32_t left = 0; /* CLONE_NEW* of those that were denied */
	int r = 0;

	if (init->is_in_namespaces)
		return 0;
	init->is_in_namespaces = true;
	for (uint32_t i = 0; i < plan->join_namespaces.count; i++)
		if (list[i].type & CLONE_NEWUSER)
			user = &list[i];
	for (uint32_t i = 0; i < plan->join_namespaces.count && r == 0; i++) {
		if (&list[i] == user)
			continue;
		r = join(plan, &list[i], e);
		if (r != -EPERM || !user)
			continue;
		left |= list[i].type;
		r = 0;
	}
	if (r == 0 && user)
		r = join(plan, user, e);
	for (uint32_t i = 0; i < plan->join_namespaces.count && r == 0; i++)
		if (left & list[i].type)
			r = join(plan, &list[i], e);
	return r;
}

/* A new time namespace is for children, and its offsets can be set only while it is empty: set
 * them, then enter. */
static int enter_time_namespace(const struct plan_header *plan, struct err *e)
{
	const char *offsets = plan_get_text(plan, plan->time_offsets);
	AUTO_CLOSE int fd = -EBADF;
	int r;

	if (offsets) {
		AUTO_CLOSE int offsets_fd =
			open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);

		r = write_own(offsets_fd < 0 ? -errno : offsets_fd, "timens_offsets", offsets,
			      e);
		if (r < 0)
			return r;
	}
	fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? -errno : namespace_join(fd, CLONE_NEWTIME);
	return r < 0 ? err_sys(e, r, "enter the new time namespace") : 0;
}

static int set_loopback_up(const struct plan_header *plan, struct err *e)
{
	int r = plan->flags & PLAN_LOOPBACK_UP ? loopback_up() : 0;

	return r < 0 ? err_sys(e, r, "set the loopback interface up") : 0;
}

int init_namespaces(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	uint64_t made = init->is_time_made ? CLONE_NEWTIME : 0;
	int r;

	/* mknod, mkdir and open are to give exactly the modes that they are told. */
	(void)umask(0);
	r = init_set_oom_score(init, e);
	if (r == 0 && !init->is_in_namespaces)
		r = init_check_label(init, e);
	if (r == 0)
		r = open_label(init, e);
	if (r == 0)
		r = set_loopback_up(plan, e);
	if (r == 0)
		r = init_join_cgroups(init, e);
	if (r == 0)
		r = init_join_namespaces(init, e);
	if (r < 0)
		return r;
	/* The cgroup namespace shows what we are in now as its root, so it comes after the
	 * join. */
	if (plan->unshare & ~made) {
		r = namespace_unshare((int)(plan->unshare & ~made));
		if (r < 0)
			return err_sys(e, r, "make new namespaces 0x%x",
				       (unsigned int)plan->unshare);
	}
	if (plan->unshare & CLONE_NEWTIME & ~made)
		r = enter_time_namespace(plan, e);
	if (r < 0 || plan->kind == PLAN_RUN)
		return r;
	/* Joining made the root directory of the namespace ours, and our working directory: no
	 * descriptor is needed for it. */
	init->root_fd = AT_FDCWD;
	return 0;
}

static int wait_for_maps(struct init *init, struct err *e)
{
	int r = sync_send(init->sync_fd, SYNC_NEED_MAPS, 0);

	if (r < 0)
		return err_sys(e, r, "ask for the user namespace's maps");
	r = sync_receive(init->sync_fd, NULL, e);
	if (r == SYNC_MAPS_WRITTEN)
		return 0;
	return r < 0 ? r
		     : err_set(e, ERR_INTERNAL, -EPIPE,
			       "the maps of the user namespace were not written");
}

int init_identity(struct init *init, struct err *e)
{
	int r = 0;

	if (!(init->plan->flags & (PLAN_NEW_USER | PLAN_BECOME_ROOT)))
		return 0;
	if (init->plan->flags & PLAN_NEW_USER && geteuid() != 0)
		r = wait_for_maps(init, e);
	if (r < 0)
		return r;
	r = process_set_gid(0);
	if (r == 0)
		r = process_set_uid(0);
	return r < 0 ? err_sys(e, r, "become root of the user namespace") : 0;
}
