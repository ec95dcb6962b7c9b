/*
 * See seccomp_profile.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/seccomp_profile.h"

#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "format/json.h"

enum { RULES_MAX = 4096, RULE_ARGS_MAX = 64, ARCHITECTURES_MAX = 64, PATH_SIZE = 64 };

struct parser {
	uint64_t capabilities;
	const struct seccomp_host *host;
	struct arena *arena;
};

/* --- conditions
 * --------------------------------------------------------------------------------------------------------------
 */

struct condition {
	struct strv capabilities;
	struct strv arches;
	char *min_kernel;
};

static int condition_parse(const struct parser *p, struct json_object *rule, const char *path,
			   const char *key, struct condition *ret, struct err *e)
{
	struct json_object *o = NULL;
	int r = json_get_object(rule, path, key, &o, e);

	*ret = (struct condition){ 0 };
	if (r < 0 || !o)
		return r;
	r = json_get_strings(o, path, "caps", p->arena, &ret->capabilities, e);
	if (r == 0)
		r = json_get_strings(o, path, "arches", p->arena, &ret->arches, e);
	if (r == 0)
		r = json_get_string(o, path, "minKernel", p->arena, &ret->min_kernel, e);
	return r;
}

/* A name that this library does not know is a capability that nobody has. */
static bool has_capability(const struct parser *p, const char *name)
{
	cap_value_t value;

	return cap_from_name(name, &value) == 0 && (p->capabilities >> value & 1);
}

static bool kernel_is_enough(const struct parser *p, const char *minimum)
{
	unsigned int major = 0;
	unsigned int minor = 0;

	return sscanf(minimum, "%u.%u", &major, &minor) == 2 &&
	       seccomp_host_has_kernel(p->host, major, minor);
}

static bool is_included(const struct parser *p, const struct condition *c)
{
	for (size_t i = 0; i < c->capabilities.count; i++) {
		if (!has_capability(p, c->capabilities.items[i]))
			return false;
	}
	if (c->arches.count > 0 && !strv_has(&c->arches, p->host->arch))
		return false;
	return !c->min_kernel || kernel_is_enough(p, c->min_kernel);
}

static bool is_excluded(const struct parser *p, const struct condition *c)
{
	for (size_t i = 0; i < c->capabilities.count; i++) {
		if (has_capability(p, c->capabilities.items[i]))
			return true;
	}
	if (strv_has(&c->arches, p->host->arch))
		return true;
	return c->min_kernel && kernel_is_enough(p, c->min_kernel);
}

/* --- rules
 * ---------------------------------------------------------------------------------------------------------------------
 */

static int arg_parse(const struct parser *p, struct json_object *o, const char *path,
		     struct spec_seccomp_arg *ret, struct err *e)
{
	uint64_t index = 0;
	int r = json_object_is_type(o, json_type_object)
			? json_get_u64(o, path, "index", UINT32_MAX, &index, e)
			: err_set(e, ERR_INVALID, -EINVAL, "%s.args: expected objects", path);

	ret->index = (uint32_t)index;
	if (r == 0)
		r = json_get_u64(o, path, "value", UINT64_MAX, &ret->value, e);
	if (r == 0)
		r = json_get_u64(o, path, "valueTwo", UINT64_MAX, &ret->value_two, e);
	if (r == 0)
		r = json_get_string(o, path, "op", p->arena, &ret->op, e);
	return r;
}

static int args_parse(const struct parser *p, struct json_object *o, const char *path,
		      struct spec_seccomp_rule *ret, struct err *e)
{
	struct json_object *list = NULL;
	int r = json_get_array(o, path, "args", RULE_ARGS_MAX, &list, e);

	if (r < 0 || !list || json_object_array_length(list) == 0)
		return r;
	ret->args = arena_array(p->arena, json_object_array_length(list), sizeof(*ret->args));
	if (!ret->args)
		return err_sys(e, ENOMEM, "%s.args", path);
	ret->arg_count = json_object_array_length(list);
	for (size_t i = 0; i < ret->arg_count && r == 0; i++)
		r = arg_parse(p, json_object_array_get_idx(list, i), path, &ret->args[i], e);
	return r;
}

static int rule_fill(const struct parser *p, struct json_object *o, const char *path,
		     struct spec_seccomp_rule *ret, struct err *e)
{
	uint64_t errno_ret = UINT64_MAX;
	char *name = NULL;
	int r = json_get_strings(o, path, "names", p->arena, &ret->names, e);

	if (r == 0)
		r = json_get_string(o, path, "name", p->arena, &name, e);
	if (r == 0 && name)
		strv_add(&ret->names, p->arena, name);
	if (r == 0)
		r = json_get_string(o, path, "action", p->arena, &ret->action, e);
	if (r == 0 && json_object_object_get(o, "errnoRet"))
		r = json_get_u64(o, path, "errnoRet", UINT32_MAX, &errno_ret, e);
	ret->has_errno = errno_ret != UINT64_MAX;
	ret->errno_ret = ret->has_errno ? (uint32_t)errno_ret : 0;
	if (r == 0)
		r = args_parse(p, o, path, ret, e);
	if (r == 0 && !ret->action)
		return err_set(e, ERR_INVALID, -EINVAL, "%s.action: missing", path);
	return r;
}

static int rule_parse(const struct parser *p, struct json_object *o, size_t i,
		      struct spec_seccomp *ret, struct err *e)
{
	struct condition includes;
	struct condition excludes;
	char path[PATH_SIZE];
	int r;

