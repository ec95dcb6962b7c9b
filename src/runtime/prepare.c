/*
 * From a request to a launch: facts read, descriptors opened, the filter fetched, the plan
 * built and sealed.
 *
 * Runs in: cli (engine), runtime.
 */
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "linux/device.h"
#include "runtime/hooks.h"
#include "runtime/launch_fds.h"
#include "runtime/launch_state.h"
#include "runtime/mount_sources.h"
#include "runtime/namespace_own.h"
#include "runtime/plan_build.h"
#include "runtime/prepare.h"
#include "runtime/program.h"
#include "runtime/seccomp.h"
#include "runtime/user_maps.h"

#define SELINUX_FILE "/sys/fs/selinux/enforce"

enum { NAMESPACES_MAX = 8 };

/* A path could lead to anything: the kernel is asked what it is before init joins it. */
static int namespace_open(const struct spec_namespace *ns, struct err *e)
{
	AUTO_CLOSE int fd = open(ns->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return err_sys(e, errno, "open namespace %s", ns->path);
	if (ioctl(fd, NS_GET_NSTYPE) != ns->type)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "namespace %s: not one of the kind that it is named as",
			       ns->path);
	return fd_take(&fd);
}

static int namespace_fd(struct runtime_launch *launch, const struct spec_namespace *ns,
			struct err *e)
{
	int fd = ns->fd;

	if (fd < 0) {
		fd = namespace_open(ns, e);
		if (fd >= 0)
			fd = launch_own(launch, fd, e);
	}
	if (fd < 0)
		return fd;
	fd = launch_inherit(launch, fd, e);
	if (ns->type == CLONE_NEWPID)
		launch->pid_ns_fd = fd;
	return fd;
}

static int namespaces_open(struct runtime_launch *launch, const struct spec *spec,
			   int fds[NAMESPACES_MAX], struct err *e)
{
	if (spec->namespace_count > NAMESPACES_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d namespaces",
			       NAMESPACES_MAX);
	for (size_t i = 0; i < spec->namespace_count; i++) {
		const struct spec_namespace *ns = &spec->namespaces[i];

		fds[i] = -1;
		if (!ns->path && ns->fd < 0)
			continue;
		fds[i] = namespace_fd(launch, ns, e);
		if (fds[i] < 0)
			return fds[i];
	}
	return 0;
}

int launch_filter(const char *cache, const char *key, const struct spec_seccomp *seccomp,
		  const struct spec_process *process, struct seccomp_filter *ret, struct err *e)
{
	*ret = (struct seccomp_filter){ 0 };
	if (!seccomp && !key)
		return 0;
	return seccomp_get(cache, key,
			   process->has_capabilities ? process->capabilities.bounding : 0,
			   seccomp, ret, e);
}

int launch_complete(struct runtime_launch *launch, struct plan_builder *b,
		    const struct str *warnings, const char *init_path, struct err *e)
{
	const char *line = str_text(warnings);

	b->header.pid_fd = launch->pid_ns_fd;
	launch->plan_fd = plan_seal(b, e);
	if (launch->plan_fd < 0)
		return launch->plan_fd;
	launch->init_fd = program_load_init(init_path, e);
	if (launch->init_fd < 0)
		return launch->init_fd;
	for (size_t len; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		log_warn("%.*s", (int)len, line);
	}
	return 0;
}

static uint64_t request_flags(const struct runtime_request *request,
			      const struct host_facts *facts)
{
	uint64_t flags = 0;

	if (request->is_reaper)
		flags |= PLAN_REAPER;
	if (request->waits_for_start)
		flags |= PLAN_WAIT_START;
	if (request->no_pivot)
		flags |= PLAN_NO_PIVOT;
	if (request->stdio.is_console_plain)
		flags |= PLAN_TERMINAL_PLAIN;
	if (!request->no_new_keyring)
		flags |= PLAN_NEW_KEYRING;
	if (spec_has_new_namespace(request->spec, CLONE_NEWUSER) &&
	    user_maps_deny_groups(request->spec, facts->is_rootless))
		flags |= PLAN_SETGROUPS_DENIED;
	if (log_get_level() >= LOG_LEVEL_TRACE)
		flags |= PLAN_TRACE;
	return flags;
}

