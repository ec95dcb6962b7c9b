/*
 * "hooks" of config.json.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config.md "POSIX-platform Hooks".
 */
#include <limits.h>

#include "spec/runtime_spec.h"
#include "spec/runtime_spec_parts.h"

enum { HOOKS_MAX = 1024 };

static int read_hook(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("path", struct spec_hook, path), .read = member_text },
		{ MEMBER("args", struct spec_hook, args), .read = member_strings },
		{ MEMBER("env", struct spec_hook, env), .read = member_strings },
		{ MEMBER("timeout", struct spec_hook, timeout_s), .read = member_integer,
		  .min = 1, .max = INT_MAX / 1000 },
		{ 0 },
	};
	const struct spec_hook *hook = ret;
	int r = members_read(members, value, in, ret);

	return r < 0 ? r : spec_check_absolute(in, "path", hook->path);
}

#define HOOKS(name, field) \
	MEMBER_ARRAY(name, struct spec, field.items, field.count, read_hook, HOOKS_MAX)

const struct member spec_hook_members[] = {
	{ HOOKS("prestart", hooks_prestart) },
	{ HOOKS("createRuntime", hooks_create_runtime) },
	{ HOOKS("createContainer", hooks_create_container) },
	{ HOOKS("startContainer", hooks_start_container) },
	{ HOOKS("poststart", hooks_poststart) },
	{ HOOKS("poststop", hooks_poststop) },
	{ 0 },
};

int spec_read_hooks(struct json_walk *value, struct reading *in, void *ret)
{
	return members_read(spec_hook_members, value, in, ret);
}
