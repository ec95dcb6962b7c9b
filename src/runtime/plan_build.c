/*
 * See plan_build.h.
 *
 * Runs in: cli (engine), runtime; a pure function.
 */
#include "runtime/plan_build.h"

#include <linux/sched.h>
#include <stdlib.h>

enum { KEEP_FIRST = 3, KEEP_MAX = 65536 };

static int terminal_check(const struct spec_process *process, int console_fd, struct err *e)
{
	if (process->is_terminal == (console_fd >= 0))
		return 0;
	return err_set(e, ERR_INVALID, -EINVAL,
		       "a terminal and a console socket are given together or not at all");
}

static void filter_add(const struct seccomp_filter *filter, struct plan_builder *b)
{
	if (!filter)
		return;
	b->header.seccomp =
		plan_add_array(b, filter->items, filter->count, sizeof(*filter->items));
	b->header.seccomp_flags = filter->flags;
}

static int keep_add(unsigned int count, struct plan_builder *b, struct err *e)
{
	int32_t *fds;

	if (count == 0)
		return 0;
	if (count > KEEP_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d descriptors to preserve",
			       KEEP_MAX);
	fds = calloc(count, sizeof(*fds));
	if (!fds)
		return err_sys(e, ENOMEM, "descriptors to preserve");
	for (unsigned int i = 0; i < count; i++)
		fds[i] = (int32_t)(KEEP_FIRST + i);
	b->header.keep_fds = plan_add_array(b, fds, count, sizeof(*fds));
	free(fds);
	return 0;
}

static int common_add(const struct plan_descriptors *fds, uint64_t flags,
		      struct plan_builder *b, struct err *e)
{
	b->header.flags |= flags;
	b->header.console_fd = fds->console_fd;
	b->header.cgroup_fds =
		plan_add_array(b, fds->cgroup_fds, fds->cgroup_count, sizeof(int32_t));
	b->header.seccomp_notify_fd = fds->agent_fd;
	b->header.wait_fd = fds->wait_fd;
	b->header.state_fd = fds->state_fd;
	b->header.hook_output_fd = fds->hook_fds ? fds->hook_fds[0] : -1;
	b->header.hook_error_fd = fds->hook_fds ? fds->hook_fds[1] : -1;
	if (fds->state_fd >= 0)
		b->header.flags |= PLAN_PARENT_HOOKS;
	b->header.personality = UINT32_MAX;
	return keep_add(fds->keep_count, b, e);
}

int plan_build(const struct plan_input *input, struct plan_builder *b, struct str *warnings,
	       struct err *e)
{
	const struct spec *spec = input->spec;
	int r = spec->has_process ? 0 : err_set(e, ERR_INVALID, -EINVAL, "no process");

	if (r == 0)
		r = terminal_check(&spec->process, input->fds.console_fd, e);
	if (r == 0)
		r = common_add(&input->fds, input->flags, b, e);
	if (r < 0)
		return r;
	b->header.personality = spec->personality;
	b->header.hold_stage = plan_add_text(b, input->hold_stage);
	if (input->cgroup)
		cgroup_plan(input->cgroup, input->fds.view_fds, b);
	if (spec_has_new_namespace(spec, CLONE_NEWNET))
		b->header.flags |= PLAN_LOOPBACK_UP;
	r = plan_namespaces(input, b, e);
	if (r == 0)
		r = plan_root(input, b, e);
	if (r == 0)
		r = plan_mounts(input, b, warnings, e);
	if (r == 0)
		r = plan_devices(spec, b, e);
	if (r == 0)
		r = plan_sysctls(spec, b, e);
	if (r == 0)
		r = plan_hooks(spec, b, e);
	if (r == 0)
		r = plan_memory_policy(&spec->memory_policy, b, e);
	if (r == 0)
		r = plan_process(&spec->process, input->facts, b, warnings, e);
	if (spec->extensions.keeps_groups)
		b->header.flags |= PLAN_SETGROUPS_DENIED;
	/* The parent writes it, for in the new user namespace it could not be lowered. */
	if (b->header.flags & PLAN_NEW_USER && !b->header.birth)
		b->header.flags &= ~(uint64_t)PLAN_HAS_OOM_SCORE;
	if (r == 0)
		filter_add(input->filter, b);
	return r;
}

int plan_build_exec(const struct plan_exec_input *input, struct plan_builder *b,
		    struct str *warnings, struct err *e)
{
	const struct plan_namespace join = { .fd = input->init_pidfd,
					     .type = input->join_namespaces };
	int r = terminal_check(input->process, input->fds.console_fd, e);

	if (r == 0)
		r = common_add(&input->fds, input->flags, b, e);
	if (r < 0)
		return r;
	b->header.join_namespaces = plan_add_array(b, &join, 1, sizeof(join));
	r = plan_process(input->process, input->facts, b, warnings, e);
	if (r == 0)
		r = plan_affinity(input->process, b, e);
	if (r == 0 && input->container) {
		b->header.personality = input->container->personality;
		r = plan_memory_policy(&input->container->memory_policy, b, e);
	}
	if (r == 0)
		filter_add(input->filter, b);
	return r;
}
