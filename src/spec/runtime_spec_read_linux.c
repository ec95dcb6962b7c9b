/*
 * "linux" of config.json: namespaces, devices, and what is left of it.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config-linux.md.
 */
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <net/if.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>

#include "spec/runtime_spec.h"
#include "spec/runtime_spec_parts.h"

enum {
	NAMESPACES_MAX = 64,
	DEVICES_MAX = 4096,
	NET_DEVICES_MAX = 1024,
	DEVICE_NUMBER_MAX = 0xfffff,
	MODE_MAX = 0177777, /* some callers leave the type in */
	NANOSECONDS_MAX = 999999999,
	CLOCKS_MAX = 2
};

/* --- namespaces --------------------------------------------------------------------------- */

const struct member_word spec_namespace_words[] = {
	{ "pid", CLONE_NEWPID },       { "network", CLONE_NEWNET }, { "mount", CLONE_NEWNS },
	{ "ipc", CLONE_NEWIPC },       { "uts", CLONE_NEWUTS },	    { "user", CLONE_NEWUSER },
	{ "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME },   { 0 },
};

int spec_read_namespace(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("type", struct spec_namespace, type), .read = member_word,
		  .words = spec_namespace_words },
		{ MEMBER("path", struct spec_namespace, path), .read = member_text },
		{ 0 },
	};
	struct spec_namespace *ns = ret;
	int r;

	ns->fd = -1;
	r = members_read(members, value, in, ret);
	if (r == 0 && ns->type == 0)
		r = reading_fail(in, -EINVAL, "type: missing");
	if (r == 0 && ns->path)
		r = spec_check_absolute(in, "path", ns->path);
	return r;
}

static int namespaces_check(const struct spec *spec, const struct reading *in)
{
	uint32_t seen = 0;

	for (size_t i = 0; i < spec->namespace_count; i++) {
		uint32_t type = (uint32_t)spec->namespaces[i].type;

		if (seen & type) {
			int r = reading_fail(in, -EINVAL,
					     "type: this kind stands here for the second time");

			return reading_in_member(in, reading_in_item(in, r, i), "namespaces");
		}
		seen |= type;
	}
	return 0;
}

/* --- time --------------------------------------------------------------------------------- */

struct time_offset {
	char *clock;
	int64_t seconds;
	uint32_t nanoseconds;
};

struct time_offsets {
	struct time_offset *items;
	size_t count;
};

static int read_time_offset(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("secs", struct time_offset, seconds), .read = member_integer,
		  .min = INT64_MIN, .max = INT64_MAX },
		{ MEMBER("nanosecs", struct time_offset, nanoseconds), .read = member_integer,
		  .max = NANOSECONDS_MAX },
		{ 0 },
	};
	const struct time_offset *offset = ret;

	if (strcmp(offset->clock, "monotonic") != 0 && strcmp(offset->clock, "boottime") != 0)
		return reading_fail(in, -EINVAL, ": neither monotonic nor boottime");
	return members_read(members, value, in, ret);
}

/* As /proc/PID/timens_offsets has them. */
static int member_time_offsets(const struct member *m, struct json_walk *value,
			       struct reading *in, void *field)
{
	static const struct member list = { MEMBER_NAMED("", struct time_offsets, items, count,
							 struct time_offset, clock,
							 read_time_offset, CLOCKS_MAX) };
	struct time_offsets offsets = { 0 };
	struct strv *ret = field;
	int r = member_named(&list, value, in, &offsets);

	(void)m;
	for (size_t i = 0; i < offsets.count; i++) {
		const struct time_offset *offset = &offsets.items[i];

		strv_add_borrowed(ret, in->arena,
				  arena_printf(in->arena, "%s %lld %u", offset->clock,
					       (long long)offset->seconds,
					       offset->nanoseconds));
	}
	return r;
}

/* --- devices ------------------------------------------------------------------------------ */

