/*
 * Being born in a pid namespace that others live in, or in new namespaces after others were
 * joined.
 *
 * Joining one moves only the children of who joins, so one of us joins and the other is born.
 * Both execute the sealed memfd: a process that the launcher forked straight into the namespace
 * would for a moment show the launcher's own program as its /proc/PID/exe to everybody there
 * who may trace.
 *
 * A user namespace divides what can be joined before it from what it is to own: the joined ones
 * come first, then the new ones are made for the child, all at once.
 *
 * Runs in: init, before the first stage.
 * See: pid_namespaces(7), setns(2), clone(2) CLONE_PARENT; CVE-2019-5736.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/namespace.h"
#include "proto/sync.h"

/* The parent must hear who was born before it hears anything from it. */
static int await_announcement(int *ends, struct err *e)
{
	char none;

	ends[1] = fd_close(ends[1]);
	if (fd_read_full(ends[0], &none, 1) != 0)
		return err_set(e, ERR_INTERNAL, -EPROTO, "wait for the announcement of init");
	ends[0] = fd_close(ends[0]);
	return 0;
}

/* New time namespaces are for children: ours will be in it, with its offsets. */
static int make_time_namespace(const struct plan_header *plan, int offsets_fd, struct err *e)
{
	const char *offsets = plan_get_text(plan, plan->time_offsets);
	int r = namespace_unshare(CLONE_NEWTIME);

	if (r < 0)
		return err_sys(e, r, "make a new time namespace");
	r = offsets ? fd_write_all(offsets_fd, offsets, strlen(offsets)) : 0;
	return r < 0 ? err_sys(e, r, "set the offsets of the time namespace") : 0;
}

/*
 * Everything is joined now, and the child makes what is new in it. An exec does so because its
 * child is seen inside at once: its root must not be the host's by then, not for a moment.
 */
static int join_all(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	AUTO_CLOSE int offsets_fd = -EBADF;
	int r = init_check_label(init, e);

	if (r == 0)
		r = init_set_oom_score(init, e);

	/* Opened as who we are: in the user namespace the file is not ours to open. */
	if (r == 0 && plan->unshare & CLONE_NEWTIME) {
		offsets_fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
		r = offsets_fd < 0 ? err_sys(e, errno, "open /proc/self/timens_offsets") : 0;
	}
	if (r == 0)
		r = init_join_namespaces(init, e);
	if (r < 0 || !(plan->unshare & CLONE_NEWTIME))
		return r;
	init->is_time_made = true;
	return make_time_namespace(plan, offsets_fd, e);
}

static int join_pid_namespace(const struct plan_header *plan, struct err *e)
{
	int r = plan->pid_fd < 0 ? 0 : namespace_join(plan->pid_fd, CLONE_NEWPID);

	if (r == -ESRCH)
		return err_set(e, ERR_CONFLICT, r, "the container is not running");
	return r < 0 ? err_sys(e, r, "join the pid namespace") : 0;
}

static int join(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	/* Here, where nobody of the container looks: the descriptors for it are gone when the
	 * child is born. */
	int r = init_join_cgroups(init, e);

	if (r < 0)
		return r;
	r = join_pid_namespace(plan, e);
	if (!plan->birth && !(plan->flags & PLAN_BECOME_ROOT) && plan->kind == PLAN_RUN)
		return r;
	/* Without root only the user namespace gives the power to join the others. */
	if (r < 0 && r != -EPERM)
		return r;
	if (r == 0)
		return join_all(init, e);
	r = join_all(init, e);
	return r < 0 ? r : join_pid_namespace(plan, e);
}

int init_birth(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	int ends[2];
	pid_t pid;
	int r;

	if (plan->pid_fd < 0 && !plan->birth)
		return 0;
	r = join(init, e);
	if (r < 0)
		return r;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe");
	pid = clone3_child(CLONE_PARENT | plan->birth, -1, NULL);
	/* the namespace's own init has ended: nobody is born there any more */
	if (pid == -ENOMEM && plan->pid_fd >= 0)
		return err_set(e, ERR_CONFLICT, pid, "the container is not running");
	if (pid < 0)
		return err_sys(e, pid, "clone3 for the init that goes on");
	if (pid == 0)
		return await_announcement(ends, e);
	r = sync_send(init->sync_fd, SYNC_BORN, (uint32_t)pid);
	_exit(r < 0);
}
