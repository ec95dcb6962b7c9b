/*
 * exec: one more process in a running container.
 *
 *   options -> container and its kept config -> process -> cgroup -> plan -> launch -> started
 *   foreground: its terminal, signals and exit code are ours
 *   detached: pid file, terminal and pidfd are handed on, and whoever called us (a subreaper)
 *   becomes its parent
 *
 * Runs in: runtime.
 * See: runc-exec(8); runtime/runtime.h "exec".
 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "oci/console.h"
#include "oci/container.h"
#include "oci/descriptors.h"
#include "oci/exec_cgroup.h"
#include "oci/exec_options.h"
#include "oci/foreground.h"
#include "oci/pid_file.h"
#include "oci/process_spec.h"
#include "runtime/launch_fds.h"
#include "runtime/runtime.h"

/* runc's code of an exec that came to nothing; 1 would be the program's. */
enum { EXEC_FAILED = 255 };

struct exec {
	struct oci *oci;
	struct exec_options options;
	struct descriptors descriptors;
	struct oci_container container;
	struct cgroup cgroup;
	struct spec spec; /* the container's, with the process of the exec */
	int init_pidfd;
	struct console console;
	struct runtime_launch launch;
};

/* --- what it needs ----------------------------------------------------------------------- */

static int check_status(struct exec *x, struct err *e)
{
	enum oci_status status = container_status_of_init(&x->container);

	if (status == OCI_STOPPED)
		return err_set(e, ERR_CONFLICT, -ESRCH, "cannot exec in a stopped container");
	if (status == OCI_CREATING)
		return err_set(e, ERR_CONFLICT, -EBUSY,
			       "cannot exec in a container that is being created");
	if (!x->options.ignores_pause && x->cgroup.mode != CGROUP_NONE &&
	    cgroup_is_frozen(&x->cgroup) > 0)
		return err_set(e, ERR_CONFLICT, -EBUSY,
			       "cannot exec in a paused container (use --ignore-paused to "
			       "override)");
	return 0;
}

static int find_container(struct exec *x, const char *id, struct err *e)
{
	int r = container_open(x->oci, id, CONTAINER_READ, &x->container, e);

	if (r == 0)
		r = container_open_cgroup(&x->container, &x->cgroup, e);
	if (r == 0)
		r = check_status(x, e);
	if (r < 0)
		return r;
	x->init_pidfd = container_open_init(&x->container);
	if (x->init_pidfd < 0)
		return err_set(e, ERR_CONFLICT, -ESRCH, "cannot exec in a stopped container");
	r = exec_cgroup_choose(&x->cgroup, &x->options.cgroups, x->container.state.pid, e);
	return r < 0 ? r : container_read_spec(x->oci, &x->container, &x->spec, e);
}

static void print_state(void *context, const char *status, pid_t pid, struct str *out)
{
	const struct exec *x = context;

	(void)status;
	(void)pid;
	container_state_json(x->container.id, &x->container.state, oci_status_text(OCI_RUNNING),
			     x->container.state.pid, NULL, out);
}

/* Before the program can ask: a resize afterwards would come too late for it. */
static void size_terminal(struct exec *x)
{
	struct spec_process *process = &x->spec.process;
	uint32_t size = x->options.is_detached ? 0 : terminal_size();

	if (process->is_terminal && size != 0) {
		process->console_rows = size >> 16;
		process->console_columns = size & 0xffff;
	}
}

