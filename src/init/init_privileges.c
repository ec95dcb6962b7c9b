/*
 * From all-powerful to what the program may: limits, identity, capabilities, seccomp.
 *
 * The order follows from what each step needs. Limits and scheduling may need capabilities; the
 * bounding set needs CAP_SETPCAP; a change of uid empties the effective set, so the permitted
 * one is kept over it and set last. A seccomp filter without no_new_privs needs CAP_SYS_ADMIN:
 * then that one is kept until the filter is loaded, and one capset(2) remains behind it.
 * Everything else is done before the filter, which may forbid anything.
 *
 * Runs in: init, after READY, for run and exec.
 * See: capabilities(7) "Effect of user ID changes on capabilities", seccomp(2).
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"
#include "linux/capabilities.h"
#include "linux/kernel_abi.h"
#include "linux/keyring.h"
#include "linux/process.h"
#include "linux/seccomp_load.h"

int init_no_new_privileges(struct init *init, struct err *e)
{
	int r;

	/* Nobody ran in the new user namespace until now. */
	r = init->plan->flags & PLAN_NEW_USER ? process_set_dumpable(false) : 0;
	if (r < 0)
		return err_sys(e, r, "become untraceable");
	if (!(init->plan->flags & PLAN_NO_NEW_PRIVILEGES))
		return 0;
	r = process_set_no_new_privileges();
	return r < 0 ? err_sys(e, r, "set no_new_privs") : 0;
}

static int say_limit(const struct plan_rlimit *limit, int r, struct err *e)
{
	const char *name = process_limit_name(limit->resource);

	(void)err_sys(e, r, "set %s to soft %llu, hard %llu",
		      name ? name : "an unknown resource limit",
		      (unsigned long long)limit->soft, (unsigned long long)limit->hard);
	return r == -EPERM
		       ? err_hint(e, r,
				  "raising a hard limit needs CAP_SYS_RESOURCE; the limit of "
				  "whoever starts the container is lower")
		       : r;
}

static int set_limits(const struct plan_header *plan, struct err *e)
{
	const struct plan_rlimit *limits = plan_array(plan, plan->rlimits, struct plan_rlimit);

	for (uint32_t i = 0; i < plan->rlimits.count; i++) {
		int r = process_set_limit(limits[i].resource, limits[i].soft, limits[i].hard);

		if (r < 0)
			return say_limit(&limits[i], r, e);
	}
	return 0;
}

static int set_scheduling(const struct plan_header *plan, struct err *e)
{
	const struct process_scheduler scheduler = {
		.policy = plan->scheduler_policy,
		.nice = plan->scheduler_nice,
		.priority = plan->scheduler_priority,
		.flags = plan->scheduler_flags,
		.runtime = plan->scheduler_runtime_ns,
		.deadline = plan->scheduler_deadline_ns,
		.period = plan->scheduler_period_ns,
	};
	int r = 0;

	if (plan->personality != PLAN_LEAVE)
		r = process_set_personality(plan->personality);
	if (r < 0)
		return err_sys(e, r, "set the personality 0x%x", plan->personality);
	if (plan->scheduler_policy != PLAN_LEAVE)
		r = process_set_scheduler(&scheduler);
	if (r < 0)
		return err_sys(e, r, "set the scheduler (policy %u)", plan->scheduler_policy);
	if (plan->memory_mode != PLAN_LEAVE)
		r = process_set_memory_policy(plan->memory_mode,
					      plan_array(plan, plan->memory_nodes, uint64_t),
					      plan->memory_nodes.count);
	if (r < 0)
		return err_sys(e, r, "set the memory policy 0x%x", plan->memory_mode);
	if (plan->io_priority != PLAN_LEAVE)
		r = process_set_io_priority(plan->io_priority);
	return r < 0 ? err_sys(e, r, "set the I/O priority") : 0;
}

static int set_label(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const char *label =
		plan_get_text(plan, plan->apparmor ? plan->apparmor : plan->selinux);
	AUTO_STR struct str text = { 0 };
	int r;

	if (init->label_fd < 0)
		return 0;
	str_printf(&text, "%s%s", plan->apparmor ? "exec " : "", label);
	r = str_ok(&text);
	if (r == 0)
		r = FAULT_OR("security_label",
			     fd_write_all(init->label_fd, text.data, text.len));
	init->label_fd = fd_close(init->label_fd);
	return r < 0 ? err_sys(e, r, "set the security label %s", label) : 0;
}