	(void)snprintf(path, sizeof(path), "seccomp.syscalls[%zu]", i);
	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "%s: expected an object", path);
	r = condition_parse(p, o, path, "includes", &includes, e);
	if (r == 0)
		r = condition_parse(p, o, path, "excludes", &excludes, e);
	if (r < 0 || !is_included(p, &includes) || is_excluded(p, &excludes))
		return r;
	return rule_fill(p, o, path, &ret->rules[ret->rule_count++], e);
}

static int rules_parse(const struct parser *p, struct json_object *o, struct spec_seccomp *ret,
		       struct err *e)
{
	struct json_object *list = NULL;
	int r = json_get_array(o, "seccomp", "syscalls", RULES_MAX, &list, e);
	size_t count = list ? json_object_array_length(list) : 0;

	if (r < 0 || count == 0)
		return r;
	ret->rules = arena_array(p->arena, count, sizeof(*ret->rules));
	if (!ret->rules)
		return err_sys(e, ENOMEM, "seccomp.syscalls");
	for (size_t i = 0; i < count && r == 0; i++)
		r = rule_parse(p, json_object_array_get_idx(list, i), i, ret, e);
	return r;
}

/* --- architectures
 * -------------------------------------------------------------------------------------------------------------
 */

/* "SCMP_ARCH_AARCH64" is what profiles call arm64. */
static bool is_native(const struct parser *p, const char *architecture)
{
	static const struct {
		const char *scmp;
		const char *arch;
	} names[] = {
		{ "SCMP_ARCH_X86_64", "amd64" },    { "SCMP_ARCH_AARCH64", "arm64" },
		{ "SCMP_ARCH_X86", "x86" },	    { "SCMP_ARCH_ARM", "arm" },
		{ "SCMP_ARCH_PPC64LE", "ppc64le" }, { "SCMP_ARCH_S390X", "s390x" },
		{ "SCMP_ARCH_RISCV64", "riscv64" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_equal(names[i].scmp, architecture))
			return strcmp(names[i].arch, p->host->arch) == 0;
	}
	return false;
}

static int architectures_parse(const struct parser *p, struct json_object *o,
			       struct spec_seccomp *ret, struct err *e)
{
	struct json_object *list = NULL;
	int r = json_get_strings(o, "seccomp", "architectures", p->arena, &ret->architectures,
				 e);

	if (r == 0)
		r = json_get_array(o, "seccomp", "archMap", ARCHITECTURES_MAX, &list, e);
	if (r < 0 || !list)
		return r;
	if (ret->architectures.count > 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "seccomp: architectures and archMap are both given");
	for (size_t i = 0; i < json_object_array_length(list) && r == 0; i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);
		struct strv others = { 0 };
		char *architecture = NULL;

		if (!json_object_is_type(entry, json_type_object))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "seccomp.archMap: expected objects");
		r = json_get_string(entry, "seccomp.archMap", "architecture", p->arena,
				    &architecture, e);
		if (r < 0 || !is_native(p, architecture))
			continue;
		strv_add(&ret->architectures, p->arena, architecture);
		r = json_get_strings(entry, "seccomp.archMap", "subArchitectures", p->arena,
				     &others, e);
		for (size_t k = 0; k < others.count; k++)
			strv_add_borrowed(&ret->architectures, p->arena, others.items[k]);
	}
	return r;
}

static int profile_fill(const struct parser *p, struct json_object *o, struct spec_seccomp *ret,
			struct err *e)
{
	uint64_t errno_ret = UINT64_MAX;
	int r = json_get_string(o, "seccomp", "defaultAction", p->arena, &ret->default_action,
				e);

	if (r == 0 && !ret->default_action)
		return err_set(e, ERR_INVALID, -EINVAL, "seccomp.defaultAction: missing");
	if (r == 0 && json_object_object_get(o, "defaultErrnoRet"))
		r = json_get_u64(o, "seccomp", "defaultErrnoRet", UINT32_MAX, &errno_ret, e);
	ret->has_default_errno = errno_ret != UINT64_MAX;
	ret->default_errno_ret = ret->has_default_errno ? (uint32_t)errno_ret : 0;
	if (r == 0)
		r = json_get_strings(o, "seccomp", "flags", p->arena, &ret->flags, e);
	if (r == 0)
		r = json_get_string(o, "seccomp", "listenerPath", p->arena, &ret->listener_path,
				    e);
	if (r == 0)
		r = json_get_string(o, "seccomp", "listenerMetadata", p->arena,
				    &ret->listener_metadata, e);
	if (r == 0)
		r = architectures_parse(p, o, ret, e);
	if (r == 0)
		r = rules_parse(p, o, ret, e);
	return r;
}

int seccomp_profile_parse(const char *json, size_t len, uint64_t capabilities,
			  const struct seccomp_host *host, struct arena *arena,
			  struct spec_seccomp *ret, struct err *e)
{
	const struct parser p = { .capabilities = capabilities, .host = host, .arena = arena };
	AUTO_JSON struct json_object *o = NULL;
	int r = json_parse(json, len, SECCOMP_PROFILE_MAX, "seccomp profile", &o, e);

	if (r < 0)
		return r;
	*ret = (struct spec_seccomp){ 0 };
	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "seccomp profile: expected an object");
	r = profile_fill(&p, o, ret, e);
	if (r == 0 && arena_ok(arena) < 0)
		return err_sys(e, ENOMEM, "seccomp profile");
	return r;
}