static int plan_make(const struct runtime_request *request, struct runtime_launch *launch,
		     const struct plan_input *input, struct err *e)
{
	AUTO_STR struct str warnings = { 0 };
	struct plan_builder b;
	int r;

	plan_builder_init(&b, PLAN_RUN);
	r = plan_build(input, &b, &warnings, e);
	if (r == 0)
		r = launch_complete(launch, &b, &warnings, request->init_path, e);
	plan_builder_done(&b);
	return r;
}

/* `take_fd`, or the error that it is, as init will see it. */
static int hand_over(struct runtime_launch *launch, int take_fd, struct err *e)
{
	int fd = take_fd < 0 ? take_fd : launch_own(launch, take_fd, e);

	return fd < 0 ? fd : launch_inherit(launch, fd, e);
}

/* Where another process gives the START. */
static int wait_inherit(const struct runtime_request *request, struct runtime_launch *launch,
			struct err *e)
{
	return request->waits_for_start && request->wait_fd >= 0
		       ? launch_inherit(launch, request->wait_fd, e)
		       : -1;
}

/* Hooks of init may print into files of the host, which init cannot reach by path any more. */
static int hooks_inherit(struct runtime_launch *launch, const struct spec *spec, int ret[2],
			 struct err *e)
{
	const struct spec_hooks *hooks = spec->hooks_create_container.count > 0
						 ? &spec->hooks_create_container
						 : &spec->hooks_start_container;
	int fds[2] = { -1, -1 };
	int r = hooks->count > 0 ? hooks_open_output(hooks, &fds[0], &fds[1], e) : 0;

	/* What is owned is closed with the launch, whatever fails. */
	for (int i = 0; i < 2; i++) {
		ret[i] = fds[i] < 0 ? -1 : hand_over(launch, fds[i], e);
		if (ret[i] < -1 && r == 0)
			r = ret[i];
	}
	return r;
}

/* The memory behind struct plan_descriptors. */
struct inherited {
	int namespaces[NAMESPACES_MAX];
	int cgroups[CGROUP_HIERARCHIES_MAX];
	int views[CGROUP_HIERARCHIES_MAX];
	int hooks[2];
	int *mounts; /* from malloc */
};

/* Without a cgroup namespace the container's directories are bound from the host. */
static int views_inherit(const struct runtime_request *request, struct runtime_launch *launch,
			 struct inherited *in, struct err *e)
{
	bool is_needed =
		request->cgroup && !spec_has_new_namespace(request->spec, CLONE_NEWCGROUP);

	for (size_t i = 0; i < CGROUP_HIERARCHIES_MAX; i++) {
		int fd = -1;
		int r = is_needed && i < request->cgroup->count
				? cgroup_view_open(request->cgroup, i, &fd, e)
				: 0;

		if (r < 0)
			return r;
		in->views[i] = fd < 0 ? -1 : hand_over(launch, fd, e);
		if (in->views[i] < -1)
			return in->views[i];
	}
	return 0;
}

/* What init otherwise takes from the host itself. */
static int host_inherit(const struct runtime_request *request, struct runtime_launch *launch,
			struct inherited *in, struct plan_descriptors *ret, struct err *e)
{
	ret->root_fd = -1;
	ret->null_fd = -1;
	if (!request->root)
		return 0;
	launch->birth_fd = request->root->birth_fd;
	ret->root_fd = launch_inherit(launch, request->root->mount_fd, e);
	if (ret->root_fd < 0)
		return ret->root_fd;
	if (request->spec->masked_paths.count > 0) {
		ret->null_fd = hand_over(launch, device_clone_null(e), e);
		if (ret->null_fd < 0)
			return ret->null_fd;
	}
	ret->view_fds = in->views;
	return views_inherit(request, launch, in, e);
}

