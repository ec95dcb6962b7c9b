/*
 * Which namespaces are new, which are joined, and who does it: clone3 makes the new ones, but
 * the cgroup namespace (its root must be the group that init joins first) and the time
 * namespace (its offsets are written before anything enters it).
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: namespaces(7), time_namespaces(7); OCI runtime-spec config-linux.md "Namespaces".
 */
#include <linux/sched.h>
#include <string.h>

#include "runtime/plan_build.h"

enum { NAMESPACES_MAX = 8, MADE_BY_INIT = CLONE_NEWCGROUP | CLONE_NEWTIME };

/* In the order in which they are joined: user first, for its capabilities; mount last, for
 * paths stay ours until then. */
static const struct {
	int type;
	const char *name;
} kinds[NAMESPACES_MAX] = {
	{ CLONE_NEWUSER, "user" },   { CLONE_NEWIPC, "ipc" },  { CLONE_NEWUTS, "uts" },
	{ CLONE_NEWNET, "network" }, { CLONE_NEWPID, "pid" },  { CLONE_NEWCGROUP, "cgroup" },
	{ CLONE_NEWTIME, "time" },   { CLONE_NEWNS, "mount" },
};

static const struct spec_namespace *namespace_find(const struct spec *spec, int type)
{
	for (size_t i = 0; i < spec->namespace_count; i++) {
		if (spec->namespaces[i].type == type)
			return &spec->namespaces[i];
	}
	return NULL;
}

bool spec_has_namespace(const struct spec *spec, int type)
{
	return namespace_find(spec, type) != NULL;
}

static bool is_new(const struct spec_namespace *ns)
{
	return !ns->path && ns->fd < 0;
}

bool spec_has_new_namespace(const struct spec *spec, int type)
{
	const struct spec_namespace *ns = namespace_find(spec, type);

	return ns && is_new(ns);
}

static uint64_t new_flags(const struct spec *spec)
{
	uint64_t flags = 0;

	for (size_t i = 0; i < spec->namespace_count; i++)
		flags |= is_new(&spec->namespaces[i]) ? (uint64_t)spec->namespaces[i].type : 0;
	return flags;
}

static bool is_joined(const struct spec *spec, int type)
{
	const struct spec_namespace *ns = namespace_find(spec, type);

	return ns && !is_new(ns);
}

/* Joining and a user namespace in one spec. */
static bool joins_around_user(const struct spec *spec)
{
	if (!spec_has_namespace(spec, CLONE_NEWUSER))
		return false;
	for (size_t i = 0; i < spec->namespace_count; i++)
		if (!is_new(&spec->namespaces[i]))
			return true;
	return false;
}

uint64_t plan_clone_flags(const struct spec *spec)
{
	return joins_around_user(spec) ? 0 : new_flags(spec) & ~(uint64_t)MADE_BY_INIT;
}

uint64_t plan_birth_flags(const struct spec *spec)
{
	return joins_around_user(spec) ? new_flags(spec) & ~(uint64_t)MADE_BY_INIT : 0;
}

bool plan_has_birth(const struct spec *spec)
{
	return plan_birth_flags(spec) != 0 || is_joined(spec, CLONE_NEWPID);
}

static int namespaces_check(const struct spec *spec, struct err *e)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < spec->namespace_count; i++) {
		int type = spec->namespaces[i].type;
		size_t k = 0;

		while (k < NAMESPACES_MAX && kinds[k].type != type)
			k++;
		if (k == NAMESPACES_MAX)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "namespace %zu: unknown type 0x%x", i, (unsigned)type);
		if (seen & (uint64_t)type)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "the %s namespace is named twice", kinds[k].name);
		seen |= (uint64_t)type;
	}
	if (!spec_has_namespace(spec, CLONE_NEWNS))
		return err_set(
			e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			"no mount namespace of its own: sharing the host's is not supported");
	if (spec->time_offsets.count > 0 && !spec_has_new_namespace(spec, CLONE_NEWTIME))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "time offsets need a new time namespace");
	if (!spec_has_namespace(spec, CLONE_NEWUTS) && (spec->hostname || spec->domainname))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "a hostname needs a uts namespace other than the host's");
	if (spec->net_device_count > 0 && !spec_has_namespace(spec, CLONE_NEWNET))
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"network devices need a network namespace other than the host's");
	if (!spec_has_new_namespace(spec, CLONE_NEWUSER) && spec->uid_mappings.count > 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "mappings of users need a new user namespace");
	return 0;
}

static void joins_add(const struct plan_input *input, struct plan_builder *b)
{
	struct plan_namespace joins[NAMESPACES_MAX];
	size_t count = 0;

	for (size_t k = 0; k < NAMESPACES_MAX; k++) {
		const struct spec_namespace *ns = namespace_find(input->spec, kinds[k].type);

		/* A pid namespace is joined by the launcher: only its children are inside. */
		if (!ns || is_new(ns) || ns->type == CLONE_NEWPID)
			continue;
		joins[count++] = (struct plan_namespace){
			.fd = input->fds.namespace_fds[ns - input->spec->namespaces],
			.type = (uint32_t)ns->type,
		};
	}
	b->header.join_namespaces = plan_add_array(b, joins, count, sizeof(joins[0]));
}

static int name_check(const char *what, const char *name, struct err *e)
{
	if (!name)
		return 0;
	if (strlen(name) > 64)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%s \"%.64s...\" is longer than 64 bytes", what, name);
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s has a space or a control character", what);
	}
	return 0;
}

int plan_namespaces(const struct plan_input *input, struct plan_builder *b, struct err *e)
{
	const struct spec *spec = input->spec;
	AUTO_STR struct str offsets = { 0 };
	int r = namespaces_check(spec, e);

	if (r == 0)
		r = name_check("hostname", spec->hostname, e);
	if (r == 0)
		r = name_check("domainname", spec->domainname, e);
	if (r < 0)
		return r;
	joins_add(input, b);
	b->header.unshare = new_flags(spec) & MADE_BY_INIT;
	b->header.birth = plan_birth_flags(spec);
	if (spec_has_new_namespace(spec, CLONE_NEWUSER))
		b->header.flags |= PLAN_NEW_USER;
	if (is_joined(spec, CLONE_NEWUSER))
		b->header.flags |= PLAN_BECOME_ROOT;
	for (size_t i = 0; i < spec->time_offsets.count; i++)
		str_printf(&offsets, "%s\n", spec->time_offsets.items[i]);
	if (offsets.len > 0)
		b->header.time_offsets = plan_add_text(b, str_text(&offsets));
	b->header.hostname =
		plan_add_text(b, str_is_empty(spec->hostname) ? NULL : spec->hostname);
	b->header.domainname =
		plan_add_text(b, str_is_empty(spec->domainname) ? NULL : spec->domainname);
	return str_ok(&offsets) < 0 ? err_sys(e, ENOMEM, "time offsets") : 0;
}
