/*
 * docker exec: one more process in a running container.
 *
 * In the foreground the process is our child and dies with us; detached, a forked child becomes
 * a hoy-monitor that only waits.
 *
 * Runs in: cli (engine).
 * See: engine.h; runtime/runtime.h "exec".
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "engine/container_end.h"
#include "engine/container_links.h"
#include "engine/container_spec.h"
#include "engine/monitor_handover.h"
#include "engine/root_file.h"
#include "engine/root_user.h"
#include "runtime/cgroup.h"
#include "runtime/runtime.h"

struct exec {
	struct engine *engine;
	struct arena arena;
	struct container container;
	const struct engine_exec_request *request;
	struct spec spec; /* the container's: process and seccomp are used */
	struct cgroup cgroup;
	struct runtime_launch launch;
	bool has_launch;
	int pidfd;    /* of init */
	int input[2]; /* read and write ends, as pipe2 gives them */
	int output[2];
	int error[2];
	int console[2]; /* init's end, ours */
};

#define AUTO_EXEC __attribute__((cleanup(exec_done)))

static void exec_init(struct exec *x, struct engine *engine,
		      const struct engine_exec_request *request)
{
	*x = (struct exec){ .engine = engine, .request = request, .pidfd = -EBADF };
	x->input[0] = x->input[1] = x->output[0] = x->output[1] = -EBADF;
	x->error[0] = x->error[1] = x->console[0] = x->console[1] = -EBADF;
}

static void close_pair(int pair[2])
{
	pair[0] = fd_close(pair[0]);
	pair[1] = fd_close(pair[1]);
}

static void exec_done(struct exec *x)
{
	if (x->has_launch)
		runtime_launch_done(&x->launch);
	close_pair(x->input);
	close_pair(x->output);
	close_pair(x->error);
	close_pair(x->console);
	x->pidfd = fd_close(x->pidfd);
	cgroup_done(&x->cgroup);
	arena_done(&x->arena);
}

static int find_running(struct exec *x, const char *name, struct err *e)
{
	int r = engine_get(x->engine, name, &x->arena, &x->container, e);

	if (r < 0)
		return r;
	x->pidfd = x->container.liveness.status == STATUS_RUNNING
			   ? liveness_open_init(&x->container.liveness)
			   : -ESRCH;
	if (x->pidfd < 0)
		return err_set(e, ERR_CONFLICT, -ESRCH, "container %s is not running",
			       x->container.record.id);
	return 0;
}

/* The container's own files now, as its processes see them: through its root, never through its
 * /proc. */
static int find_user(struct exec *x, const char *user, struct spec_user *ret, char **ret_home,
		     struct err *e)
{
	const struct container_config *c = &x->container.record.config;
	AUTO_CLOSE int root_fd = root_of_process(x->container.liveness.pid, e);

	return root_fd < 0 ? root_fd
			   : root_user_find(root_fd, user, &c->group_add, &x->arena, ret,
					    ret_home, e);
}

static void set_all_capabilities(struct spec_process *process, uint64_t all)
{
	process->has_capabilities = true;
	process->capabilities.bounding = all;
	process->capabilities.permitted = all;
	process->capabilities.effective = all;
}

static int fill_process(struct exec *x, struct err *e)
{
	const struct container_config *c = &x->container.record.config;
	const struct engine_exec_request *request = x->request;
	const char *user = str_is_empty(request->user) ? c->user : request->user;
	struct spec_process *process = &x->spec.process;
	struct container_facts facts = { 0 };
	AUTO_STR struct str hosts = { 0 };
	struct host_facts host;
	char *home = NULL;
	int r = host_facts_read(&host, e);

	x->spec.arena = &x->arena;
	if (r == 0)
		r = container_privileges(c, host.capability_bounding, &x->spec, e);
	if (r == 0)
		r = find_user(x, user, &process->user, &home, e);
	if (r == 0)
		r = container_rlimits(c, process, &x->arena, e);
	if (r < 0)
		return r;
	if (request->is_privileged)
		set_all_capabilities(process, host.capability_bounding);
	process->is_terminal = request->is_tty;
	process->console_rows = request->rows;
	process->console_columns = request->columns;
	process->args = request->args;
	facts.hostname = str_is_empty(c->hostname)
				 ? arena_printf(&x->arena, "%.12s", x->container.record.id)
				 : c->hostname;
	facts.home = home;
	/* Of a linked container that has ended since nothing is known any more. */
	(void)container_links_read(x->engine, &x->container.record, &x->arena, &hosts,
				   &facts.links, NULL);
	container_env(c, &facts, request->is_tty, &x->arena, &process->env);
	for (size_t i = 0; i < request->env.count; i++)
		strv_env_set(&process->env, &x->arena, request->env.items[i]);
	process->cwd =
		arena_copy(&x->arena, !str_is_empty(request->working_dir) ? request->working_dir
				      : !str_is_empty(c->working_dir)	  ? c->working_dir
									  : "/");
	return arena_ok(&x->arena);
}

static int pipe_make(int ends[2], struct err *e)
{
	FAULT("pipe");
	return pipe2(ends, O_CLOEXEC) < 0 ? err_sys(e, errno, "make a pipe") : 0;
}

static int make_streams(struct exec *x, struct err *e)
{
	const struct engine_exec_request *request = x->request;
	int r = 0;

	if (request->is_tty) {
		FAULT("socketpair");
		return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, x->console) < 0
			       ? err_sys(e, errno, "make a socket pair")
			       : 0;
	}
	if (request->is_detached)
		return 0;
	if (request->is_interactive)
		r = pipe_make(x->input, e);
	if (r == 0)
		r = pipe_make(x->output, e);
	if (r == 0)
		r = pipe_make(x->error, e);
	return r;
}

