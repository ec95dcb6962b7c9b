/*
 * "process" of config.json: what is executed, as whom, with which rights.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config.md "Process"; getrlimit(2), capabilities(7).
 */
#include <string.h>
#include <sys/resource.h>

#include "spec/capability.h"
#include "spec/runtime_spec.h"
#include "spec/runtime_spec_parts.h"

enum { GROUPS_MAX = 65536, RLIMITS_MAX = 64, CONSOLE_MAX = 65535, UMASK_MAX = 0777 };

/* --- user --------------------------------------------------------------------------------- */

static int read_group(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member gid = { .size = sizeof(uint32_t), .max = SPEC_UID_MAX };

	return member_integer(&gid, value, in, ret);
}

static int read_user(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("uid", struct spec_user, uid), .read = member_integer,
		  .max = SPEC_UID_MAX },
		{ MEMBER("gid", struct spec_user, gid), .read = member_integer,
		  .max = SPEC_UID_MAX },
		{ MEMBER("umask", struct spec_user, umask), .read = member_integer,
		  .max = UMASK_MAX, MEMBER_FLAG(struct spec_user, has_umask) },
		{ MEMBER_ARRAY("additionalGids", struct spec_user, groups, group_count,
			       read_group, GROUPS_MAX) },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}

static int read_console_size(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("height", struct spec_process, console_rows), .read = member_integer,
		  .max = CONSOLE_MAX },
		{ MEMBER("width", struct spec_process, console_columns), .read = member_integer,
		  .max = CONSOLE_MAX },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}

/* --- capabilities ------------------------------------------------------------------------- */

/* A name from a younger kernel costs the container that capability, not its life; as runc. */
static int member_capabilities(const struct member *m, struct json_walk *value,
			       struct reading *in, void *field)
{
	uint64_t set = 0;
	int r = reading_expect(in, JSON_ARRAY, value);

	if (r < 0)
		return r;
	json_enter(value);
	for (size_t i = 0; json_next_item(value); i++) {
		char *name = NULL;
		int number;

		r = reading_copy(in, value, &name);
		if (r < 0)
			return reading_in_item(in, r, i);
		number = str_starts(name, "CAP_") ? capability_find(name) : -EINVAL;
		if (number < 0)
			reading_warn(in,
				     "process.capabilities.%s: \"%.64s\" is left out: no such "
				     "capability",
				     m->key, name);
		else
			set |= 1ULL << number;
	}
	*(uint64_t *)field = set;
	return 0;
}

int spec_read_capabilities(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("bounding", struct spec_capabilities, bounding),
		  .read = member_capabilities },
		{ MEMBER("effective", struct spec_capabilities, effective),
		  .read = member_capabilities },
		{ MEMBER("permitted", struct spec_capabilities, permitted),
		  .read = member_capabilities },
		{ MEMBER("inheritable", struct spec_capabilities, inheritable),
		  .read = member_capabilities },
		{ MEMBER("ambient", struct spec_capabilities, ambient),
		  .read = member_capabilities },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}

/* --- limits ------------------------------------------------------------------------------- */

