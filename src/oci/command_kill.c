/*
 * kill: a signal to a container's init, or to all of its processes.
 *
 * Runs in: runtime.
 */
#include <signal.h>
#include <string.h>
#include <sys/types.h>

#include "base/fd.h"
#include "format/signal.h"
#include "linux/namespace.h"
#include "oci/container_match.h"

struct values {
	bool is_all;
	bool is_regex;
	int number; /* of the signal */
};

static const struct option options[] = {
	{ "all", 'a', OPTION_BOOL, offsetof(struct values, is_all), NULL, NULL,
	  "Send the signal to all processes of the container" },
	{ "regex", 'r', OPTION_BOOL, offsetof(struct values, is_regex), NULL, NULL,
	  "The id is a regular expression: signal all that match" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static const struct oci_syntax syntax = {
	.options = options,
	.min = 1,
	.max = 2,
	.arguments = "<container-id> [signal]",
};

static int refuse_stopped(struct err *e)
{
	return err_set(e, ERR_CONFLICT, -ESRCH, "container not running");
}

/* Frozen tasks of cgroup v1 take a SIGKILL only when they are thawed; those of v2 at once. */
static void thaw(struct cgroup *cgroup)
{
	if (cgroup_is_frozen(cgroup) > 0)
		(void)cgroup_freeze(cgroup, false, NULL);
}

static int kill_listed(struct cgroup *cgroup, int number, struct err *e)
{
	AUTO_FREE pid_t *pids = NULL;
	size_t count = 0;
	int r = cgroup_pids(cgroup, &pids, &count, e);

	for (size_t i = 0; r == 0 && i < count; i++) {
		AUTO_CLOSE int pidfd = pidfd_of(pids[i]);

		/* One that has ended since is no failure. */
		if (pidfd >= 0)
			(void)pidfd_kill(pidfd, number);
	}
	return r;
}

/* Is init alive, or anybody that it has left behind? */
static bool is_populated(const struct oci_container *container)
{
	AUTO_FREE pid_t *pids = NULL;
	struct cgroup cgroup;
	size_t count = 0;

	if (container_status_of_init(container) != OCI_STOPPED)
		return true;
	if (container_open_cgroup(container, &cgroup, NULL) < 0)
		return false;
	if (cgroup.mode != CGROUP_NONE)
		(void)cgroup_pids(&cgroup, &pids, &count, NULL);
	cgroup_done(&cgroup);
	return count > 0;
}

static int kill_all(const struct oci_container *container, int number, struct err *e)
{
	struct cgroup cgroup;
	int r = container_open_cgroup(container, &cgroup, e);

	if (r < 0)
		return r;
	if (cgroup.mode == CGROUP_NONE)
		r = err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			    "container %s has no cgroup to find its processes by",
			    container->id);
	else
		r = number == SIGKILL ? cgroup_kill(&cgroup, CONTAINER_KILL_TIMEOUT_NS, e)
				      : kill_listed(&cgroup, number, e);
	cgroup_done(&cgroup);
	return r;
}

static int kill_init(const struct oci_container *container, int number, struct err *e)
{
	AUTO_CLOSE int pidfd = container_open_init(container);
	struct cgroup cgroup;
	int r = pidfd < 0 ? pidfd : pidfd_kill(pidfd, number);

	if (r == -ESRCH)
		return refuse_stopped(e);
	if (r < 0)
		return err_sys(e, r, "signal %d to container %s", number, container->id);
	if (number == SIGKILL && container_open_cgroup(container, &cgroup, NULL) == 0) {
		thaw(&cgroup);
		cgroup_done(&cgroup);
	}
	return 0;
}

static int container_kill(struct oci *oci, const char *id, const void *context, struct err *e)
{
	const struct values *values = context;
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	int r = container_open(oci, id, CONTAINER_READ, &container, e);

	if (r < 0)
		return r;
	if (values->is_all)
		return kill_all(&container, values->number, e);
	/* Without a pid namespace of its own the death of init is nobody else's. */
	if (values->number == SIGKILL && container.has_state && container.state.is_pid_shared &&
	    is_populated(&container))
		return kill_all(&container, values->number, e);
	return kill_init(&container, values->number, e);
}

int oci_kill(struct oci *oci, char **argv)
{
	struct values values = { .number = SIGTERM };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, &values, &args, &exit_code))
		return exit_code;
	/* 0, as of kill(2), only asks whether there is somebody. */
	if (args.count > 1 && strcmp(args.items[1], "0") == 0)
		values.number = 0;
	else if (args.count > 1 && signal_parse(args.items[1], &values.number) < 0) {
		(void)err_set(&e, ERR_INVALID, -EINVAL, "unknown signal \"%s\"", args.items[1]);
		return oci_report(oci, &e);
	}
	return container_match(oci, args.items[0], values.is_regex, container_kill, &values);
}
