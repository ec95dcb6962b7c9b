/* What is written into other firewalls, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "network/foreign.h"

static void a_chain_gets_a_pair_of_rules_and_one_jump(void **state)
{
	const struct foreign_chain chain = { .family = "ip",
					     .table = "filter",
					     .name = "FORWARD" };
	const struct strv none = { 0 };
	AUTO_STR struct str text = { 0 };

	(void)state;
	foreign_rules(&chain, &none, &text);
	assert_string_equal(str_text(&text),
			    "add chain ip filter HOY-FORWARD\n"
			    "flush chain ip filter HOY-FORWARD\n"
			    "add rule ip filter HOY-FORWARD iifname \"hoy*\" counter accept\n"
			    "add rule ip filter HOY-FORWARD oifname \"hoy*\" counter accept\n"
			    "insert rule ip filter FORWARD counter jump HOY-FORWARD\n");
}

static void bridges_with_other_names_get_rules_of_their_own_and_no_second_jump(void **state)
{
	const struct foreign_chain chain = {
		.family = "inet", .table = "fence", .name = "way", .has_jump = true
	};
	char *names[] = { (char[]){ "mine" }, NULL };
	const struct strv bridges = { .items = names, .count = 1 };
	AUTO_STR struct str text = { 0 };

	(void)state;
	foreign_rules(&chain, &bridges, &text);
	assert_string_equal(
		str_text(&text),
		"add chain inet fence HOY-FORWARD\n"
		"flush chain inet fence HOY-FORWARD\n"
		"add rule inet fence HOY-FORWARD iifname \"hoy*\" counter accept\n"
		"add rule inet fence HOY-FORWARD oifname \"hoy*\" counter accept\n"
		"add rule inet fence HOY-FORWARD iifname \"mine\" counter accept\n"
		"add rule inet fence HOY-FORWARD oifname \"mine\" counter accept\n");
}

static void the_jump_goes_before_the_rule_that_is_named(void **state)
{
	const struct foreign_chain chain = {
		.family = "ip", .table = "filter", .name = "DOCKER-USER", .before = 17
	};
	const struct strv none = { 0 };
	AUTO_STR struct str text = { 0 };

	(void)state;
	foreign_rules(&chain, &none, &text);
	assert_true(str_ends(str_text(&text), "insert rule ip filter DOCKER-USER position 17 "
					      "counter jump HOY-FORWARD\n"));
}

static void the_old_iptables_gets_the_same(void **state)
{
	const struct strv none = { 0 };
	AUTO_STR struct str text = { 0 };

	(void)state;
	foreign_rules_legacy("FORWARD", false, &none, &text);
	assert_string_equal(str_text(&text), "*filter\n:HOY-FORWARD - [0:0]\n"
					     "-A HOY-FORWARD -i hoy+ -j ACCEPT\n"
					     "-A HOY-FORWARD -o hoy+ -j ACCEPT\n"
					     "-I FORWARD -j HOY-FORWARD\nCOMMIT\n");
	str_clear(&text);
	foreign_rules_legacy("FORWARD", true, &none, &text);
	assert_null(strstr(str_text(&text), "-I FORWARD"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_gets_a_pair_of_rules_and_one_jump),
		cmocka_unit_test(
			bridges_with_other_names_get_rules_of_their_own_and_no_second_jump),
		cmocka_unit_test(the_jump_goes_before_the_rule_that_is_named),
		cmocka_unit_test(the_old_iptables_gets_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
