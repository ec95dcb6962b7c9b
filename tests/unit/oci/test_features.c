/*
 * What `features` tells is true: each word of it is one that the code takes.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/json.h"
#include "oci/features.h"
#include "runtime/plan_mount_options.h"
#include "runtime/seccomp.h"
#include "spec/runtime_spec_read.h"

static struct json_object *features(void)
{
	AUTO_STR struct str text = { 0 };
	struct json_object *o = NULL;

	assert_int_equal(features_print(&text, NULL), 0);
	assert_int_equal(json_parse(text.data, text.len, text.len, "features", &o, NULL), 0);
	return o;
}

/* The value at "a.b.c"; it must be there. */
static struct json_object *at(struct json_object *o, const char *path)
{
	char copy[128];
	char *save = NULL;

	assert_int_equal(str_copy(copy, sizeof(copy), path), 0);
	for (char *key = strtok_r(copy, ".", &save); key; key = strtok_r(NULL, ".", &save)) {
		if (!json_object_object_get_ex(o, key, &o))
			fail_msg("there is no %s", path);
	}
	return o;
}

static void has(struct json_object *o, const char *path, const char *text)
{
	struct json_object *list = at(o, path);

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (str_equal(json_object_get_string(json_object_array_get_idx(list, i)), text))
			return;
	}
	fail_msg("%s has no %s", path, text);
}

static void the_members_of_the_specification_are_there(void **state)
{
	AUTO_JSON struct json_object *o = features();

	(void)state;
	assert_string_equal(json_object_get_string(at(o, "ociVersionMin")), "1.0.0");
	assert_string_equal(json_object_get_string(at(o, "ociVersionMax")), "1.3.0");
	has(o, "hooks", "prestart");
	has(o, "hooks", "poststop");
	has(o, "mountOptions", "rro");
	has(o, "mountOptions", "rbind");
	has(o, "mountOptions", "tmpcopyup");
	has(o, "linux.namespaces", "time");
	has(o, "linux.capabilities", "CAP_CHECKPOINT_RESTORE");
	assert_true(json_object_get_boolean(at(o, "linux.cgroup.v1")));
	assert_true(json_object_get_boolean(at(o, "linux.cgroup.v2")));
	assert_true(json_object_get_boolean(at(o, "linux.cgroup.systemd")));
	assert_true(json_object_get_boolean(at(o, "linux.cgroup.systemdUser")));
	assert_true(json_object_get_boolean(at(o, "linux.cgroup.rdma")));
	assert_true(json_object_get_boolean(at(o, "linux.seccomp.enabled")));
	has(o, "linux.seccomp.archs", "SCMP_ARCH_X86_64");
	has(o, "linux.seccomp.supportedFlags", "SECCOMP_FILTER_FLAG_TSYNC");
	assert_true(json_object_get_boolean(at(o, "linux.apparmor.enabled")));
	assert_true(json_object_get_boolean(at(o, "linux.selinux.enabled")));
	assert_false(json_object_get_boolean(at(o, "linux.intelRdt.enabled")));
	has(o, "linux.memoryPolicy.modes", "MPOL_BIND");
	has(o, "linux.memoryPolicy.flags", "MPOL_F_STATIC_NODES");
	assert_non_null(at(o, "linux.mountExtensions.idmap.enabled"));
	assert_non_null(at(o, "linux.netDevices.enabled"));
	assert_non_null(at(o, "annotations"));
	has(o, "potentiallyUnsafeConfigAnnotations", "run.oci.");
}

/* Nothing is left over that would be handed to the file system unknown. */
static void each_mount_option_is_one_of_ours(void **state)
{
	AUTO_JSON struct json_object *o = features();
	struct json_object *list = at(o, "mountOptions");

	(void)state;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		AUTO_ARENA struct arena arena = { 0 };
		struct mount_options options;
		struct strv v = { 0 };

		strv_add(&v, &arena,
			 json_object_get_string(json_object_array_get_idx(list, i)));
		assert_int_equal(mount_options_parse(&v, &options, NULL), 0);
		assert_string_equal(str_text(&options.data), "");
		mount_options_done(&options);
	}
}

