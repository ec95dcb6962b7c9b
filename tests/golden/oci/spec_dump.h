/*
 * A struct spec as text, one member a line, for golden tests. What is absent is not written.
 */
#ifndef HOY_TESTS_SPEC_DUMP_H
#define HOY_TESTS_SPEC_DUMP_H

#include <inttypes.h>

#include "base/str.h"
#include "spec/runtime_spec.h"

static inline void dump_text(struct str *out, const char *key, const char *text)
{
	if (text)
		str_printf(out, "%s %s\n", key, text);
}

static inline void dump_flag(struct str *out, const char *key, bool is_set)
{
	if (is_set)
		str_printf(out, "%s\n", key);
}

static inline void dump_list(struct str *out, const char *key, const struct strv *list)
{
	for (size_t i = 0; i < list->count; i++)
		str_printf(out, "%s %s\n", key, list->items[i]);
}

static inline void dump_mappings(struct str *out, const char *key,
				 const struct spec_id_mappings *m)
{
	for (size_t i = 0; i < m->count; i++)
		str_printf(out, "%s %u %u %u\n", key, m->items[i].container_id,
			   m->items[i].host_id, m->items[i].size);
}

static inline void dump_mount(struct str *out, const struct spec_mount *m)
{
	str_printf(out, "mount %s type=%s source=%s", m->destination, m->type ? m->type : "-",
		   m->source ? m->source : "-");
	for (size_t i = 0; i < m->options.count; i++)
		str_printf(out, "%c%s", i ? ',' : ' ', m->options.items[i]);
	str_add_char(out, '\n');
	dump_mappings(out, "mount uid", &m->uid_mappings);
	dump_mappings(out, "mount gid", &m->gid_mappings);
}

static inline void dump_process(struct str *out, const struct spec_process *p)
{
	dump_flag(out, "terminal", p->is_terminal);
	if (p->console_rows || p->console_columns)
		str_printf(out, "console %ux%u\n", p->console_rows, p->console_columns);
	str_printf(out, "user %u:%u", p->user.uid, p->user.gid);
	for (size_t i = 0; i < p->user.group_count; i++)
		str_printf(out, "%c%u", i ? ',' : ' ', p->user.groups[i]);
	str_add_char(out, '\n');
	if (p->user.has_umask)
		str_printf(out, "umask 0%o\n", p->user.umask);
	dump_list(out, "arg", &p->args);
	dump_list(out, "env", &p->env);
	dump_text(out, "cwd", p->cwd);
	if (p->has_capabilities)
		str_printf(out,
			   "capabilities b=%" PRIx64 " e=%" PRIx64 " p=%" PRIx64 " i=%" PRIx64
			   " a=%" PRIx64 "\n",
			   p->capabilities.bounding, p->capabilities.effective,
			   p->capabilities.permitted, p->capabilities.inheritable,
			   p->capabilities.ambient);
	for (size_t i = 0; i < p->rlimit_count; i++)
		str_printf(out, "rlimit %d %" PRIu64 " %" PRIu64 "\n", p->rlimits[i].resource,
			   p->rlimits[i].soft, p->rlimits[i].hard);
	dump_flag(out, "noNewPrivileges", p->no_new_privileges);
	if (p->has_oom_score_adj)
		str_printf(out, "oomScoreAdj %d\n", p->oom_score_adj);
	dump_text(out, "apparmor", p->apparmor_profile);
	dump_text(out, "selinux", p->selinux_label);
	if (p->has_scheduler)
		str_printf(out,
			   "scheduler policy=%u nice=%d priority=%d flags=%" PRIx64 " %" PRIu64
			   " %" PRIu64 " %" PRIu64 "\n",
			   p->scheduler.policy, p->scheduler.nice, p->scheduler.priority,
			   p->scheduler.flags, p->scheduler.runtime, p->scheduler.deadline,
			   p->scheduler.period);
	if (p->has_io_priority)
		str_printf(out, "ioPriority class=%u %d\n", p->io_priority_class,
			   p->io_priority);
	dump_text(out, "cpus initial", p->cpus_initial);
	dump_text(out, "cpus final", p->cpus_final);
}

static inline void dump_number(struct str *out, const char *key, struct spec_number number)
{
	if (number.is_set)
		str_printf(out, "%s %" PRId64 "\n", key, number.value);
}

static inline void dump_rates(struct str *out, const char *key,
			      const struct spec_device_rate *rates, size_t count)
{
	for (size_t i = 0; i < count; i++)
		str_printf(out, "%s %" PRId64 ":%" PRId64 " %" PRIu64 "\n", key, rates[i].major,
			   rates[i].minor, rates[i].value);
}