int spec_read_device(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member_word types[] = {
		{ "c", S_IFCHR }, { "u", S_IFCHR }, { "b", S_IFBLK }, { "p", S_IFIFO }, { 0 },
	};
	static const struct member members[] = {
		{ MEMBER("path", struct spec_device, path), .read = member_text },
		{ MEMBER("type", struct spec_device, type), .read = member_word,
		  .words = types },
		{ MEMBER("major", struct spec_device, major), .read = member_integer,
		  .max = DEVICE_NUMBER_MAX },
		{ MEMBER("minor", struct spec_device, minor), .read = member_integer,
		  .max = DEVICE_NUMBER_MAX },
		{ MEMBER("fileMode", struct spec_device, mode), .read = member_integer,
		  .max = MODE_MAX, MEMBER_FLAG(struct spec_device, has_mode) },
		{ MEMBER("uid", struct spec_device, uid), .read = member_integer,
		  .max = SPEC_UID_MAX },
		{ MEMBER("gid", struct spec_device, gid), .read = member_integer,
		  .max = SPEC_UID_MAX },
		{ 0 },
	};
	struct spec_device *device = ret;
	int r;

	device->major = -1;
	device->minor = -1;
	r = members_read(members, value, in, ret);
	if (r == 0)
		r = spec_check_absolute(in, "path", device->path);
	if (r == 0 && device->type == 0)
		r = reading_fail(in, -EINVAL, "type: missing");
	if (r == 0 && device->type != S_IFIFO && (device->major < 0 || device->minor < 0))
		r = reading_fail(in, -EINVAL, ": major or minor is missing");
	return r;
}

int spec_check_interface(const struct reading *in, const char *key, const char *text)
{
	int r = spec_check_present(in, key, text);

	if (r == 0 && (strlen(text) >= IF_NAMESIZE || strpbrk(text, "/: \t\n\v\f\r") ||
		       strcmp(text, ".") == 0 || strcmp(text, "..") == 0))
		r = reading_fail(in, -EINVAL, "%s: \"%.64s\" is not a name of an interface",
				 key, text);
	return r;
}

static int read_net_device(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("name", struct spec_net_device, new_name), .read = member_text },
		{ 0 },
	};
	const struct spec_net_device *device = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0)
		r = spec_check_interface(in, "", device->name);
	if (r == 0 && device->new_name)
		r = spec_check_interface(in, "name", device->new_name);
	return r;
}

/* --- the rest ----------------------------------------------------------------------------- */

/* The specification has room for flags, and no flag yet. */
static int member_no_flags(const struct member *m, struct json_walk *value, struct reading *in,
			   void *field)
{
	int r = reading_expect(in, JSON_ARRAY, value);

	(void)m;
	(void)field;
	if (r < 0)
		return r;
	json_enter(value);
	return json_next_item(value) ? reading_fail(in, -EOPNOTSUPP, ": no flag is supported")
				     : 0;
}

static int read_personality(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member_word domains[] = {
		{ "LINUX", PER_LINUX },
		{ "LINUX32", PER_LINUX32 },
		{ 0 },
	};
	static const struct member members[] = {
		{ MEMBER("domain", struct spec, personality), .read = member_word,
		  .words = domains },
		{ .key = "flags", .read = member_no_flags },
		{ 0 },
	};
	const struct spec *spec = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0 && spec->personality == UINT32_MAX)
		r = reading_fail(in, -EINVAL, "domain: missing");
	return r;
}

const struct member_word spec_memory_modes[] = {
	{ "MPOL_DEFAULT", MPOL_DEFAULT },
	{ "MPOL_PREFERRED", MPOL_PREFERRED },
	{ "MPOL_BIND", MPOL_BIND },
	{ "MPOL_INTERLEAVE", MPOL_INTERLEAVE },
	{ "MPOL_LOCAL", MPOL_LOCAL },
	{ "MPOL_PREFERRED_MANY", MPOL_PREFERRED_MANY },
	{ "MPOL_WEIGHTED_INTERLEAVE", MPOL_PREFERRED_MANY + 1 }, /* Linux 6.9 */
	{ 0 },
};

