/*
 * May a block that claims to be a plan be followed? Every text and array is looked at once, so
 * that init need not ask again.
 *
 * The runtime that writes plans is trusted; the check is there because a wrong offset in a
 * process with all capabilities is the worst place to find out.
 *
 * Runs in: init; fuzzed.
 */
#include "proto/plan.h"

#include <string.h>

struct plan_reader {
	const char *block;
	size_t len;
	struct err *e;
};

#define CHECK(r, call)                 \
	do {                           \
		int check_ = (call);   \
		if (check_ < 0)        \
			return check_; \
	} while (0)

static int refuse(const struct plan_reader *r, const char *member, const char *why)
{
	return err_set(r->e, ERR_INTERNAL, -EINVAL, "plan: %s %s", member, why);
}

static int check_text(const struct plan_reader *r, plan_text text, const char *member)
{
	if (text == 0)
		return 0;
	if (text < sizeof(struct plan_header) || text >= r->len)
		return refuse(r, member, "lies outside");
	if (!memchr(r->block + text, '\0', r->len - text))
		return refuse(r, member, "does not end");
	return 0;
}

static int check_list(const struct plan_reader *r, struct plan_list list, size_t size,
		      const char *member)
{
	if (list.count == 0)
		return 0;
	if (list.offset < sizeof(struct plan_header) || list.offset > r->len ||
	    list.count > (r->len - list.offset) / size)
		return refuse(r, member, "lies outside");
	if (list.offset % _Alignof(uint64_t) != 0)
		return refuse(r, member, "is not aligned");
	return 0;
}

/* A list of texts: each of them present. */
static int check_texts(const struct plan_reader *r, struct plan_list list, const char *member)
{
	const plan_text *texts;

	CHECK(r, check_list(r, list, sizeof(*texts), member));
	texts = plan_array(r->block, list, plan_text);
	for (uint32_t i = 0; i < list.count; i++) {
		if (texts[i] == 0)
			return refuse(r, member, "has an absent text");
		CHECK(r, check_text(r, texts[i], member));
	}
	return 0;
}

static int check_pairs(const struct plan_reader *r, struct plan_list list, const char *member)
{
	const struct plan_pair *pairs;

	CHECK(r, check_list(r, list, sizeof(*pairs), member));
	pairs = plan_array(r->block, list, struct plan_pair);
	for (uint32_t i = 0; i < list.count; i++) {
		if (pairs[i].key == 0 || pairs[i].value == 0)
			return refuse(r, member, "has an absent text");
		CHECK(r, check_text(r, pairs[i].key, member));
		CHECK(r, check_text(r, pairs[i].value, member));
	}
	return 0;
}

static int check_mounts(const struct plan_reader *r, struct plan_list list)
{
	const struct plan_mount *mounts;

	CHECK(r, check_list(r, list, sizeof(*mounts), "mounts"));
	mounts = plan_array(r->block, list, struct plan_mount);
	for (uint32_t i = 0; i < list.count; i++) {
		const struct plan_mount *m = &mounts[i];

		if (m->destination == 0)
			return refuse(r, "mounts.destination", "is absent");
		CHECK(r, check_text(r, m->destination, "mounts.destination"));
		CHECK(r, check_text(r, m->type, "mounts.type"));
		CHECK(r, check_text(r, m->source, "mounts.source"));
		CHECK(r, check_text(r, m->data, "mounts.data"));
		if (m->type == 0 && m->source == 0 && m->source_fd < 0 &&
		    !(m->flags & PLAN_MOUNT_CGROUP))
			return refuse(r, "mounts.source", "is absent");
	}
	return 0;
}

static int check_cgroup_mounts(const struct plan_reader *r, struct plan_list list)
{
	const struct plan_cgroup_mount *mounts;

	CHECK(r, check_list(r, list, sizeof(*mounts), "cgroup_mounts"));
	mounts = plan_array(r->block, list, struct plan_cgroup_mount);
	for (uint32_t i = 0; i < list.count; i++) {
		CHECK(r, check_text(r, mounts[i].name, "cgroup_mounts.name"));
		CHECK(r, check_text(r, mounts[i].options, "cgroup_mounts.options"));
		CHECK(r, check_text(r, mounts[i].path, "cgroup_mounts.path"));
		CHECK(r, check_text(r, mounts[i].links, "cgroup_mounts.links"));
	}
	return 0;
}

static int check_devices(const struct plan_reader *r, struct plan_list list)
{
	const struct plan_device *devices;

	CHECK(r, check_list(r, list, sizeof(*devices), "devices"));
	devices = plan_array(r->block, list, struct plan_device);
	for (uint32_t i = 0; i < list.count; i++) {
		if (devices[i].path == 0)
			return refuse(r, "devices.path", "is absent");
		CHECK(r, check_text(r, devices[i].path, "devices.path"));
	}
	return 0;
}

