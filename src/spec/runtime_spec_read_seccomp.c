/*
 * "linux.seccomp" of config.json. What the words mean is known where the filter is compiled
 * (runtime/seccomp_compile.c).
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config-linux.md "Seccomp".
 */
#include "spec/runtime_spec.h"
#include "spec/runtime_spec_parts.h"

enum { RULES_MAX = 4096, ARGS_MAX = 64, ARG_INDEX_MAX = 5, ERRNO_MAX = 4095 };

static int read_arg(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("index", struct spec_seccomp_arg, index), .read = member_integer,
		  .max = ARG_INDEX_MAX },
		{ MEMBER("value", struct spec_seccomp_arg, value), .read = member_integer,
		  .max = UINT64_MAX },
		{ MEMBER("valueTwo", struct spec_seccomp_arg, value_two),
		  .read = member_integer, .max = UINT64_MAX },
		{ MEMBER("op", struct spec_seccomp_arg, op), .read = member_text },
		{ 0 },
	};
	const struct spec_seccomp_arg *arg = ret;
	int r = members_read(members, value, in, ret);

	return r < 0 ? r : spec_check_present(in, "op", arg->op);
}

static int read_rule(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("names", struct spec_seccomp_rule, names), .read = member_strings },
		{ MEMBER("action", struct spec_seccomp_rule, action), .read = member_text },
		{ MEMBER("errnoRet", struct spec_seccomp_rule, errno_ret),
		  .read = member_integer, .max = ERRNO_MAX,
		  MEMBER_FLAG(struct spec_seccomp_rule, has_errno) },
		{ MEMBER_ARRAY("args", struct spec_seccomp_rule, args, arg_count, read_arg,
			       ARGS_MAX) },
		{ 0 },
	};
	const struct spec_seccomp_rule *rule = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0 && rule->names.count == 0)
		r = reading_fail(in, -EINVAL, "names: missing, or empty");
	return r < 0 ? r : spec_check_present(in, "action", rule->action);
}

int spec_read_seccomp(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("defaultAction", struct spec_seccomp, default_action),
		  .read = member_text },
		{ MEMBER("defaultErrnoRet", struct spec_seccomp, default_errno_ret),
		  .read = member_integer, .max = ERRNO_MAX,
		  MEMBER_FLAG(struct spec_seccomp, has_default_errno) },
		{ MEMBER("architectures", struct spec_seccomp, architectures),
		  .read = member_strings },
		{ MEMBER("flags", struct spec_seccomp, flags), .read = member_strings },
		{ MEMBER("listenerPath", struct spec_seccomp, listener_path),
		  .read = member_text },
		{ MEMBER("listenerMetadata", struct spec_seccomp, listener_metadata),
		  .read = member_text },
		{ MEMBER_ARRAY("syscalls", struct spec_seccomp, rules, rule_count, read_rule,
			       RULES_MAX) },
		{ 0 },
	};
	const struct spec_seccomp *seccomp = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0)
		r = spec_check_present(in, "defaultAction", seccomp->default_action);
	if (r == 0 && seccomp->listener_metadata && !seccomp->listener_path)
		r = reading_fail(in, -EINVAL, "listenerMetadata: there is no listenerPath");
	return r;
}
