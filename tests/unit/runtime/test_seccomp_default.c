/* The table of docker's default profile holds what docker's file holds, and its conditions
 * work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/capability.h>
#include <seccomp.h>
#include <string.h>

#include "runtime/seccomp_default.h"

static const struct seccomp_host host = { "amd64", SCMP_ARCH_X86_64, 6, 1 };
enum { NO_CAPABILITIES = 0 };

static const struct spec_seccomp_rule *find(const struct spec_seccomp *s, const char *name,
					    const char *action)
{
	for (size_t i = 0; i < s->rule_count; i++) {
		if (strv_has(&s->rules[i].names, name) &&
		    strcmp(s->rules[i].action, action) == 0)
			return &s->rules[i];
	}
	return NULL;
}

static void the_table_has_the_counted_rules_and_names(void **state)
{
	struct seccomp_default_counts counts;

	(void)state;
	seccomp_default_count(&counts);
	assert_int_equal(counts.rules, 33);
	assert_int_equal(counts.names, 426);
	assert_int_equal(counts.unconditional, 361);
}

static void without_sys_admin_clone_is_looked_at_and_clone3_is_not_there(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;
	const struct spec_seccomp_rule *rule;

	(void)state;
	assert_int_equal(seccomp_default(NO_CAPABILITIES, &host, &arena, &s, NULL), 0);
	rule = find(&s, "clone", "SCMP_ACT_ALLOW");
	assert_non_null(rule);
	assert_int_equal(rule->arg_count, 1);
	assert_int_equal(rule->args[0].index, 0);
	assert_int_equal(rule->args[0].value, 0x7e020000);
	assert_string_equal(rule->args[0].op, "SCMP_CMP_MASKED_EQ");
	rule = find(&s, "clone3", "SCMP_ACT_ERRNO");
	assert_non_null(rule);
	assert_int_equal(rule->errno_ret, 38);
	assert_null(find(&s, "mount", "SCMP_ACT_ALLOW"));
	assert_int_equal(s.default_errno_ret, 1);
	assert_int_equal(s.architectures.count, 3);
}

static void with_sys_admin_mount_clone_and_clone3_are_allowed(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;

	(void)state;
	assert_int_equal(seccomp_default(1ull << CAP_SYS_ADMIN, &host, &arena, &s, NULL), 0);
	assert_non_null(find(&s, "mount", "SCMP_ACT_ALLOW"));
	assert_int_equal(find(&s, "clone", "SCMP_ACT_ALLOW")->arg_count, 0);
	assert_null(find(&s, "clone3", "SCMP_ACT_ERRNO"));
}

static void a_capability_brings_its_own_calls_only(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;

	(void)state;
	assert_int_equal(seccomp_default(1ull << CAP_SYS_TIME, &host, &arena, &s, NULL), 0);
	assert_non_null(find(&s, "clock_settime", "SCMP_ACT_ALLOW"));
	assert_null(find(&s, "reboot", "SCMP_ACT_ALLOW"));
	assert_null(find(&s, "vhangup", "SCMP_ACT_ALLOW"));
}

static void ptrace_depends_on_the_kernel(void **state)
{
	const struct seccomp_host old = { "amd64", SCMP_ARCH_X86_64, 4, 7 };
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;

	(void)state;
	assert_int_equal(seccomp_default(NO_CAPABILITIES, &host, &arena, &s, NULL), 0);
	assert_non_null(find(&s, "ptrace", "SCMP_ACT_ALLOW"));
	assert_int_equal(seccomp_default(NO_CAPABILITIES, &old, &arena, &s, NULL), 0);
	assert_null(find(&s, "ptrace", "SCMP_ACT_ALLOW"));
}

static void rules_of_other_architectures_stay_out(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;

	(void)state;
	assert_int_equal(seccomp_default(NO_CAPABILITIES, &host, &arena, &s, NULL), 0);
	assert_non_null(find(&s, "arch_prctl", "SCMP_ACT_ALLOW"));
	assert_null(find(&s, "set_tls", "SCMP_ACT_ALLOW"));
	assert_null(find(&s, "s390_runtime_instr", "SCMP_ACT_ALLOW"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_the_counted_rules_and_names),
		cmocka_unit_test(without_sys_admin_clone_is_looked_at_and_clone3_is_not_there),
		cmocka_unit_test(with_sys_admin_mount_clone_and_clone3_are_allowed),
		cmocka_unit_test(a_capability_brings_its_own_calls_only),
		cmocka_unit_test(ptrace_depends_on_the_kernel),
		cmocka_unit_test(rules_of_other_architectures_stay_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