static const struct member_word rlimit_words[] = {
	{ "RLIMIT_AS", RLIMIT_AS },
	{ "RLIMIT_CORE", RLIMIT_CORE },
	{ "RLIMIT_CPU", RLIMIT_CPU },
	{ "RLIMIT_DATA", RLIMIT_DATA },
	{ "RLIMIT_FSIZE", RLIMIT_FSIZE },
	{ "RLIMIT_LOCKS", RLIMIT_LOCKS },
	{ "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK },
	{ "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE },
	{ "RLIMIT_NICE", RLIMIT_NICE },
	{ "RLIMIT_NOFILE", RLIMIT_NOFILE },
	{ "RLIMIT_NPROC", RLIMIT_NPROC },
	{ "RLIMIT_RSS", RLIMIT_RSS },
	{ "RLIMIT_RTPRIO", RLIMIT_RTPRIO },
	{ "RLIMIT_RTTIME", RLIMIT_RTTIME },
	{ "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING },
	{ "RLIMIT_STACK", RLIMIT_STACK },
	{ 0 },
};

static int read_rlimit(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("type", struct spec_rlimit, resource), .read = member_word,
		  .words = rlimit_words },
		{ MEMBER("soft", struct spec_rlimit, soft), .read = member_integer,
		  .max = UINT64_MAX },
		{ MEMBER("hard", struct spec_rlimit, hard), .read = member_integer,
		  .max = UINT64_MAX },
		{ 0 },
	};
	struct spec_rlimit *limit = ret;
	int r;

	limit->resource = -1;
	r = members_read(members, value, in, ret);
	if (r < 0)
		return r;
	if (limit->resource < 0)
		return reading_fail(in, -EINVAL, "type: missing");
	if (limit->soft > limit->hard)
		return reading_fail(in, -EINVAL, "soft: %llu is above the hard limit %llu",
				    (unsigned long long)limit->soft,
				    (unsigned long long)limit->hard);
	return 0;
}

static int rlimits_check(const struct spec_process *process, const struct reading *in)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < process->rlimit_count; i++) {
		uint64_t bit = 1ULL << process->rlimits[i].resource;

		if (seen & bit) {
			int r = reading_fail(
				in, -EINVAL,
				"type: this limit stands here for the second time");

			return reading_in_member(in, reading_in_item(in, r, i), "rlimits");
		}
		seen |= bit;
	}
	return 0;
}

/* --- process ------------------------------------------------------------------------------ */

static bool is_cpu_list(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789-,")] == '\0';
}

static int read_affinity(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("initial", struct spec_process, cpus_initial), .read = member_text },
		{ MEMBER("final", struct spec_process, cpus_final), .read = member_text },
		{ 0 },
	};
	const struct spec_process *process = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0 && process->cpus_initial && !is_cpu_list(process->cpus_initial))
		r = reading_fail(in, -EINVAL, "initial: \"%.64s\" is no list of processors",
				 process->cpus_initial);
	if (r == 0 && process->cpus_final && !is_cpu_list(process->cpus_final))
		r = reading_fail(in, -EINVAL, "final: \"%.64s\" is no list of processors",
				 process->cpus_final);
	return r;
}

int spec_read_process(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("terminal", struct spec_process, is_terminal), .read = member_bool },
		{ MEMBER_INLINE("consoleSize", read_console_size) },
		{ MEMBER_OBJECT("user", struct spec_process, user, read_user) },
		{ MEMBER("args", struct spec_process, args), .read = member_strings },
		{ MEMBER("env", struct spec_process, env), .read = member_strings },
		{ MEMBER("cwd", struct spec_process, cwd), .read = member_text },
		{ MEMBER_OBJECT("capabilities", struct spec_process, capabilities,
				spec_read_capabilities),
		  MEMBER_FLAG(struct spec_process, has_capabilities) },
		{ MEMBER_ARRAY("rlimits", struct spec_process, rlimits, rlimit_count,
			       read_rlimit, RLIMITS_MAX) },
		{ MEMBER("noNewPrivileges", struct spec_process, no_new_privileges),
		  .read = member_bool },
		{ MEMBER("oomScoreAdj", struct spec_process, oom_score_adj),
		  .read = member_integer, .min = -1000, .max = 1000,
		  MEMBER_FLAG(struct spec_process, has_oom_score_adj) },
		{ MEMBER("apparmorProfile", struct spec_process, apparmor_profile),
		  .read = member_text },
		{ MEMBER("selinuxLabel", struct spec_process, selinux_label),
		  .read = member_text },
		{ MEMBER_INLINE("scheduler", spec_read_scheduler) },
		{ MEMBER_INLINE("ioPriority", spec_read_io_priority) },
		{ MEMBER_INLINE("execCPUAffinity", read_affinity) },
		{ 0 },
	};
	const struct spec_process *process = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0)
		r = spec_check_absolute(in, "cwd", process->cwd);
	if (r == 0 && process->args.count == 0)
		r = reading_fail(in, -EINVAL, "args: missing, or empty");
	return r < 0 ? r : rlimits_check(process, in);
}
