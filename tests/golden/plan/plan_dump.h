/* A plan as text: one member a line, absent and empty ones left out. What golden files are made
 * of. */
#ifndef HOY_TESTS_PLAN_DUMP_H
#define HOY_TESTS_PLAN_DUMP_H

#include <inttypes.h>

#include "base/str.h"
#include "proto/plan.h"

static inline const char *dump_get(const struct plan_header *p, plan_text text)
{
	const char *t = plan_get_text(p, text);

	return t ? t : "-";
}

static inline void dump_text(struct str *out, const struct plan_header *p, const char *name,
			     plan_text text)
{
	if (text)
		str_printf(out, "%s %s\n", name, dump_get(p, text));
}

static inline void dump_number(struct str *out, const char *name, uint64_t value)
{
	if (value)
		str_printf(out, "%s 0x%" PRIx64 "\n", name, value);
}

static inline void dump_texts(struct str *out, const struct plan_header *p, const char *name,
			      struct plan_list list)
{
	const plan_text *texts = plan_array(p, list, plan_text);

	for (uint32_t i = 0; i < list.count; i++)
		str_printf(out, "%s %s\n", name, dump_get(p, texts[i]));
}

static inline void dump_pairs(struct str *out, const struct plan_header *p, const char *name,
			      struct plan_list list)
{
	const struct plan_pair *pairs = plan_array(p, list, struct plan_pair);

	for (uint32_t i = 0; i < list.count; i++)
		str_printf(out, "%s %s = %s\n", name, dump_get(p, pairs[i].key),
			   dump_get(p, pairs[i].value));
}

static inline void dump_mounts(struct str *out, const struct plan_header *p)
{
	const struct plan_mount *m = plan_array(p, p->mounts, struct plan_mount);

	for (uint32_t i = 0; i < p->mounts.count; i++, m++) {
		str_printf(out, "mount %s %s %s", dump_get(p, m->destination),
			   m->type ? dump_get(p, m->type) : "bind", dump_get(p, m->source));
		if (m->source_fd >= 0)
			str_printf(out, " fd=%d", m->source_fd);
		if (m->data)
			str_printf(out, " data=%s", dump_get(p, m->data));
		str_printf(out, " flags=%x propagation=%x set=%" PRIx64 " clear=%" PRIx64,
			   m->flags, m->propagation, m->attr_set, m->attr_clear);
		if (m->attr_set_recursive || m->attr_clear_recursive)
			str_printf(out, " rset=%" PRIx64 " rclear=%" PRIx64,
				   m->attr_set_recursive, m->attr_clear_recursive);
		str_add_char(out, '\n');
	}
}

static inline void dump_devices(struct str *out, const struct plan_header *p)
{
	const struct plan_device *d = plan_array(p, p->devices, struct plan_device);

	for (uint32_t i = 0; i < p->devices.count; i++, d++)
		str_printf(out, "device %s type=%o %u:%u mode=%o owner=%u:%u\n",
			   dump_get(p, d->path), d->type, d->major, d->minor, d->mode, d->uid,
			   d->gid);
}

static inline void dump_cgroups(struct str *out, const struct plan_header *p)
{
	const struct plan_cgroup_mount *c =
		plan_array(p, p->cgroup_mounts, struct plan_cgroup_mount);

	for (uint32_t i = 0; i < p->cgroup_mounts.count; i++, c++) {
		str_printf(out, "cgroup %s options=%s path=%s links=%s", dump_get(p, c->name),
			   dump_get(p, c->options), dump_get(p, c->path),
			   dump_get(p, c->links));
		if (c->source_fd >= 0)
			str_printf(out, " fd=%d", c->source_fd);
		str_add_char(out, '\n');
	}
}

static inline void dump_descriptors(struct str *out, const struct plan_header *p)
{
	const struct plan_namespace *n =
		plan_array(p, p->join_namespaces, struct plan_namespace);
	const int32_t *fds = plan_array(p, p->cgroup_fds, int32_t);

	for (uint32_t i = 0; i < p->join_namespaces.count; i++)
		str_printf(out, "join fd=%d type=0x%x\n", n[i].fd, n[i].type);
	for (uint32_t i = 0; i < p->cgroup_fds.count; i++)
		str_printf(out, "cgroup_fd %d\n", fds[i]);
	if (p->wait_fd >= 0)
		str_printf(out, "wait_fd %d\n", p->wait_fd);
	if (p->state_fd >= 0)
		str_printf(out, "state_fd %d\n", p->state_fd);
	fds = plan_array(p, p->keep_fds, int32_t);
	for (uint32_t i = 0; i < p->keep_fds.count; i++)
		str_printf(out, "keep_fd %d\n", fds[i]);
	if (p->root_fd >= 0)
		str_printf(out, "root_fd %d\n", p->root_fd);
	if (p->null_fd >= 0)
		str_printf(out, "null_fd %d\n", p->null_fd);
	if (p->console_fd >= 0)
		str_printf(out, "console_fd %d %ux%u\n", p->console_fd, p->console_rows,
			   p->console_columns);
}