static int compile(const char *action, const char *op, const char *arch, const char *flag)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp_arg arg = { .op = arena_copy(&arena, op) };
	struct spec_seccomp_rule rule = { .action = arena_copy(&arena, action),
					  .args = &arg,
					  .arg_count = 1 };
	struct spec_seccomp seccomp = { .default_action = arena_copy(&arena, "SCMP_ACT_ALLOW"),
					.rules = &rule,
					.rule_count = 1 };
	struct seccomp_filter filter = { 0 };
	int r;

	strv_add(&rule.names, &arena, "getpid");
	strv_add(&seccomp.architectures, &arena, arch);
	strv_add(&seccomp.flags, &arena, flag);
	r = seccomp_compile(&seccomp, &filter, NULL);
	seccomp_filter_done(&filter);
	return r;
}

static const char *text_of(struct json_object *list, size_t i)
{
	return json_object_get_string(json_object_array_get_idx(list, i));
}

static void each_word_of_seccomp_compiles(void **state)
{
	AUTO_JSON struct json_object *o = features();
	struct json_object *actions = at(o, "linux.seccomp.actions");
	struct json_object *operators = at(o, "linux.seccomp.operators");
	struct json_object *flags = at(o, "linux.seccomp.knownFlags");

	(void)state;
	assert_int_equal(json_object_array_length(actions), 9);
	assert_int_equal(json_object_array_length(operators), 7);
	for (size_t i = 0; i < json_object_array_length(actions); i++)
		assert_int_equal(compile(text_of(actions, i), "SCMP_CMP_EQ", "SCMP_ARCH_X86_64",
					 "SECCOMP_FILTER_FLAG_LOG"),
				 0);
	for (size_t i = 0; i < json_object_array_length(operators); i++)
		assert_int_equal(compile("SCMP_ACT_ERRNO", text_of(operators, i),
					 "SCMP_ARCH_X86_64", "SECCOMP_FILTER_FLAG_LOG"),
				 0);
	for (size_t i = 0; i < json_object_array_length(flags); i++)
		assert_int_equal(compile("SCMP_ACT_ERRNO", "SCMP_CMP_EQ", "SCMP_ARCH_X86_64",
					 text_of(flags, i)),
				 0);
	assert_int_equal(compile("SCMP_ACT_MAYBE", "SCMP_CMP_EQ", "SCMP_ARCH_X86_64",
				 "SECCOMP_FILTER_FLAG_LOG"),
			 -EINVAL);
}

static void each_hook_is_read(void **state)
{
	AUTO_JSON struct json_object *o = features();
	struct json_object *hooks = at(o, "hooks");

	(void)state;
	assert_int_equal(json_object_array_length(hooks), 6);
	for (size_t i = 0; i < json_object_array_length(hooks); i++) {
		AUTO_ARENA struct arena arena = { 0 };
		AUTO_STR struct str text = { 0 };
		struct strv warnings = { 0 };
		struct spec spec;
		struct err e = { 0 };

		str_printf(&text, "{\"ociVersion\":\"1.0.2\",\"hooks\":{\"%s\":[{}]}}",
			   text_of(hooks, i));
		assert_int_equal(spec_parse(text.data, text.len, &arena, &spec, &warnings, &e),
				 -EINVAL);
		assert_non_null(strstr(e.text, text_of(hooks, i)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_members_of_the_specification_are_there),
		cmocka_unit_test(each_mount_option_is_one_of_ours),
		cmocka_unit_test(each_word_of_seccomp_compiles),
		cmocka_unit_test(each_hook_is_read),
	};

	return cmocka_run_group_tests_name("features", tests, NULL, NULL);
}
