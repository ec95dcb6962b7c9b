/*
 * Being born in a pid namespace that others live in.
 *
 * Joining one moves only the children of who joins, so one of us joins and the other is born.
 * Both execute the sealed memfd: a process that the launcher forked straight into the namespace
 * would for a moment show the launcher's own program as its /proc/PID/exe to everybody there
 * who may trace.
 *
 * Runs in: init, before the first stage.
 * See: pid_namespaces(7), setns(2), clone(2) CLONE_PARENT; CVE-2019-5736.
 */
#include <fcntl.h>
#include <sched.h>
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

int init_birth(struct init *init, struct err *e)
{
	int ends[2];
	pid_t pid;
	int r;

	if (init->plan->pid_fd < 0)
		return 0;
	/* Here, where nobody of the container looks: the descriptors for it are gone when the
	 * child is born. */
	r = init_join_cgroups(init, e);
	if (r < 0)
		return r;
	r = namespace_join(init->plan->pid_fd, CLONE_NEWPID);
	if (r == -ESRCH)
		return err_set(e, ERR_CONFLICT, r, "the container is not running");
	if (r < 0)
		return err_sys(e, r, "join the pid namespace");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe");
	pid = clone3_child(CLONE_PARENT, -1, NULL);
	/* the namespace's own init has ended: nobody is born there any more */
	if (pid == -ENOMEM)
		return err_set(e, ERR_CONFLICT, pid, "the container is not running");
	if (pid < 0)
		return err_sys(e, pid, "clone3 into the pid namespace");
	if (pid == 0)
		return await_announcement(ends, e);
	r = sync_send(init->sync_fd, SYNC_BORN, (uint32_t)pid);
	_exit(r < 0);
}
