/*
 * Annotations that change what is started. They are crun's ("run.oci."), kept so that its
 * callers need not change; runc's only describe (but "org.systemd.property.", which
 * runtime/systemd.c reads). What hoy cannot do is refused, because a container that was meant
 * to be run by a virtual machine, or under another filter, is not what was asked for.
 *
 * Runs in: runtime.
 * See: crun(1) "Extensions to OCI".
 */
#include <string.h>

#include "base/fd.h"
#include "spec/runtime_spec_parts.h"

static const char prefix[] = "run.oci.";

struct annotation {
	const char *name; /* behind the prefix */
	/* `value` is borrowed from the arena. */
	int (*apply)(struct spec *spec, struct reading *in, char *value);
};

static int absolute_set(struct reading *in, char *value, char **ret)
{
	if (value[0] != '/')
		return reading_fail(in, -EINVAL, ": \"%.256s\" is not an absolute path", value);
	*ret = value;
	return 0;
}

static int handler_set(struct spec *spec, struct reading *in, char *value)
{
	(void)spec;
	/* What its callers write for "none": the runtime itself. */
	if (value[0] == '\0' || strcmp(value, "default") == 0)
		return 0;
	return reading_fail(in, -EOPNOTSUPP, ": there is no handler \"%.64s\"", value);
}

static int unsupported(struct spec *spec, struct reading *in, char *value)
{
	(void)spec;
	(void)value;
	return reading_fail(in, -EOPNOTSUPP, ": not supported");
}

static int groups_set(struct spec *spec, struct reading *in, char *value)
{
	(void)in;
	spec->extensions.keeps_groups = strcmp(value, "0") != 0;
	return 0;
}

static int unknown_syscall_set(struct spec *spec, struct reading *in, char *value)
{
	(void)in;
	spec->seccomp.fails_unknown_syscall = strcmp(value, "0") != 0;
	return 0;
}

static int receiver_set(struct spec *spec, struct reading *in, char *value)
{
	return absolute_set(in, value, &spec->seccomp.listener_path);
}

/* What is printed by hooks of every kind. */
static int hooks_stdout_set(struct spec *spec, struct reading *in, char *value)
{
	char *path = NULL;
	int r = absolute_set(in, value, &path);

	spec->hooks_prestart.output_path = path;
	spec->hooks_create_runtime.output_path = path;
	spec->hooks_create_container.output_path = path;
	spec->hooks_start_container.output_path = path;
	spec->hooks_poststart.output_path = path;
	spec->hooks_poststop.output_path = path;
	return r;
}

static int hooks_stderr_set(struct spec *spec, struct reading *in, char *value)
{
	char *path = NULL;
	int r = absolute_set(in, value, &path);

	spec->hooks_prestart.error_path = path;
	spec->hooks_create_runtime.error_path = path;
	spec->hooks_create_container.error_path = path;
	spec->hooks_start_container.error_path = path;
	spec->hooks_poststart.error_path = path;
	spec->hooks_poststop.error_path = path;
	return r;
}

static int pidfd_set(struct spec *spec, struct reading *in, char *value)
{
	return absolute_set(in, value, &spec->extensions.pidfd_receiver);
}

/* "" says that no cgroup is wanted below the scope, which is what hoy does. */
static int subgroup_set(struct spec *spec, struct reading *in, char *value)
{
	(void)spec;
	return value[0] == '\0' ? 0 : reading_fail(in, -EOPNOTSUPP, ": not supported");
}

static int context_type_set(struct spec *spec, struct reading *in, char *value)
{
	static const char *const types[] = { "context", "fscontext", "defcontext",
					     "rootcontext" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i], value) == 0) {
			spec->extensions.mount_context_type = value;
			return 0;
		}
	}
	return reading_fail(in, -EINVAL, ": unknown value \"%.64s\"", value);
}

/* Lines of "CLOCK SECONDS NANOSECONDS", the clock by name or by number. */
static int time_offset_add(struct spec *spec, struct reading *in, char *line)
{
	char *save = NULL;
	const char *clock = strtok_r(line, " ", &save);
	const char *seconds = strtok_r(NULL, " ", &save);
	const char *nanoseconds = strtok_r(NULL, " ", &save);
	bool is_boottime = str_equal(clock, "boottime") || str_equal(clock, "7");
	bool is_monotonic = str_equal(clock, "monotonic") || str_equal(clock, "1");
	uint64_t n;
	int64_t s;

	if ((!is_boottime && !is_monotonic) || !seconds || !nanoseconds ||
	    strtok_r(NULL, " ", &save) || parse_i64(seconds, INT64_MIN, INT64_MAX, &s) < 0 ||
	    parse_u64(nanoseconds, 0, 999999999, &n) < 0)
		return reading_fail(in, -EINVAL, ": not CLOCK SECONDS NANOSECONDS");
	strv_add_borrowed(&spec->time_offsets, in->arena,
			  arena_printf(in->arena, "%s %lld %llu",
				       is_boottime ? "boottime" : "monotonic", (long long)s,
				       (unsigned long long)n));
	return 0;
}

static int time_offsets_set(struct spec *spec, struct reading *in, char *value)
{
	char *save = NULL;
	int r = 0;

	for (char *line = strtok_r(value, "\n", &save); line && r == 0;
	     line = strtok_r(NULL, "\n", &save))
		r = time_offset_add(spec, in, line);
	return r;
}

static const struct annotation annotations[] = {
	{ "delegate-cgroup", unsupported },
	{ "handler", handler_set },
	{ "hooks.stderr", hooks_stderr_set },
	{ "hooks.stdout", hooks_stdout_set },
	{ "keep_original_groups", groups_set },
	{ "mount_context_type", context_type_set },
	{ "pidfd_receiver", pidfd_set },
	{ "seccomp.plugins", unsupported },
	{ "seccomp.receiver", receiver_set },
	{ "seccomp_bpf_data", unsupported },
	{ "seccomp_fail_unknown_syscall", unknown_syscall_set },
	{ "systemd.force_cgroup_v1", unsupported },
	{ "systemd.subgroup", subgroup_set },
	{ "timens_offset", time_offsets_set },
};

static int annotation_apply(struct spec *spec, struct reading *in, const char *name,
			    const char *value)
{
	for (size_t i = 0; i < sizeof(annotations) / sizeof(annotations[0]); i++) {
		char *copy;

		if (strcmp(annotations[i].name, name) != 0)
			continue;
		copy = arena_copy(in->arena, value);
		return copy ? annotations[i].apply(spec, in, copy)
			    : reading_fail(in, -ENOMEM, ": out of memory");
	}
	reading_warn(in, "annotations.run.oci.%.64s: ignored, not known here", name);
	return 0;
}

int spec_read_annotations(struct spec *spec, struct reading *in)
{
	for (size_t i = 0; i < spec->annotations.count; i++) {
		const char *item = spec->annotations.items[i];
		size_t key_len = strcspn(item, "=");
		AUTO_FREE char *key = strndup(item, key_len);
		int r;

		if (!key)
			return reading_fail(in, -ENOMEM, "annotations: out of memory");
		if (!str_starts(key, prefix))
			continue;
		r = annotation_apply(spec, in, key + strlen(prefix), item + key_len + 1);
		if (r < 0)
			return reading_in_member(in, reading_in_member(in, r, key),
						 "annotations");
	}
	return 0;
}
