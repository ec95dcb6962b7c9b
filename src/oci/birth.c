/*
 * See birth.h.
 *
 * Runs in: runtime.
 */
#include "oci/birth.h"

#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/process_stat.h"
#include "linux/namespace.h"
#include "oci/container_state.h"
#include "oci/destroy.h"
#include "oci/pid_file.h"
#include "oci/unix_socket.h"
#include "runtime/launch_fds.h"
#include "runtime/plan_build.h"

/* --- the reverses ------------------------------------------------------------------------ */

/* Last of all, as at the end of every container; one that had no init never was. */
static void undo_poststop(void *context)
{
	struct birth *b = context;

	if (b->launch.pid <= 0)
		return;
	b->container.state = b->state;
	destroy_poststop(&b->container, &b->bundle.spec);
}

static void undo_container(void *context)
{
	struct birth *b = context;

	(void)container_remove(b->oci, &b->container, NULL);
}

static void undo_cgroup(void *context)
{
	struct birth *b = context;

	(void)cgroup_kill(&b->cgroup.cgroup, CONTAINER_KILL_TIMEOUT_NS, NULL);
	(void)cgroup_unmake(&b->cgroup.cgroup, b->cgroup.unit, b->cgroup.is_user, NULL);
}

static void undo_init(void *context)
{
	const struct birth *b = context;
	siginfo_t info;

	(void)pidfd_kill(b->launch.pidfd, SIGKILL);
	(void)waitid(P_PIDFD, (id_t)b->launch.pidfd, &info, WEXITED);
}

/* --- the steps --------------------------------------------------------------------------- */

static int make_container(struct birth *b, const char *id, struct err *e)
{
	int r = container_make(b->oci, id, &b->container, e);

	if (r < 0)
		return r;
	undo_push(&b->undo, undo_poststop, b);
	undo_push(&b->undo, undo_container, b);
	return container_write_config(&b->container, b->bundle.text, b->bundle.len, e);
}

static int make_start_socket(struct birth *b, struct err *e)
{
	if (!b->waits_for_other)
		return 0;
	b->wait_fd = unix_socket_listen(b->container.dir_fd, START_NAME, SOCK_SEQPACKET);
	return b->wait_fd < 0 ? err_sys(e, b->wait_fd, "make the socket for the start") : 0;
}

static int make_cgroup(struct birth *b, struct err *e)
{
	struct cgroup_request request;
	int r;

	if (b->oci->cgroup_manager == OCI_CGROUP_DISABLED)
		return 0;
	container_cgroup_request(b->oci, b->container.id, &b->bundle.spec, &request);
	r = cgroup_make(&request, &b->cgroup, e);
	if (r < 0)
		return r;
	b->has_cgroup = true;
	undo_push(&b->undo, undo_cgroup, b);
	return 0;
}

/* Everything of the state but the pid, which hooks are told before it is written down. */
static void fill_state(struct birth *b)
{
	const struct spec *spec = &b->bundle.spec;
	uid_t uid = geteuid();

	b->state = (struct oci_state){
		.bundle = b->bundle.path,
		.root = spec->root_path ? spec->root_path : "",
		.created_ns = clock_wall_ns(),
		.owner = uid == 0 ? "root" : arena_printf(&b->oci->arena, "%u", uid),
		.cgroup_path = b->has_cgroup ? b->cgroup.cgroup.path : "",
		.scope = b->has_cgroup && b->cgroup.unit[0] ? b->cgroup.unit : NULL,
		.is_rootless = b->oci->is_rootless,
		.is_pid_shared = !spec_has_new_namespace(spec, CLONE_NEWPID),
		.has_poststart = spec->hooks_poststart.count > 0,
		.has_poststop = spec->hooks_poststop.count > 0,
		.annotations = spec->annotations,
	};
}

static void print_state(void *context, const char *status, pid_t pid, struct str *out)
{
	const struct birth *b = context;

	container_state_json(b->container.id, &b->state, status, pid, NULL, out);
}