static int prepare(struct exec *x, const char *id, const struct strv *command, struct err *e)
{
	struct spec_process *process = &x->spec.process;
	int r = descriptors_find(x->options.preserve_fds, &x->descriptors, e);

	if (r == 0)
		r = find_container(x, id, e);
	if (r == 0)
		r = process_spec_make(x->oci, &x->options, command, &x->spec, e);
	if (r < 0)
		return r;
	size_terminal(x);
	descriptors_say(&x->descriptors, &x->spec.process.env, &x->oci->arena);
	r = console_prepare(process, x->options.console_socket, x->options.is_detached,
			    &x->console, e);
	if (r < 0)
		return r;
	const struct runtime_exec_request request = {
		.init_pidfd = x->init_pidfd,
		.init_pid = x->container.state.pid,
		.process = process,
		.container = &x->spec,
		.seccomp = x->spec.has_seccomp ? &x->spec.seccomp : NULL,
		.seccomp_cache = x->oci->seccomp_cache,
		.cgroup = x->cgroup.mode == CGROUP_NONE ? NULL : &x->cgroup,
		.stdio = { .input = process->is_terminal ? -1 : STDIN_FILENO,
			   .output = process->is_terminal ? -1 : STDOUT_FILENO,
			   .error = process->is_terminal ? -1 : STDERR_FILENO,
			   .console_fd = x->console.init_end,
			   .is_console_plain = x->console.is_plain },
		.keep_count = x->descriptors.keep_count,
		.state = { .print = print_state, .context = x },
	};

	return runtime_prepare_exec(&request, &x->launch, e);
}

/* --- its life ---------------------------------------------------------------------------- */

/* Until its program runs. One that failed has said why and ends. */
static int start(struct exec *x, struct err *e)
{
	siginfo_t info;
	int r = runtime_launch(&x->launch, e);

	if (r < 0)
		return r;
	r = runtime_release(&x->launch, e);
	if (r < 0)
		(void)waitid(P_PIDFD, (id_t)x->launch.pidfd, &info, WEXITED);
	return r;
}

static int announce(struct exec *x, struct err *e)
{
	int r = console_send_pidfd(x->options.pidfd_socket, x->launch.pidfd, "setns", e);

	return r < 0 ? r : pid_file_write(x->options.pid_file, x->launch.pid, e);
}

static int run_detached(struct exec *x, struct err *e)
{
	int r = start(x, e);

	if (r == 0)
		r = console_pass_on(&x->console, e);
	return r < 0 ? r : announce(x, e);
}

static int serve(struct exec *x, struct foreground *foreground, struct err *e)
{
	bool has_terminal = x->console.our_end >= 0;
	AUTO_CLOSE int master = -EBADF;
	int r = start(x, e);

	if (r == 0 && has_terminal) {
		master = console_receive(&x->console, e);
		r = master < 0 ? master : 0;
	}
	if (r == 0)
		r = announce(x, e);
	return r < 0 ? r
		     : foreground_wait(foreground, x->launch.pidfd, has_terminal ? master : -1,
				       e);
}

static int run_foreground(struct exec *x, struct err *e)
{
	struct foreground foreground;
	int r = foreground_begin(&foreground, e);

	if (r < 0)
		return r;
	r = serve(x, &foreground, e);
	foreground_end(&foreground);
	return r;
}

/* --- the command ------------------------------------------------------------------------- */

static void exec_done(struct exec *x)
{
	runtime_launch_done(&x->launch);
	console_done(&x->console);
	cgroup_done(&x->cgroup);
	x->init_pidfd = fd_close(x->init_pidfd);
	container_close(&x->container);
}

static int refuse(const struct oci *oci, struct err *e)
{
	if (e->kind == ERR_COMMAND_MISSING || e->kind == ERR_COMMAND_UNUSABLE)
		(void)err_wrap(e, e->code, "unable to start container process");
	(void)err_wrap(e, e->code, "exec failed");
	(void)oci_report(oci, e);
	return EXEC_FAILED;
}

static const struct oci_syntax syntax = {
	.options = exec_option_table,
	.min = 1,
	.max = OCI_ANY,
	.stops_at_argument = true,
	.arguments = "<container-id> <command> [arguments]",
};

int oci_exec(struct oci *oci, char **argv)
{
	struct exec x = { .oci = oci,
			  .container = { .dir_fd = -EBADF },
			  .console = CONSOLE_NONE,
			  .init_pidfd = -EBADF };
	struct strv args = { 0 };
	struct strv command;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!oci_parse(oci, &syntax, argv, &x.options, &args, &exit_code))
		return exit_code;
	command = (struct strv){ .items = args.items + 1, .count = args.count - 1 };
	launch_init(&x.launch);
	r = prepare(&x, args.items[0], &command, &e);
	if (r == 0)
		r = x.options.is_detached ? run_detached(&x, &e) : run_foreground(&x, &e);
	exec_done(&x);
	return r < 0 ? refuse(oci, &e) : r;
}
