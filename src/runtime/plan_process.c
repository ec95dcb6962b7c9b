/*
 * The process of a plan: program, identity, capabilities and limits; the same for run and exec.
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: OCI runtime-spec config.md "Process"; capabilities(7).
 */
#include <string.h>
#include <sys/capability.h>

#include "base/fd.h"
#include "runtime/cgroup_cpus.h"
#include "runtime/plan_build.h"

enum {
	ARGS_MAX = 1024 * 1024,
	GROUPS_MAX = 65536,
	RLIMITS_MAX = 64,
	PRIORITY_CLASS_SHIFT = 13
};

static int identity_add(const struct spec_user *user, struct plan_builder *b, struct err *e)
{
	if (user->uid > SPEC_UID_MAX)
		return err_set(e, ERR_INVALID, -ERANGE, "uid %u is above %d", user->uid,
			       SPEC_UID_MAX);
	if (user->gid > SPEC_UID_MAX)
		return err_set(e, ERR_INVALID, -ERANGE, "gid %u is above %d", user->gid,
			       SPEC_UID_MAX);
	if (user->group_count > GROUPS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d groups", GROUPS_MAX);
	for (size_t i = 0; i < user->group_count; i++) {
		if (user->groups[i] > SPEC_UID_MAX)
			return err_set(e, ERR_INVALID, -ERANGE, "gid %u is above %d",
				       user->groups[i], SPEC_UID_MAX);
	}
	b->header.uid = user->uid;
	b->header.gid = user->gid;
	b->header.groups =
		plan_add_array(b, user->groups, user->group_count, sizeof(*user->groups));
	if (user->has_umask) {
		if (user->umask > 0777)
			return err_set(e, ERR_INVALID, -ERANGE, "umask 0%o is above 0777",
				       user->umask);
		b->header.umask = user->umask;
		b->header.flags |= PLAN_HAS_UMASK;
	}
	return 0;
}

static void capability_warn(uint64_t missing, struct str *warnings)
{
	for (cap_value_t c = 0; c < 64; c++) {
		char *name = missing >> c & 1 ? cap_to_name(c) : NULL;

		if (!name)
			continue;
		for (char *letter = name; *letter; letter++)
			*letter = (char)(*letter >= 'a' && *letter <= 'z' ? *letter - 'a' + 'A'
									  : *letter);
		str_printf(warnings, "%s is left out: this system does not let us give it\n",
			   name);
		(void)cap_free(name);
	}
}

static void capabilities_add(const struct spec_process *process, const struct host_facts *facts,
			     struct plan_builder *b, struct str *warnings)
{
	const struct spec_capabilities none = { 0 };
	const struct spec_capabilities *asked =
		process->has_capabilities ? &process->capabilities : &none;
	uint64_t known = facts->last_capability >= 63
				 ? UINT64_MAX
				 : (1ull << (facts->last_capability + 1)) - 1;
	uint64_t ours = facts->capability_bounding & known;
	uint64_t all = asked->bounding | asked->effective | asked->permitted |
		       asked->inheritable | asked->ambient;

	capability_warn(all & known & ~ours, warnings);
	b->header.cap_bounding = asked->bounding & ours;
	b->header.cap_permitted = asked->permitted & ours;
	b->header.cap_effective = asked->effective & b->header.cap_permitted;
	b->header.cap_inheritable = asked->inheritable & ours;
	/* The kernel raises only what is permitted and inheritable. */
	b->header.cap_ambient =
		asked->ambient & b->header.cap_permitted & b->header.cap_inheritable;
}

static int rlimits_add(const struct spec_process *process, struct plan_builder *b,
		       struct err *e)
{
	struct plan_rlimit limits[RLIMITS_MAX];

	if (process->rlimit_count > RLIMITS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d rlimits", RLIMITS_MAX);
	for (size_t i = 0; i < process->rlimit_count; i++) {
		const struct spec_rlimit *limit = &process->rlimits[i];

		if (limit->soft > limit->hard)
			return err_set(e, ERR_INVALID, -EINVAL, "rlimit %d: soft is above hard",
				       limit->resource);
		limits[i] = (struct plan_rlimit){ .resource = (uint32_t)limit->resource,
						  .soft = limit->soft,
						  .hard = limit->hard };
	}
	b->header.rlimits = plan_add_array(b, limits, process->rlimit_count, sizeof(limits[0]));
	return 0;
}

static int priorities_add(const struct spec_process *process, struct plan_builder *b,
			  struct err *e)
{
	b->header.scheduler_policy = UINT32_MAX;
	b->header.io_priority = UINT32_MAX;
	if (process->has_scheduler) {
		b->header.scheduler_policy = process->scheduler.policy;
		b->header.scheduler_nice = process->scheduler.nice;
		b->header.scheduler_priority = (uint32_t)process->scheduler.priority;
		b->header.scheduler_flags = process->scheduler.flags;
		b->header.scheduler_runtime_ns = process->scheduler.runtime;
		b->header.scheduler_deadline_ns = process->scheduler.deadline;
		b->header.scheduler_period_ns = process->scheduler.period;
	}
	if (process->has_io_priority)
		b->header.io_priority = process->io_priority_class << PRIORITY_CLASS_SHIFT |
					(uint32_t)process->io_priority;
	if (process->has_oom_score_adj) {
		if (process->oom_score_adj < -1000 || process->oom_score_adj > 1000)
			return err_set(e, ERR_INVALID, -ERANGE,
				       "oom score adjustment %d is not in -1000 .. 1000",
				       process->oom_score_adj);
		b->header.oom_score_adj = process->oom_score_adj;
		b->header.flags |= PLAN_HAS_OOM_SCORE;
	}
	return 0;
}

/* "0-3,7" as the words of a mask. */
static int mask_add(const char *member, const char *list, struct plan_builder *b,
		    struct plan_list *ret, struct err *e)
{
	_Alignas(uint64_t) uint8_t bits[CGROUP_CPUS_MAX / 8];
	size_t bytes;
	int r;

	if (str_is_empty(list))
		return 0;
	r = cgroup_cpus_parse(list, bits, &bytes);
	if (r < 0)
		return err_set(e, ERR_INVALID, r, "%s: \"%s\" is not a list such as 0-3,7",
			       member, list);
	*ret = plan_add_array(b, bits, (bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t),
			      sizeof(uint64_t));
	return 0;
}

int plan_memory_policy(const struct spec_memory_policy *policy, struct plan_builder *b,
		       struct err *e)
{
	if (!policy->is_set)
		return 0;
	b->header.memory_mode = policy->mode | policy->flags;
	return mask_add("memoryPolicy.nodes", policy->nodes, b, &b->header.memory_nodes, e);
}

int plan_affinity(const struct spec_process *process, struct plan_builder *b, struct err *e)
{
	int r = mask_add("execCPUAffinity.initial", process->cpus_initial, b,
			 &b->header.cpus_initial, e);

	return r < 0 ? r
		     : mask_add("execCPUAffinity.final", process->cpus_final, b,
				&b->header.cpus_final, e);
}

static int command_add(const struct spec_process *process, struct plan_builder *b,
		       struct err *e)
{
	int r;

	if (process->args.count == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "no command");
	if (process->args.count > ARGS_MAX || process->env.count > ARGS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d arguments or variables",
			       ARGS_MAX);
	if (str_is_empty(process->cwd) || process->cwd[0] != '/')
		return err_set(e, ERR_INVALID, -EINVAL,
			       "working directory \"%s\" is not an absolute path",
			       process->cwd ? process->cwd : "");
	b->header.args = plan_add_texts(b, process->args.items, process->args.count);
	r = plan_env(&process->env, b, e);
	if (r < 0)
		return r;
	b->header.cwd = plan_add_text(b, process->cwd);
	b->header.apparmor = plan_add_text(b, process->apparmor_profile);
	b->header.selinux = plan_add_text(b, process->selinux_label);
	if (process->no_new_privileges)
		b->header.flags |= PLAN_NO_NEW_PRIVILEGES;
	if (process->is_terminal) {
		b->header.flags |= PLAN_TERMINAL;
		b->header.console_rows = process->console_rows;
		b->header.console_columns = process->console_columns;
	}
	return 0;
}

int plan_process(const struct spec_process *process, const struct host_facts *facts,
		 struct plan_builder *b, struct str *warnings, struct err *e)
{
	int r = command_add(process, b, e);

	if (r == 0)
		r = identity_add(&process->user, b, e);
	if (r == 0)
		r = rlimits_add(process, b, e);
	if (r == 0)
		r = priorities_add(process, b, e);
	if (r == 0)
		capabilities_add(process, facts, b, warnings);
	return r;
}
