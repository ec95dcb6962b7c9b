/*
 * The birth itself: clone3, and in the child the exec of the sealed hoy-init.
 *
 * A child in a new user namespace is nobody until its maps are written, and nobody loses every
 * capability by execve(2): so it asks for the maps and becomes 0 before, not init afterwards.
 *
 * Runs in: cli (the forked child that becomes the monitor; the caller of exec), runtime.
 * See: clone(2), execveat(2), user_namespaces(7), proto/sync.h.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/namespace.h"
#include "linux/namespace_visit.h"
#include "linux/process.h"
#include "proto/plan.h"
#include "proto/sync.h"
#include "runtime/runtime.h"

enum { INIT_FAILED = 255, FD_TEXT_SIZE = 12 };

static int become_root(const struct runtime_launch *launch, struct err *e)
{
	int sync_fd = launch->child_sync_fd;
	struct sync_message message;
	int r;

	/* Our copy of the other end: it would keep us waiting for a parent that is gone. */
	(void)close(launch->sync_fd);
	r = sync_send(sync_fd, SYNC_NEED_MAPS, 0);
	if (r < 0)
		return err_sys(e, r, "ask for the maps of the user namespace");
	r = sync_receive(sync_fd, &message, e);
	if (r != SYNC_MAPS_WRITTEN)
		return err_sys(e, r < 0 ? r : EPROTO,
			       "wait for the maps of the user namespace");
	r = process_set_gid(0);
	if (r == 0)
		r = process_set_uid(0);
	return r < 0 ? err_sys(e, r, "become 0 in the user namespace") : 0;
}

static int place(int fd, int number, struct err *e)
{
	int r = fd == number ? fd_set_cloexec(fd, 0) : dup2(fd, number);

	return r < 0 ? err_sys(e, fd == number ? r : errno, "move descriptor %d to %d", fd,
			       number)
		     : 0;
}

/* The program's own descriptors 3 and 4 stay where they are: then init is told other numbers. */
static int sync_place(const struct runtime_launch *launch, struct err *e)
{
	int r;

	if (launch->keep_count == 0) {
		r = place(launch->plan_fd, PLAN_FD, e);
		return r < 0 ? r : place(launch->child_sync_fd, PLAN_SYNC_FD, e);
	}
	r = place(launch->plan_fd, launch->plan_fd, e);
	if (r == 0)
		r = place(launch->child_sync_fd, launch->child_sync_fd, e);
	for (unsigned int i = 0; i < launch->keep_count && r == 0; i++) {
		r = fd_set_cloexec((int)(PLAN_FD + i), 0);
		if (r < 0)
			return err_sys(e, r, "preserve descriptor %u", PLAN_FD + i);
	}
	return r;
}

static int descriptors_place(const struct runtime_launch *launch, struct err *e)
{
	int r = place(launch->stdio.input, STDIN_FILENO, e);

	if (r == 0)
		r = place(launch->stdio.output, STDOUT_FILENO, e);
	if (r == 0)
		r = place(launch->stdio.error, STDERR_FILENO, e);
	if (r == 0)
		r = sync_place(launch, e);
	for (size_t i = 0; i < launch->inherit_count && r == 0; i++) {
		r = fd_set_cloexec(launch->inherit[i], 0);
		if (r < 0)
			return err_sys(e, r, "keep descriptor %d", launch->inherit[i]);
	}
	return r;
}

static int init_execute(const struct runtime_launch *launch, struct err *e)
{
	char name[] = "hoy-init";
	char plan_fd[FD_TEXT_SIZE];
	char sync_fd[FD_TEXT_SIZE];
	char *const argv[] = { name, launch->keep_count > 0 ? plan_fd : NULL, sync_fd, NULL };

	(void)snprintf(plan_fd, sizeof(plan_fd), "%d", launch->plan_fd);
	(void)snprintf(sync_fd, sizeof(sync_fd), "%d", launch->child_sync_fd);
	FAULT("execveat");
	(void)execveat(launch->init_fd, "", argv, fault_environment(), AT_EMPTY_PATH);
	return err_sys(e, errno, "execute hoy-init");
}

/* The one place where a forked child of the runtime ends. */
static void child_run(const void *context)
{
	const struct runtime_launch *launch = context;
	struct err e = { 0 };
	int r = launch->clone_flags & CLONE_NEWUSER ? become_root(launch, &e) : 0;

	/* For the program, too: init changes no disposition, and undoes what it blocks. */
	process_reset_signals();
	if (r == 0)
		r = descriptors_place(launch, &e);
	if (r == 0)
		r = init_execute(launch, &e);
	if (e.kind == ERR_NONE)
		(void)err_sys(&e, r, "launch hoy-init");
	(void)sync_send_error(launch->child_sync_fd, &e);
	_exit(INIT_FAILED);
}

/*
 * The process that we cloned joined another pid namespace, bore the real init there and ended:
 * the child that counts is that one, and as its parent we can wait for it.
 */
static int adopt_born(struct runtime_launch *launch, pid_t joiner, struct err *e)
{
	struct sync_message message;
	int r = sync_receive(launch->sync_fd, &message, e);

	(void)waitpid(joiner, NULL, 0);
	if (r == SYNC_ERROR)
		return e->code < 0 ? e->code : -EPROTO;
	if (r != SYNC_BORN)
		return err_sys(e, r < 0 ? r : EPROTO, "wait for init in the pid namespace");
	launch->pid = (pid_t)message.value;
	launch->pidfd = pidfd_of(launch->pid);
	return launch->pidfd < 0 ? err_sys(e, launch->pidfd, "open init in the pid namespace")
				 : 0;
}

struct birth {
	struct runtime_launch *launch;
	int *ret_pidfd;
	pid_t pid;
};

/* Without a copy of our memory where the child neither waits for us nor is to be born in a
 * cgroup (v2), which only clone3 can. */
static int child_clone(void *context)
{
	struct birth *b = context;
	struct runtime_launch *launch = b->launch;

	if (launch->cgroup_fd < 0 && !(launch->clone_flags & (CLONE_NEWUSER | CLONE_NEWTIME))) {
		b->pid = clone_vfork(launch->clone_flags, child_run, launch, b->ret_pidfd);
	} else {
		b->pid = clone3_child(launch->clone_flags, launch->cgroup_fd, b->ret_pidfd);
		if (b->pid == 0)
			child_run(launch);
	}
	return b->pid < 0 ? b->pid : 0;
}

/* A new mount namespace is a copy of the one that its maker is in. */
static int child_bear(struct birth *b, struct err *e)
{
	int r = b->launch->birth_fd < 0
			? child_clone(b)
			: namespace_visit(b->launch->birth_fd, child_clone, b, e);

	return b->pid < 0 ? err_sys(e, b->pid, "clone3 for init") : r;
}

int runtime_launch(struct runtime_launch *launch, struct err *e)
{
	int pidfd = -1;
	struct birth birth = { .launch = launch,
			       .ret_pidfd = launch->has_birth ? NULL : &pidfd };
	int r = child_bear(&birth, e);

	if (r < 0)
		return r;
	launch->child_sync_fd = fd_close(launch->child_sync_fd);
	if (launch->has_birth)
		return adopt_born(launch, birth.pid, e);
	launch->pid = birth.pid;
	launch->pidfd = pidfd;
	return 0;
}