static int make_plan(struct exec *x, struct err *e)
{
	char path[CGROUP_PATH_SIZE];
	struct runtime_exec_request request = {
		.init_pidfd = x->pidfd,
		.init_pid = x->container.liveness.pid,
		.process = &x->spec.process,
		.seccomp = x->spec.has_seccomp ? &x->spec.seccomp : NULL,
		.seccomp_cache = arena_printf(&x->arena, "%s/seccomp", x->engine->state.root),
		.seccomp_key = container_uses_default_seccomp(&x->container.record.config)
				       ? SECCOMP_KEY_DEFAULT
				       : NULL,
		.cgroup = &x->cgroup,
		.stdio = { x->input[0], x->output[1], x->error[1], x->console[0] },
		.dies_with_parent = !x->request->is_detached,
	};
	int r;

	container_cgroup_path(x->engine, x->container.record.id, path);
	r = cgroup_init(&x->cgroup, path, e);
	if (r == 0)
		r = cgroup_open(&x->cgroup, e);
	if (r == 0)
		r = runtime_prepare_exec(&request, &x->launch, e);
	x->has_launch = r == 0;
	return r;
}

/* The pty master that init sends over the console socket. */
static int receive_console(int socket_fd, int *ret_fd, struct err *e)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char data[64];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header;

	if (recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC) < 0)
		return err_sys(e, errno, "receive the terminal");
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(int)))
		return err_set(e, ERR_INTERNAL, -EPROTO, "init sent no terminal");
	memcpy(ret_fd, CMSG_DATA(header), sizeof(int));
	return 0;
}

static int run_attached(struct exec *x, struct engine_exec *ret, struct err *e)
{
	int console = -EBADF;
	int r = runtime_launch(&x->launch, e);

	/* Only init holds them now: their other ends see the end of file when it is gone. */
	x->input[0] = fd_close(x->input[0]);
	x->output[1] = fd_close(x->output[1]);
	x->error[1] = fd_close(x->error[1]);
	x->console[0] = fd_close(x->console[0]);
	if (r == 0)
		r = runtime_release(&x->launch, e);
	if (r == 0 && x->request->is_tty)
		r = receive_console(x->console[1], &console, e);
	if (r < 0)
		return r;
	*ret = (struct engine_exec){
		.pid = x->launch.pid,
		.pidfd = fd_take(&x->launch.pidfd),
		.input = fd_take(&x->input[1]),
		.output = fd_take(&x->output[0]),
		.error = fd_take(&x->error[0]),
		.console = console,
	};
	return 0;
}

/* --- detached ---------------------------------------------------------------------------- */

struct exec_report {
	int32_t result;
	int32_t pid;
	struct err err;
};

static _Noreturn void child_run(struct exec *x, int report_fd)
{
	struct exec_report report = { 0 };
	struct monitor_handover m;
	char parent[CGROUP_PATH_SIZE];

	(void)setsid();
	report.result = runtime_launch(&x->launch, &report.err);
	if (report.result == 0)
		report.result = runtime_release(&x->launch, &report.err);
	report.pid = x->launch.pid;
	/* It has said what is wrong and ends; nobody in the container should see its remains.
	 */
	if (report.result < 0 && report.pid > 0)
		(void)waitpid(report.pid, NULL, 0);
	(void)send(report_fd, &report, sizeof(report), MSG_NOSIGNAL);
	if (report.result < 0)
		_exit(1);
	monitor_reset_signals();
	monitor_handover_init(&m, x->engine, x->container.record.id);
	m.handover.flags = HANDOVER_NO_EXIT_FILE | (x->request->is_tty ? HANDOVER_TERMINAL : 0);
	m.handover.init_pid = x->launch.pid;
	m.fds[MONITOR_FD_PIDFD] = x->launch.pidfd;
	m.fds[MONITOR_FD_CONSOLE] = x->console[1];
	(void)snprintf(parent, sizeof(parent), "/%s", x->engine->state.instance);
	cgroup_leave_unit(parent);
	monitor_become(&m);
}

static pid_t child_fork(void)
{
	pid_t pid;

	FAULT("fork");
	pid = fork();
	return pid < 0 ? -errno : pid;
}

static int run_detached(struct exec *x, struct engine_exec *ret, struct err *e)
{
	AUTO_CLOSE int ours = -EBADF;
	struct exec_report report;
	int ends[2];
	ssize_t n;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, errno, "make a socket pair");
	ours = ends[0];
	pid = child_fork();
	if (pid == 0)
		child_run(x, ends[1]);
	(void)fd_close(ends[1]);
	/* The child awaits the end of file that the program's execve makes: no copy of init's
	 * end may stay open here. */
	x->launch.child_sync_fd = fd_close(x->launch.child_sync_fd);
	if (pid < 0)
		return err_sys(e, pid, "fork");
	do
		n = recv(ours, &report, sizeof(report), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(report))
		return err_set(e, ERR_INTERNAL, -EPROTO,
			       "the process that launches the exec has died");
	if (report.result < 0) {
		if (e)
			*e = report.err;
		return report.result;
	}
	*ret = (struct engine_exec){ report.pid, -EBADF, -EBADF, -EBADF, -EBADF, -EBADF };
	return 0;
}

int engine_exec(struct engine *engine, const char *container,
		const struct engine_exec_request *request, struct engine_exec *ret,
		struct err *e)
{
	AUTO_EXEC struct exec x;
	int r;

	exec_init(&x, engine, request);
	r = find_running(&x, container, e);
	if (r == 0)
		r = fill_process(&x, e);
	if (r == 0)
		r = make_streams(&x, e);
	if (r == 0)
		r = make_plan(&x, e);
	if (r < 0)
		return r;
	return request->is_detached ? run_detached(&x, ret, e) : run_attached(&x, ret, e);
}