static int bear_init(struct birth *b, struct err *e)
{
	bool has_terminal = b->console.init_end >= 0;
	const struct runtime_request request = {
		.spec = &b->bundle.spec,
		.cgroup = b->has_cgroup ? &b->cgroup.cgroup : NULL,
		.stdio = { .input = has_terminal ? -1 : STDIN_FILENO,
			   .output = has_terminal ? -1 : STDOUT_FILENO,
			   .error = has_terminal ? -1 : STDERR_FILENO,
			   .console_fd = b->console.init_end,
			   .is_console_plain = b->console.is_plain },
		.waits_for_start = true,
		.wait_fd = b->wait_fd,
		.keep_count = b->descriptors.keep_count,
		.state = { .print = print_state, .context = b },
		.no_pivot = b->options->no_pivot,
		.no_new_keyring = b->options->no_new_keyring,
		.hold_stage = b->oci->hold_stage,
		.seccomp_cache = b->oci->seccomp_cache,
	};
	int r = runtime_prepare(&request, &b->launch, e);

	if (r == 0)
		r = runtime_launch(&b->launch, e);
	if (r < 0)
		return r;
	undo_push(&b->undo, undo_init, b);
	r = runtime_await(&b->launch, e);
	if (r == 0 && b->has_cgroup)
		cgroup_settle(&b->cgroup);
	return r;
}

static int record(struct birth *b, struct err *e)
{
	struct process_stat stat;
	int r = process_stat_read(b->launch.pid, &stat);

	if (r < 0)
		return err_sys(e, r, "look at init");
	b->state.pid = b->launch.pid;
	b->state.start_ticks = stat.start_ticks;
	return container_write_state(&b->container, &b->state, e);
}

/* What callers read when we have ended, and act upon: last. */
static int announce(struct birth *b, struct err *e)
{
	int r = console_send_pidfd(b->options->pidfd_socket, b->launch.pidfd, "standard", e);

	return r < 0 ? r : pid_file_write(b->options->pid_file, b->launch.pid, e);
}

/* The walk; what each step makes, the next ones may rely on. */
static int give_birth(struct birth *b, const char *id, struct err *e)
{
	int r = bundle_open(b->oci, b->options, &b->bundle, e);

	if (r == 0)
		descriptors_say(&b->descriptors, &b->bundle.spec.process.env, &b->oci->arena);
	if (r == 0)
		r = console_prepare(&b->bundle.spec.process, b->options->console_socket,
				    b->is_detached, &b->console, e);
	if (r == 0)
		r = make_container(b, id, e);
	if (r == 0)
		r = make_start_socket(b, e);
	if (r == 0)
		r = make_cgroup(b, e);
	if (r < 0)
		return r;
	fill_state(b);
	r = bear_init(b, e);
	if (r == 0 && b->is_detached)
		r = console_pass_on(&b->console, e);
	if (r == 0)
		r = record(b, e);
	if (r == 0)
		r = announce(b, e);
	if (r == 0 && b->waits_for_other)
		r = runtime_hand_over(&b->launch, e);
	return r;
}

int birth_run(struct birth *b, const char *id, struct err *e)
{
	int r;

	b->console = (struct console)CONSOLE_NONE;
	b->wait_fd = -EBADF;
	launch_init(&b->launch);
	r = give_birth(b, id, e);
	if (r < 0) {
		birth_undo(b);
		birth_done(b);
	}
	return r;
}

void birth_undo(struct birth *b)
{
	undo_run(&b->undo);
}

void birth_done(struct birth *b)
{
	undo_commit(&b->undo);
	runtime_launch_done(&b->launch);
	if (b->has_cgroup)
		cgroup_done(&b->cgroup.cgroup);
	console_done(&b->console);
	b->wait_fd = fd_close(b->wait_fd);
	container_close(&b->container);
	bundle_close(&b->bundle);
}