/* What init gets as open descriptors, but the seccomp agent. */
static int descriptors_inherit(const struct runtime_request *request,
			       struct runtime_launch *launch, struct inherited *in,
			       struct plan_descriptors *ret, struct err *e)
{
	const struct spec *spec = request->spec;
	struct plan_descriptors fds = { .agent_fd = -1, .keep_count = request->keep_count };
	int joins = 0;
	int wait;
	int r = namespaces_open(launch, spec, in->namespaces, e);

	if (r == 0)
		r = host_inherit(request, launch, in, &fds, e);
	if (r == 0)
		r = mount_sources_open(launch, spec, !request->root, in->namespaces,
				       &in->mounts, e);
	if (r == 0)
		r = launch_stdio(launch, &request->stdio, e);
	if (r == 0)
		r = launch_sync(launch, e);
	if (r == 0)
		r = hooks_inherit(launch, spec, in->hooks, e);
	if (r == 0)
		r = launch_state_open(launch, hooks_need_state(spec), e);
	if (r == 0)
		joins = launch_cgroup(launch, request->cgroup, in->cgroups, e);
	if (r < 0 || joins < 0)
		return r < 0 ? r : joins;
	wait = wait_inherit(request, launch, e);
	if (wait < -1)
		return wait;
	fds.namespace_fds = in->namespaces;
	fds.mount_fds = in->mounts;
	fds.cgroup_fds = in->cgroups;
	fds.cgroup_count = (size_t)joins;
	fds.console_fd = launch->stdio.console_fd;
	fds.wait_fd = wait;
	fds.state_fd = launch->state_fd;
	fds.hook_fds = in->hooks;
	*ret = fds;
	return 0;
}

static int prepare(const struct runtime_request *request, struct runtime_launch *launch,
		   struct inherited *in, struct err *e)
{
	const struct spec *spec = request->spec;
	struct host_facts facts;
	struct plan_input input = { .spec = spec,
				    .root = request->root,
				    .facts = &facts,
				    .cgroup = request->cgroup,
				    .hold_stage = request->hold_stage };
	struct seccomp_filter filter;
	int r = host_facts_read(&facts, e);

	if (r == 0)
		r = descriptors_inherit(request, launch, in, &input.fds, e);
	if (r == 0)
		r = launch_filter(request->seccomp_cache, request->seccomp_key,
				  spec->has_seccomp ? &spec->seccomp : NULL, &spec->process,
				  &filter, e);
	if (r < 0)
		return r;
	r = launch_agent(launch, &filter, &input.fds.agent_fd, e);
	facts.has_selinux = spec->mount_label && access(SELINUX_FILE, F_OK) == 0;
	facts.cgroup_mode = request->cgroup ? request->cgroup->mode : CGROUP_NONE;
	input.filter = filter.count > 0 ? &filter : NULL;
	input.flags = request_flags(request, &facts);
	if (r == 0)
		r = plan_make(request, launch, &input, e);
	seccomp_filter_done(&filter);
	return r;
}

int runtime_prepare(const struct runtime_request *request, struct runtime_launch *ret,
		    struct err *e)
{
	struct runtime_request own = *request;
	struct inherited inherited = { 0 };
	struct runtime_launch launch;
	int r = namespace_own_leave(&own.spec, e);

	if (r < 0)
		return r;
	launch_init(&launch);
	launch.spec = own.spec;
	launch.hold_stage = request->hold_stage;
	launch.seccomp = own.spec->has_seccomp ? &own.spec->seccomp : NULL;
	launch.state = request->state;
	launch.keep_count = request->keep_count;
	launch.waits_for_start = request->waits_for_start;
	launch.is_traced = log_get_level() >= LOG_LEVEL_TRACE;
	launch.clone_flags = plan_clone_flags(own.spec);
	launch.has_birth = plan_has_birth(own.spec);
	r = prepare(&own, &launch, &inherited, e);
	free(inherited.mounts);
	if (r < 0) {
		runtime_launch_done(&launch);
		return r;
	}
	*ret = launch;
	return 0;
}
