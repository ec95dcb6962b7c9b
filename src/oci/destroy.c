/*
 * See destroy.h.
 *
 * Runs in: runtime.
 */
#include "oci/destroy.h"

#include <poll.h>
#include <signal.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "linux/namespace.h"
#include "runtime/cgroup_make.h"
#include "runtime/hooks.h"

enum { KILL_TIMEOUT_MS = CONTAINER_KILL_TIMEOUT_NS / 1000000 };

/* The end of init is seen by its pidfd, whoever its parent is. */
static int init_kill(const struct oci_container *container, struct err *e)
{
	AUTO_CLOSE int pidfd = container_open_init(container);
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	uint64_t end = clock_monotonic_ns() + CONTAINER_KILL_TIMEOUT_NS;
	int r;

	if (pidfd == -ESRCH)
		return 0;
	r = pidfd < 0 ? pidfd : pidfd_kill(pidfd, SIGKILL);
	if (r == -ESRCH)
		return 0;
	if (r < 0)
		return err_sys(e, r, "kill init of container %s", container->id);
	while (poll(&p, 1, KILL_TIMEOUT_MS) <= 0) {
		if (clock_monotonic_ns() >= end)
			return err_sys(e, ETIMEDOUT, "kill init of container %s",
				       container->id);
	}
	return 0;
}

int destroy_kill(const struct oci_container *container, bool kills_all, struct err *e)
{
	struct cgroup cgroup;
	int r = 0;

	if (kills_all) {
		r = container_open_cgroup(container, &cgroup, e);
		if (r == 0 && cgroup.mode != CGROUP_NONE)
			r = cgroup_kill(&cgroup, CONTAINER_KILL_TIMEOUT_NS, e);
		cgroup_done(&cgroup);
	}
	return r < 0 ? r : init_kill(container, e);
}

static int cgroup_destroy(const struct oci_container *container, struct err *e)
{
	const struct oci_state *state = &container->state;
	struct cgroup cgroup;
	int r = container_open_cgroup(container, &cgroup, e);

	if (r < 0 || cgroup.mode == CGROUP_NONE)
		return r;
	r = cgroup_unmake(&cgroup, state->scope, state->is_rootless, NULL);
	/* Whoever is left had another pid namespace than init, or none of its own. */
	if (r == -EBUSY) {
		r = cgroup_open(&cgroup, e);
		if (r == 0)
			r = cgroup_kill(&cgroup, CONTAINER_KILL_TIMEOUT_NS, e);
		if (r == 0)
			r = cgroup_unmake(&cgroup, state->scope, state->is_rootless, e);
	}
	cgroup_done(&cgroup);
	return r;
}

/* They run when the container is gone, so what they need is read before. */
void destroy_poststop(const struct oci_container *container, const struct spec *spec)
{
	AUTO_STR struct str state = { 0 };

	container_state_json(container->id, &container->state, oci_status_text(OCI_STOPPED), 0,
			     NULL, &state);
	(void)hooks_run(&spec->hooks_poststop, "poststop", str_text(&state), true, NULL);
}

int destroy_remove(struct oci *oci, struct oci_container *container, struct err *e)
{
	struct spec spec = { 0 };
	int r = 0;

	if (container->state.has_poststop)
		r = container_read_spec(oci, container, &spec, e);
	if (r == 0)
		r = cgroup_destroy(container, e);
	if (r == 0)
		r = container_remove(oci, container, e);
	if (r == 0 && container->state.has_poststop)
		destroy_poststop(container, &spec);
	return r;
}