static inline void dump_device_rules(struct str *out, const struct spec_resources *r)
{
	for (size_t i = 0; i < r->device_count; i++) {
		const struct spec_device_rule *d = &r->devices[i];

		str_printf(out, "%s %c %" PRId64 ":%" PRId64 " %s%s%s\n",
			   d->is_allowed ? "allow" : "deny", d->type, d->major, d->minor,
			   d->may_read ? "r" : "", d->may_write ? "w" : "",
			   d->may_mknod ? "m" : "");
	}
}

static inline void dump_block_io(struct str *out, const struct spec_resources *r)
{
	dump_number(out, "blkio.weight", r->blkio_weight);
	dump_number(out, "blkio.leafWeight", r->blkio_leaf_weight);
	dump_rates(out, "blkio.weight", r->blkio_weight_devices, r->blkio_weight_device_count);
	dump_rates(out, "blkio.leafWeight", r->blkio_leaf_weight_devices,
		   r->blkio_leaf_weight_device_count);
	dump_rates(out, "blkio.readBps", r->blkio_read_bps, r->blkio_read_bps_count);
	dump_rates(out, "blkio.writeBps", r->blkio_write_bps, r->blkio_write_bps_count);
	dump_rates(out, "blkio.readIops", r->blkio_read_iops, r->blkio_read_iops_count);
	dump_rates(out, "blkio.writeIops", r->blkio_write_iops, r->blkio_write_iops_count);
}

static inline void dump_other_limits(struct str *out, const struct spec_resources *r)
{
	for (size_t i = 0; i < r->hugepage_count; i++)
		str_printf(out, "hugepages %s %" PRIu64 "\n", r->hugepages[i].page_size,
			   r->hugepages[i].limit);
	dump_number(out, "network.classID", r->network_class_id);
	for (size_t i = 0; i < r->network_priority_count; i++)
		str_printf(out, "network.priority %s %u\n", r->network_priorities[i].name,
			   r->network_priorities[i].priority);
	for (size_t i = 0; i < r->rdma_count; i++) {
		str_printf(out, "rdma %s", r->rdma[i].name);
		if (r->rdma[i].has_handles)
			str_printf(out, " handles=%u", r->rdma[i].handles);
		if (r->rdma[i].has_objects)
			str_printf(out, " objects=%u", r->rdma[i].objects);
		str_add_char(out, '\n');
	}
	dump_list(out, "unified", &r->unified);
}

static inline void dump_resources(struct str *out, const struct spec_resources *r)
{
	dump_device_rules(out, r);
	dump_number(out, "memory.limit", r->memory_limit);
	dump_number(out, "memory.reservation", r->memory_reservation);
	dump_number(out, "memory.swap", r->memory_swap);
	dump_number(out, "memory.swappiness", r->memory_swappiness);
	dump_number(out, "memory.disableOOMKiller", r->disable_oom_killer);
	dump_number(out, "memory.kernel", r->memory_kernel);
	dump_number(out, "memory.kernelTCP", r->memory_kernel_tcp);
	dump_flag(out, "memory.checkBeforeUpdate", r->is_memory_checked);
	dump_number(out, "cpu.shares", r->cpu_shares);
	dump_number(out, "cpu.quota", r->cpu_quota);
	dump_number(out, "cpu.period", r->cpu_period);
	dump_number(out, "cpu.burst", r->cpu_burst);
	dump_number(out, "cpu.realtimeRuntime", r->cpu_rt_runtime);
	dump_number(out, "cpu.realtimePeriod", r->cpu_rt_period);
	dump_number(out, "cpu.idle", r->cpu_idle);
	dump_text(out, "cpu.cpus", r->cpus);
	dump_text(out, "cpu.mems", r->mems);
	dump_number(out, "pids.limit", r->pids_limit);
	dump_block_io(out, r);
	dump_other_limits(out, r);
}

static inline void dump_rule(struct str *out, const struct spec_seccomp_rule *rule)
{
	str_printf(out, "seccomp %s", rule->action);
	if (rule->has_errno)
		str_printf(out, " errno=%u", rule->errno_ret);
	for (size_t i = 0; i < rule->arg_count; i++)
		str_printf(out, " [%u %s %" PRIu64 " %" PRIu64 "]", rule->args[i].index,
			   rule->args[i].op, rule->args[i].value, rule->args[i].value_two);
	for (size_t i = 0; i < rule->names.count; i++)
		str_printf(out, " %s", rule->names.items[i]);
	str_add_char(out, '\n');
}