/* A directory that root could not enter (a network file system): as the user it may work. */
static int enter_cwd_as_user(struct init *init, struct err *e)
{
	const char *cwd = plan_get_text(init->plan, init->plan->cwd);

	if (init->is_cwd_set)
		return 0;
	if (chdir(cwd) < 0)
		return err_sys(e, errno, "enter the working directory %s", cwd);
	init->is_cwd_set = true;
	return 0;
}

static int set_ids(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const gid_t *groups = plan_array(plan, plan->groups, gid_t);
	int r = 0;

	if (plan->uid != 0)
		r = capabilities_keep();
	if (r < 0)
		return err_sys(e, r, "keep the capabilities");
	if (!(plan->flags & PLAN_SETGROUPS_DENIED))
		r = process_set_groups(groups, plan->groups.count);
	if (r < 0)
		return err_sys(e, r, "set %u supplementary groups",
			       (unsigned int)plan->groups.count);
	r = process_set_gid(plan->gid);
	if (r < 0)
		return err_sys(e, r, "become group %u", plan->gid);
	r = process_set_uid(plan->uid);
	return r < 0 ? err_sys(e, r, "become user %u", plan->uid) : 0;
}

/* What loading the filter needs beyond what the program gets. */
static uint64_t capabilities_for_filter(const struct plan_header *plan)
{
	return plan->seccomp.count > 0 && !(plan->flags & PLAN_NO_NEW_PRIVILEGES)
		       ? UINT64_C(1) << ABI_CAP_SYS_ADMIN
		       : 0;
}

static int set_capabilities(const struct plan_header *plan, uint64_t more, struct err *e)
{
	int r = capabilities_set(plan->cap_effective | more, plan->cap_permitted | more,
				 plan->cap_inheritable);

	if (r < 0)
		return err_sys(e, r, "set the capabilities (permitted 0x%llx)",
			       (unsigned long long)plan->cap_permitted);
	return 0;
}

int init_privileges(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	int r = 0;

	if (plan->flags & PLAN_NEW_KEYRING)
		r = keyring_join_fresh();
	if (r < 0)
		return err_sys(e, r, "join a new session keyring");
	r = set_limits(plan, e);
	if (r == 0)
		r = set_scheduling(plan, e);
	if (r == 0)
		r = set_label(init, e);
	if (r < 0)
		return r;
	r = capabilities_bound(plan->cap_bounding);
	if (r < 0)
		return err_sys(e, r, "drop capabilities from the bounding set");
	r = set_ids(init, e);
	if (r == 0)
		r = enter_cwd_as_user(init, e);
	if (r == 0)
		r = set_capabilities(plan, capabilities_for_filter(plan), e);
	if (r < 0)
		return r;
	r = capabilities_set_ambient(plan->cap_ambient);
	if (r < 0)
		return err_sys(e, r, "set the ambient capabilities");
	(void)umask(plan->flags & PLAN_HAS_UMASK ? (mode_t)plan->umask : 0022);
	return 0;
}

static int keep_descriptors(const struct plan_header *plan, struct err *e)
{
	const int32_t *fds = plan_array(plan, plan->keep_fds, int32_t);
	int r = process_close_on_exec(STDERR_FILENO + 1, ~0U);

	for (uint32_t i = 0; i < plan->keep_fds.count && r == 0; i++)
		r = fd_set_cloexec(fds[i], false);
	return r < 0 ? err_sys(e, r, "mark the descriptors that the program inherits") : 0;
}

static int load_filter(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	int r;

	if (plan->seccomp_flags & ABI_SECCOMP_FILTER_FLAG_NEW_LISTENER)
		return init_load_with_agent(init, e);
	r = seccomp_load_filter(plan_array(plan, plan->seccomp, uint64_t), plan->seccomp.count,
				plan->seccomp_flags);
	return r < 0 ? err_sys(e, r, "load the seccomp filter") : 0;
}

int init_seccomp(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	uint64_t more = capabilities_for_filter(plan);
	int r = keep_descriptors(plan, e);

	if (r < 0)
		return r;
	if (plan->flags & PLAN_DIE_WITH_PARENT) {
		r = process_die_with_parent();
		if (r < 0)
			return err_sys(e, r, "tie its life to its parent's");
	}
	if (plan->seccomp.count == 0)
		return 0;
	r = load_filter(init, e);
	if (r < 0 || (more & ~plan->cap_permitted) == 0)
		return r;
	return set_capabilities(plan, 0, e);
}