static inline void dump_hooks(struct str *out, const struct plan_header *p, const char *name,
			      struct plan_list list)
{
	const struct plan_hook *h = plan_array(p, list, struct plan_hook);

	for (uint32_t i = 0; i < list.count; i++, h++) {
		str_printf(out, "%s %s timeout=%u\n", name, dump_get(p, h->path), h->timeout_s);
		dump_texts(out, p, "\targ", h->args);
		dump_texts(out, p, "\tenv", h->env);
	}
}

static inline void dump_mask(struct str *out, const struct plan_header *p, const char *name,
			     struct plan_list list)
{
	const uint64_t *words = plan_array(p, list, uint64_t);

	for (uint32_t i = 0; i < list.count; i++)
		str_printf(out, "%s %016" PRIx64 "\n", name, words[i]);
}

static inline void dump_process(struct str *out, const struct plan_header *p)
{
	const struct plan_rlimit *l = plan_array(p, p->rlimits, struct plan_rlimit);
	const uint32_t *groups = plan_array(p, p->groups, uint32_t);

	dump_texts(out, p, "arg", p->args);
	dump_texts(out, p, "env", p->env);
	dump_text(out, p, "cwd", p->cwd);
	str_printf(out, "user %u:%u", p->uid, p->gid);
	for (uint32_t i = 0; i < p->groups.count; i++)
		str_printf(out, " +%u", groups[i]);
	str_printf(out,
		   "\ncapabilities bounding=%" PRIx64 " effective=%" PRIx64
		   " permitted=%" PRIx64 " inheritable=%" PRIx64 " ambient=%" PRIx64 "\n",
		   p->cap_bounding, p->cap_effective, p->cap_permitted, p->cap_inheritable,
		   p->cap_ambient);
	for (uint32_t i = 0; i < p->rlimits.count; i++)
		str_printf(out, "rlimit %u %" PRIu64 " %" PRIu64 "\n", l[i].resource, l[i].soft,
			   l[i].hard);
	dump_number(out, "umask", p->umask);
	if (p->flags & PLAN_HAS_OOM_SCORE)
		str_printf(out, "oom_score_adj %d\n", p->oom_score_adj);
	if (p->scheduler_policy != UINT32_MAX)
		str_printf(out, "scheduler %u %d %u\n", p->scheduler_policy, p->scheduler_nice,
			   p->scheduler_priority);
	if (p->scheduler_deadline_ns)
		str_printf(out,
			   "deadline runtime=%" PRIu64 " deadline=%" PRIu64 " period=%" PRIu64
			   " flags=%" PRIx64 "\n",
			   p->scheduler_runtime_ns, p->scheduler_deadline_ns,
			   p->scheduler_period_ns, p->scheduler_flags);
	if (p->memory_mode != UINT32_MAX)
		str_printf(out, "memory policy 0x%x\n", p->memory_mode);
	dump_mask(out, p, "memory nodes", p->memory_nodes);
	dump_mask(out, p, "initial processors", p->cpus_initial);
	dump_mask(out, p, "final processors", p->cpus_final);
	if (p->io_priority != UINT32_MAX)
		str_printf(out, "io_priority 0x%x\n", p->io_priority);
	if (p->personality != UINT32_MAX)
		str_printf(out, "personality 0x%x\n", p->personality);
	str_printf(out, "seccomp %u instructions, flags 0x%x\n", p->seccomp.count,
		   p->seccomp_flags);
	dump_text(out, p, "apparmor", p->apparmor);
	dump_text(out, p, "selinux", p->selinux);
}

static inline void plan_dump(struct str *out, const struct plan_header *p)
{
	str_printf(out, "kind %s\nflags 0x%" PRIx64 "\n", p->kind == PLAN_RUN ? "run" : "exec",
		   p->flags);
	dump_descriptors(out, p);
	dump_number(out, "unshare", p->unshare);
	dump_number(out, "birth", p->birth);
	dump_text(out, p, "time_offsets", p->time_offsets);
	str_printf(out, "root kind=%u path=%s propagation=%x\n", p->root_kind,
		   dump_get(p, p->root_path), p->root_propagation);
	dump_mounts(out, p);
	dump_cgroups(out, p);
	dump_devices(out, p);
	dump_pairs(out, p, "link", p->links);
	dump_texts(out, p, "masked", p->masked);
	dump_texts(out, p, "readonly", p->readonly);
	dump_pairs(out, p, "sysctl", p->sysctls);
	dump_text(out, p, "hostname", p->hostname);
	dump_text(out, p, "domainname", p->domainname);
	dump_process(out, p);
	dump_hooks(out, p, "hook create", p->hooks_create);
	dump_hooks(out, p, "hook start", p->hooks_start);
	dump_text(out, p, "hold_stage", p->hold_stage);
}

#endif