static inline void dump_seccomp(struct str *out, const struct spec_seccomp *s)
{
	str_printf(out, "seccomp default %s", s->default_action);
	if (s->has_default_errno)
		str_printf(out, " errno=%u", s->default_errno_ret);
	str_add_char(out, '\n');
	dump_list(out, "seccomp architecture", &s->architectures);
	dump_list(out, "seccomp flag", &s->flags);
	dump_text(out, "seccomp listener", s->listener_path);
	dump_text(out, "seccomp metadata", s->listener_metadata);
	for (size_t i = 0; i < s->rule_count; i++)
		dump_rule(out, &s->rules[i]);
}

static inline void dump_hooks(struct str *out, const char *kind, const struct spec_hooks *hooks)
{
	for (size_t i = 0; i < hooks->count; i++) {
		const struct spec_hook *hook = &hooks->items[i];

		str_printf(out, "hook %s %s timeout=%d", kind, hook->path, hook->timeout_s);
		for (size_t k = 0; k < hook->args.count; k++)
			str_printf(out, " arg=%s", hook->args.items[k]);
		for (size_t k = 0; k < hook->env.count; k++)
			str_printf(out, " env=%s", hook->env.items[k]);
		str_add_char(out, '\n');
	}
}

static inline void dump_devices(struct str *out, const struct spec *spec)
{
	for (size_t i = 0; i < spec->device_count; i++) {
		const struct spec_device *d = &spec->devices[i];

		str_printf(out, "device %s type=0%o %" PRId64 ":%" PRId64 " owner=%u:%u",
			   d->path, d->type, d->major, d->minor, d->uid, d->gid);
		if (d->has_mode)
			str_printf(out, " mode=0%o", d->mode);
		str_add_char(out, '\n');
	}
	for (size_t i = 0; i < spec->net_device_count; i++)
		str_printf(out, "netDevice %s %s\n", spec->net_devices[i].name,
			   spec->net_devices[i].new_name ? spec->net_devices[i].new_name : "-");
}

static inline void dump_linux(struct str *out, const struct spec *spec)
{
	for (size_t i = 0; i < spec->namespace_count; i++)
		str_printf(out, "namespace 0x%x %s\n", (unsigned)spec->namespaces[i].type,
			   spec->namespaces[i].path ? spec->namespaces[i].path : "new");
	dump_mappings(out, "uid", &spec->uid_mappings);
	dump_mappings(out, "gid", &spec->gid_mappings);
	dump_list(out, "time", &spec->time_offsets);
	dump_devices(out, spec);
	dump_text(out, "cgroupsPath", spec->cgroups_path);
	dump_resources(out, &spec->resources);
	dump_list(out, "sysctl", &spec->sysctls);
	if (spec->has_seccomp)
		dump_seccomp(out, &spec->seccomp);
	dump_text(out, "rootfsPropagation", spec->rootfs_propagation);
	dump_list(out, "masked", &spec->masked_paths);
	dump_list(out, "readonly", &spec->readonly_paths);
	dump_text(out, "mountLabel", spec->mount_label);
	if (spec->personality != UINT32_MAX)
		str_printf(out, "personality %u\n", spec->personality);
	if (spec->memory_policy.is_set)
		str_printf(out, "memoryPolicy mode=%u flags=0x%x nodes=%s\n",
			   spec->memory_policy.mode, spec->memory_policy.flags,
			   spec->memory_policy.nodes ? spec->memory_policy.nodes : "-");
}

static inline void spec_dump(struct str *out, const struct spec *spec)
{
	dump_text(out, "ociVersion", spec->oci_version);
	str_printf(out, "root %s%s\n", spec->root_path,
		   spec->is_root_readonly ? " readonly" : "");
	dump_text(out, "hostname", spec->hostname);
	dump_text(out, "domainname", spec->domainname);
	if (spec->has_process)
		dump_process(out, &spec->process);
	for (size_t i = 0; i < spec->mount_count; i++)
		dump_mount(out, &spec->mounts[i]);
	dump_hooks(out, "prestart", &spec->hooks_prestart);
	dump_hooks(out, "createRuntime", &spec->hooks_create_runtime);
	dump_hooks(out, "createContainer", &spec->hooks_create_container);
	dump_hooks(out, "startContainer", &spec->hooks_start_container);
	dump_hooks(out, "poststart", &spec->hooks_poststart);
	dump_hooks(out, "poststop", &spec->hooks_poststop);
	dump_list(out, "annotation", &spec->annotations);
	dump_linux(out, spec);
}

#endif
