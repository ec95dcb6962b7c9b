/*
 * The first moments: what init was executed with is taken over, and everything else is let go.
 *
 * A descriptor that leaked from whoever called hoy must not become a way to the host
 * (CVE-2024-21626), so all that the plan does not name are closed at once, and the rest is
 * CLOEXEC from here on.
 *
 * Runs in: init, before the first stage.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"
#include "linux/process.h"

struct fd_set_sorted {
	int *fds;
	size_t count;
};

static void keep(struct fd_set_sorted *kept, int fd)
{
	size_t i = kept->count;

	if (fd <= STDERR_FILENO)
		return;
	for (; i > 0 && kept->fds[i - 1] > fd; i--)
		kept->fds[i] = kept->fds[i - 1];
	kept->fds[i] = fd;
	kept->count++;
}

/* How many descriptors a plan can name at most. */
static size_t count_named(const struct plan_header *plan)
{
	return (size_t)plan->join_namespaces.count + plan->cgroup_fds.count +
	       2 * (size_t)plan->mounts.count + plan->cgroup_mounts.count +
	       plan->keep_fds.count + 12;
}

static void keep_named(const struct plan_header *plan, struct fd_set_sorted *kept)
{
	const struct plan_namespace *namespaces =
		plan_array(plan, plan->join_namespaces, struct plan_namespace);
	const int32_t *cgroups = plan_array(plan, plan->cgroup_fds, int32_t);
	const struct plan_mount *mounts = plan_array(plan, plan->mounts, struct plan_mount);
	const struct plan_cgroup_mount *views =
		plan_array(plan, plan->cgroup_mounts, struct plan_cgroup_mount);
	const int32_t *fds = plan_array(plan, plan->keep_fds, int32_t);

	keep(kept, fault_log_fd());
	keep(kept, plan->root_fd);
	keep(kept, plan->null_fd);
	keep(kept, plan->console_fd);
	keep(kept, plan->pid_fd);
	keep(kept, plan->wait_fd);
	keep(kept, plan->seccomp_notify_fd);
	keep(kept, plan->state_fd);
	keep(kept, plan->hook_output_fd);
	keep(kept, plan->hook_error_fd);
	for (uint32_t i = 0; i < plan->join_namespaces.count; i++)
		keep(kept, namespaces[i].fd);
	for (uint32_t i = 0; i < plan->cgroup_fds.count; i++)
		keep(kept, cgroups[i]);
	for (uint32_t i = 0; i < plan->mounts.count; i++) {
		keep(kept, mounts[i].source_fd);
		keep(kept, mounts[i].userns_fd);
	}
	for (uint32_t i = 0; i < plan->cgroup_mounts.count; i++)
		keep(kept, views[i].source_fd);
	for (uint32_t i = 0; i < plan->keep_fds.count; i++)
		keep(kept, fds[i]);
}

static int close_unnamed(const struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	AUTO_FREE int *fds = calloc(count_named(plan), sizeof(*fds));
	struct fd_set_sorted kept = { .fds = fds };
	unsigned int next = STDERR_FILENO + 1;
	int r = 0;

	if (!fds)
		return err_sys(e, ENOMEM, "list the descriptors of the plan");
	keep(&kept, init->sync_fd);
	keep_named(plan, &kept);
	for (size_t i = 0; i < kept.count && r == 0; i++) {
		unsigned int fd = (unsigned int)kept.fds[i];

		if (fd > next)
			r = process_close(next, fd - 1);
		next = fd + 1;
	}
	if (r == 0)
		r = process_close(next, ~0U);
	if (r == 0)
		r = process_close_on_exec(STDERR_FILENO + 1, ~0U);
	return r < 0 ? err_sys(e, r, "close the descriptors that were inherited") : 0;
}

/* The mapping stays for the life of the process. */
static int map_plan(struct init *init, int plan_fd, struct err *e)
{
	struct stat st;
	void *block;
	int r;

	if (fstat(plan_fd, &st) < 0)
		return err_sys(e, errno, "look at the plan");
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > PLAN_SIZE_MAX)
		return err_set(e, ERR_INTERNAL, -EINVAL, "descriptor %d is not a plan",
			       plan_fd);
	block = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, plan_fd, 0);
	if (block == MAP_FAILED)
		return err_sys(e, errno, "map the plan");
	r = plan_check(block, (size_t)st.st_size, e);
	if (r < 0)
		return r;
	init->plan = block;
	(void)fd_close(plan_fd);
	return 0;
}

int init_adopt(struct init *init, int plan_fd, struct err *e)
{
	int r = map_plan(init, plan_fd, e);

	if (r < 0)
		return r;
	/*
	 * Nobody in the container may trace us or follow our descriptors (CVE-2016-9962). In a
	 * new user namespace a process that is not dumpable would not even own its /proc/self,
	 * so there it waits for the maps.
	 */
	if (!(init->plan->flags & PLAN_NEW_USER) || init->plan->birth) {
		r = process_set_dumpable(false);
		if (r < 0)
			return err_sys(e, r, "become untraceable");
	}
	return close_unnamed(init, e);
}