const struct member_word spec_memory_flags[] = {
	{ "MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES },
	{ "MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES },
	{ "MPOL_F_NUMA_BALANCING", MPOL_F_NUMA_BALANCING },
	{ 0 },
};

static int read_memory_policy(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("mode", struct spec_memory_policy, mode), .read = member_word,
		  .words = spec_memory_modes },
		{ MEMBER("flags", struct spec_memory_policy, flags), .read = member_flags,
		  .words = spec_memory_flags },
		{ MEMBER("nodes", struct spec_memory_policy, nodes), .read = member_text },
		{ 0 },
	};
	struct spec_memory_policy *policy = ret;
	int r;

	policy->mode = UINT32_MAX;
	r = members_read(members, value, in, ret);
	if (r == 0 && policy->mode == UINT32_MAX)
		r = reading_fail(in, -EINVAL, "mode: missing");
	if (r == 0 && policy->nodes &&
	    policy->nodes[strspn(policy->nodes, "0123456789-,")] != '\0')
		r = reading_fail(in, -EINVAL, "nodes: \"%.64s\" is no list of nodes",
				 policy->nodes);
	return r;
}

static int member_refused(const struct member *m, struct json_walk *value, struct reading *in,
			  void *field)
{
	(void)m;
	(void)value;
	(void)field;
	return reading_fail(in, -EOPNOTSUPP, ": not supported");
}

/* What stands there is a path inside the container, and nothing else will do. */
static int paths_check(const struct reading *in, const char *key, const struct strv *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		int r = spec_check_absolute(in, "", paths->items[i]);

		if (r < 0)
			return reading_in_member(in, reading_in_item(in, r, i), key);
	}
	return 0;
}

int spec_read_linux(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER_ARRAY("namespaces", struct spec, namespaces, namespace_count,
			       spec_read_namespace, NAMESPACES_MAX) },
		{ MEMBER_ARRAY("uidMappings", struct spec, uid_mappings.items,
			       uid_mappings.count, spec_read_mapping, SPEC_MAPPINGS_MAX) },
		{ MEMBER_ARRAY("gidMappings", struct spec, gid_mappings.items,
			       gid_mappings.count, spec_read_mapping, SPEC_MAPPINGS_MAX) },
		{ MEMBER("timeOffsets", struct spec, time_offsets),
		  .read = member_time_offsets },
		{ MEMBER_ARRAY("devices", struct spec, devices, device_count, spec_read_device,
			       DEVICES_MAX) },
		{ MEMBER_NAMED("netDevices", struct spec, net_devices, net_device_count,
			       struct spec_net_device, name, read_net_device,
			       NET_DEVICES_MAX) },
		{ MEMBER("cgroupsPath", struct spec, cgroups_path), .read = member_text },
		{ MEMBER_OBJECT("resources", struct spec, resources, spec_read_resources) },
		{ MEMBER("sysctl", struct spec, sysctls), .read = member_map },
		{ MEMBER_OBJECT("seccomp", struct spec, seccomp, spec_read_seccomp),
		  MEMBER_FLAG(struct spec, has_seccomp) },
		{ MEMBER("rootfsPropagation", struct spec, rootfs_propagation),
		  .read = member_text },
		{ MEMBER("maskedPaths", struct spec, masked_paths), .read = member_strings },
		{ MEMBER("readonlyPaths", struct spec, readonly_paths),
		  .read = member_strings },
		{ MEMBER("mountLabel", struct spec, mount_label), .read = member_text },
		{ MEMBER_INLINE("personality", read_personality) },
		{ MEMBER_OBJECT("memoryPolicy", struct spec, memory_policy, read_memory_policy),
		  MEMBER_FLAG(struct spec, memory_policy.is_set) },
		{ .key = "intelRdt", .read = member_refused },
		{ 0 },
	};
	const struct spec *spec = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0)
		r = namespaces_check(spec, in);
	if (r == 0)
		r = paths_check(in, "maskedPaths", &spec->masked_paths);
	return r < 0 ? r : paths_check(in, "readonlyPaths", &spec->readonly_paths);
}
