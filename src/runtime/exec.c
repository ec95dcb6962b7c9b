/*
 * One more process in a running container: its namespaces are joined through one pidfd.
 *
 * Runs in: cli (engine), runtime.
 * See: setns(2) with a pidfd.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/log.h"
#include "runtime/launch_fds.h"
#include "runtime/launch_state.h"
#include "runtime/plan_build.h"
#include "runtime/prepare.h"

/* Is the process in another namespace of this kind than we are? */
static int is_foreign(pid_t pid, const char *kind, struct err *e)
{
	char path[64];
	struct stat ours;
	struct stat theirs;

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	if (stat(path, &ours) < 0)
		return err_sys(e, errno, "stat %s", path);
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, kind);
	if (stat(path, &theirs) < 0)
		return errno == ENOENT ? err_set(e, ERR_CONFLICT, -ESRCH,
						 "the container is not running")
				       : err_sys(e, errno, "stat %s", path);
	return ours.st_ino != theirs.st_ino;
}

/*
 * Joining the namespace that one is in already does no harm, but for the user namespace, which
 * the kernel refuses, and for the time namespace, which costs a new vdso. The pid namespace is
 * the launcher's to join.
 */
static int namespaces_find(pid_t pid, uint32_t *ret, struct err *e)
{
	int is_user = is_foreign(pid, "user", e);
	int is_time = is_user < 0 ? is_user : is_foreign(pid, "time", e);

	if (is_time < 0)
		return is_time;
	*ret = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
	*ret |= is_user ? (uint32_t)CLONE_NEWUSER : 0;
	*ret |= is_time ? (uint32_t)CLONE_NEWTIME : 0;
	return 0;
}

/* A user namespace whose maps an unprivileged user wrote lets nobody change the groups. */
static int setgroups_denied(pid_t pid, struct err *e)
{
	char path[64];
	char word[8] = "";

	(void)snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)pid);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : fd_read_full(fd, word, sizeof(word) - 1);

	if (n < 0)
		return err_sys(e, (int)n, "read %s", path);
	return strncmp(word, "deny", 4) == 0;
}

static uint64_t request_flags(const struct runtime_exec_request *request)
{
	/* As the container: or the process would have the session keyring of whoever called us.
	 */
	uint64_t flags = PLAN_NEW_KEYRING;

	if (request->dies_with_parent)
		flags |= PLAN_DIE_WITH_PARENT;
	if (request->stdio.is_console_plain)
		flags |= PLAN_TERMINAL_PLAIN;
	if (log_get_level() >= LOG_LEVEL_TRACE)
		flags |= PLAN_TRACE;
	return flags;
}

static int plan_make(const struct runtime_exec_request *request, struct runtime_launch *launch,
		     const struct plan_exec_input *input, struct err *e)
{
	AUTO_STR struct str warnings = { 0 };
	struct plan_builder b;
	int r;

	plan_builder_init(&b, PLAN_EXEC);
	r = plan_build_exec(input, &b, &warnings, e);
	if (r == 0)
		r = launch_complete(launch, &b, &warnings, request->init_path, e);
	plan_builder_done(&b);
	return r;
}

static int prepare(const struct runtime_exec_request *request, struct runtime_launch *launch,
		   struct err *e)
{
	int cgroup_fds[CGROUP_HIERARCHIES_MAX];
	struct seccomp_filter filter;
	struct host_facts facts;
	int agent_fd;
	uint64_t flags = request_flags(request);
	uint32_t join = 0;
	int pidfd;
	int joins;
	int r = host_facts_read(&facts, e);

	if (r == 0)
		r = namespaces_find(request->init_pid, &join, e);
	if (r == 0 && join & CLONE_NEWUSER) {
		int is_denied = setgroups_denied(request->init_pid, e);

		flags |= PLAN_BECOME_ROOT | (is_denied > 0 ? PLAN_SETGROUPS_DENIED : 0);
		r = is_denied < 0 ? is_denied : 0;
	}
	if (r == 0)
		r = launch_stdio(launch, &request->stdio, e);
	if (r == 0)
		r = launch_sync(launch, e);
	if (r == 0)
		r = launch_state_open(launch,
				      request->seccomp && request->seccomp->listener_path, e);
	joins = r < 0 ? r : launch_cgroup(launch, request->cgroup, cgroup_fds, e);
	pidfd = joins < 0 ? joins : launch_inherit(launch, request->init_pidfd, e);
	if (pidfd < 0)
		return pidfd;
	launch->pid_ns_fd = pidfd;
	r = launch_filter(request->seccomp_cache, request->seccomp_key, request->seccomp,
			  request->process, &filter, e);
	if (r < 0)
		return r;
	r = launch_agent(launch, &filter, &agent_fd, e);
	if (r < 0) {
		seccomp_filter_done(&filter);
		return r;
	}
	const struct plan_exec_input input = {
		.process = request->process,
		.container = request->container,
		.facts = &facts,
		.filter = filter.count > 0 ? &filter : NULL,
		.init_pidfd = pidfd,
		.join_namespaces = join,
		.fds = { .root_fd = -1,
			 .null_fd = -1,
			 .cgroup_fds = cgroup_fds,
			 .cgroup_count = (size_t)joins,
			 .console_fd = launch->stdio.console_fd,
			 .wait_fd = -1,
			 .agent_fd = agent_fd,
			 .state_fd = launch->state_fd,
			 .keep_count = request->keep_count },
		.flags = flags,
	};

	r = plan_make(request, launch, &input, e);
	seccomp_filter_done(&filter);
	return r;
}

int runtime_prepare_exec(const struct runtime_exec_request *request, struct runtime_launch *ret,
			 struct err *e)
{
	struct runtime_launch launch;
	int r;

	launch_init(&launch);
	launch.has_birth = true;
	launch.container_pid = request->init_pid;
	launch.seccomp = request->seccomp;
	launch.state = request->state;
	launch.keep_count = request->keep_count;
	launch.is_traced = log_get_level() >= LOG_LEVEL_TRACE;
	r = prepare(request, &launch, e);
	if (r < 0) {
		runtime_launch_done(&launch);
		return r;
	}
	*ret = launch;
	return 0;
}
