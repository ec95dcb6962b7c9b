/* A profile file in docker's or the OCI format becomes the rules that hold here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/capability.h>
#include <seccomp.h>
#include <string.h>

#include "runtime/seccomp_profile.h"

static const struct seccomp_host host = { "amd64", SCMP_ARCH_X86_64, 6, 1 };

static int parse(const char *json, uint64_t capabilities, struct arena *arena,
		 struct spec_seccomp *ret, struct err *e)
{
	return seccomp_profile_parse(json, strlen(json), capabilities, &host, arena, ret, e);
}

static void conditions_choose_the_rules(void **state)
{
	static const char json[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"archMap\":["
		"{\"architecture\":\"SCMP_ARCH_AARCH64\",\"subArchitectures\":[\"SCMP_ARCH_"
		"ARM\"]},"
		"{\"architecture\":\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_"
		"X86\"]}],\"syscalls\":["
		"{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		"{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":["
		"\"CAP_SYS_ADMIN\"]}},"
		"{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38,"
		"\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
		"{\"names\":[\"set_tls\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{"
		"\"arches\":[\"arm\"]}},"
		"{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{"
		"\"minKernel\":\"4.8\"}},"
		"{\"names\":[\"open\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{"
		"\"minKernel\":\"99.0\"}}]}";
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;

	(void)state;
	assert_int_equal(parse(json, 0, &arena, &s, NULL), 0);
	assert_int_equal(s.default_errno_ret, 38);
	assert_int_equal(s.architectures.count, 2);
	assert_string_equal(s.architectures.items[1], "SCMP_ARCH_X86");
	assert_int_equal(s.rule_count, 3);
	assert_string_equal(s.rules[1].names.items[0], "clone3");
	assert_true(s.rules[1].has_errno);
	assert_int_equal(parse(json, 1ull << CAP_SYS_ADMIN, &arena, &s, NULL), 0);
	assert_string_equal(s.rules[1].names.items[0], "mount");
}

static void the_oci_form_and_its_arguments_are_read(void **state)
{
	static const char json[] = "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":["
				   "\"SCMP_ARCH_X86_64\"],"
				   "\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"],\"syscalls\":[{"
				   "\"name\":\"clone\",\"action\":\"SCMP_ACT_ERRNO\","
				   "\"args\":[{\"index\":1,\"value\":18446744073709551615,"
				   "\"valueTwo\":3,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}";
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;

	(void)state;
	assert_int_equal(parse(json, 0, &arena, &s, NULL), 0);
	assert_string_equal(s.flags.items[0], "SECCOMP_FILTER_FLAG_LOG");
	assert_string_equal(s.rules[0].names.items[0], "clone");
	assert_false(s.rules[0].has_errno);
	assert_int_equal(s.rules[0].arg_count, 1);
	assert_int_equal(s.rules[0].args[0].index, 1);
	assert_true(s.rules[0].args[0].value == UINT64_MAX);
	assert_int_equal(s.rules[0].args[0].value_two, 3);
}

static void damage_is_refused_with_the_member(void **state)
{
	static const char *const bad[][2] = {
		{ "{}", "defaultAction" },
		{ "[]", "object" },
		{ "{\"defaultAction\":1}", "defaultAction" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"]}]"
		  "}",
		  "syscalls[0].action" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[7]}", "syscalls[0]" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[", "seccomp profile" },
	};
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = { 0 };

		assert_true(parse(bad[i][0], 0, &arena, &s, &e) < 0);
		assert_non_null(strstr(e.text, bad[i][1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_choose_the_rules),
		cmocka_unit_test(the_oci_form_and_its_arguments_are_read),
		cmocka_unit_test(damage_is_refused_with_the_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