static int check_hooks(const struct plan_reader *r, struct plan_list list, const char *member)
{
	const struct plan_hook *hooks;

	CHECK(r, check_list(r, list, sizeof(*hooks), member));
	hooks = plan_array(r->block, list, struct plan_hook);
	for (uint32_t i = 0; i < list.count; i++) {
		if (hooks[i].path == 0)
			return refuse(r, member, "has an absent path");
		CHECK(r, check_text(r, hooks[i].path, member));
		CHECK(r, check_texts(r, hooks[i].args, member));
		CHECK(r, check_texts(r, hooks[i].env, member));
	}
	return 0;
}

static int check_root(const struct plan_reader *r, const struct plan_header *p)
{
	CHECK(r, check_text(r, p->root_path, "root_path"));
	CHECK(r, check_text(r, p->mount_label, "mount_label"));
	CHECK(r, check_text(r, p->mount_label_option, "mount_label_option"));
	if (p->root_kind > PLAN_ROOT_MOUNT)
		return refuse(r, "root_kind", "is unknown");
	if (p->root_kind == PLAN_ROOT_DIRECTORY && p->root_path == 0)
		return refuse(r, "root_path", "is absent");
	if (p->root_kind == PLAN_ROOT_MOUNT && p->root_fd < 0)
		return refuse(r, "root_fd", "is absent");
	return 0;
}

static int check_inside(const struct plan_reader *r, const struct plan_header *p)
{
	CHECK(r, check_mounts(r, p->mounts));
	CHECK(r, check_cgroup_mounts(r, p->cgroup_mounts));
	CHECK(r, check_devices(r, p->devices));
	CHECK(r, check_pairs(r, p->links, "links"));
	CHECK(r, check_texts(r, p->masked, "masked"));
	CHECK(r, check_texts(r, p->readonly, "readonly"));
	CHECK(r, check_pairs(r, p->sysctls, "sysctls"));
	CHECK(r, check_text(r, p->hostname, "hostname"));
	CHECK(r, check_text(r, p->domainname, "domainname"));
	CHECK(r, check_list(r, p->join_namespaces, sizeof(struct plan_namespace),
			    "join_namespaces"));
	CHECK(r, check_list(r, p->cgroup_fds, sizeof(int32_t), "cgroup_fds"));
	return check_text(r, p->time_offsets, "time_offsets");
}

static int check_process(const struct plan_reader *r, const struct plan_header *p)
{
	CHECK(r, check_texts(r, p->args, "args"));
	CHECK(r, check_texts(r, p->env, "env"));
	CHECK(r, check_text(r, p->cwd, "cwd"));
	CHECK(r, check_list(r, p->groups, sizeof(uint32_t), "groups"));
	CHECK(r, check_list(r, p->rlimits, sizeof(struct plan_rlimit), "rlimits"));
	CHECK(r, check_list(r, p->seccomp, PLAN_FILTER_SIZE, "seccomp"));
	CHECK(r, check_text(r, p->apparmor, "apparmor"));
	CHECK(r, check_text(r, p->selinux, "selinux"));
	CHECK(r, check_list(r, p->keep_fds, sizeof(int32_t), "keep_fds"));
	CHECK(r, check_list(r, p->memory_nodes, sizeof(uint64_t), "memory_nodes"));
	CHECK(r, check_list(r, p->cpus_initial, sizeof(uint64_t), "cpus_initial"));
	CHECK(r, check_list(r, p->cpus_final, sizeof(uint64_t), "cpus_final"));
	CHECK(r, check_hooks(r, p->hooks_create, "hooks_create"));
	CHECK(r, check_hooks(r, p->hooks_start, "hooks_start"));
	CHECK(r, check_text(r, p->hold_stage, "hold_stage"));
	if (p->args.count == 0)
		return refuse(r, "args", "is empty");
	if (p->uid > INT32_MAX || p->gid > INT32_MAX)
		return refuse(r, "uid or gid", "is over 2147483647");
	if (p->seccomp.count > UINT16_MAX)
		return refuse(r, "seccomp", "is longer than a filter can be");
	if ((p->flags & PLAN_TERMINAL) && p->console_fd < 0)
		return refuse(r, "console_fd", "is absent");
	return 0;
}

int plan_check(const void *block, size_t len, struct err *e)
{
	const struct plan_header *p = block;
	const struct plan_reader r = { .block = block, .len = len, .e = e };

	if (len < sizeof(*p) || len > PLAN_SIZE_MAX)
		return refuse(&r, "size", "is impossible");
	if (p->magic != PLAN_MAGIC)
		return refuse(&r, "magic", "is wrong");
	if (p->version != PLAN_VERSION)
		return refuse(
			&r, "version",
			"is not the one of this program: install hoy and hoy-init together");
	if (p->size != len)
		return refuse(&r, "size", "is not the length of the block");
	if (p->kind > PLAN_EXEC)
		return refuse(&r, "kind", "is unknown");
	if (p->flags & ~(uint64_t)PLAN_FLAGS)
		return refuse(&r, "flags", "has an unknown one");
	CHECK(&r, check_root(&r, p));
	CHECK(&r, check_inside(&r, p));
	return check_process(&r, p);
}
