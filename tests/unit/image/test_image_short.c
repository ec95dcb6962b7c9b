/*
 * Short names in lists: what a pattern without a registry stands for.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image/image_store.h"
#include "operator_fixture.h"

static void check(struct place *place, const char *pattern, const char *wanted)
{
	AUTO_STR struct str text = { 0 };
	struct strv patterns = { 0 };

	image_short_patterns(pattern, &place->arena, &patterns);
	for (size_t i = 0; i < patterns.count; i++)
		str_printf(&text, "%s%s", i > 0 ? " " : "", patterns.items[i]);
	assert_string_equal(str_text(&text), wanted);
}

static void a_name_stands_for_what_a_pull_would_look_for(void **state)
{
	struct place *place = *state;

	put(place, "etc/containers/registries.conf",
	    "unqualified-search-registries = [\"quay.example\", \"docker.io\"]\n"
	    "[aliases]\n\"short\" = \"alias.example/long/name\"\n");
	check(place, "app", "quay.example/app app");
	check(place, "team/app:v1", "quay.example/team/app:v1 team/app:v1");
	check(place, "short", "alias.example/long/name");
	check(place, "short:v1", "alias.example/long/name:v1");
	check(place, "quay.example/app", "");
	check(place, "localhost/app", "");
}

static void a_pattern_stands_for_itself_at_each_registry(void **state)
{
	struct place *place = *state;

	put(place, "etc/containers/registries.conf",
	    "unqualified-search-registries = [\"a.example\", \"b.example:5000\"]\n"
	    "[aliases]\n\"short\" = \"alias.example/long/name\"\n");
	check(place, "te*/app", "a.example/te*/app b.example:5000/te*/app");
	check(place, "sho?t", "a.example/sho?t b.example:5000/sho?t");
	check(place, "a.example/*", "");
}

static void the_brackets_of_an_address_are_no_pattern(void **state)
{
	struct place *place = *state;

	put(place, "etc/containers/registries.conf",
	    "unqualified-search-registries = [\"[::1]:5000\"]\n");
	check(place, "app", "\\[::1\\]:5000/app");
	check(place, "a*", "\\[::1\\]:5000/a*");
}

static void what_may_be_in_several_registries_is_looked_for_in_all(void **state)
{
	struct place *place = *state;

	put(place, "etc/containers/registries.conf",
	    "unqualified-search-registries = [\"a.example\", \"b.example\"]\n"
	    "short-name-mode = \"enforcing\"\n");
	check(place, "app:1", "a.example/app:1 b.example/app:1");
}

static void without_files_or_with_wrong_ones_there_is_nothing_else(void **state)
{
	struct place *place = *state;

	check(place, "app", "app");
	check(place, "a*", "");
	put(place, "etc/containers/registries.conf", "unqualified-search-registries = 7\n");
	check(place, "app", "");
	check(place, "a*", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_OPERATOR(a_name_stands_for_what_a_pull_would_look_for),
		WITH_OPERATOR(a_pattern_stands_for_itself_at_each_registry),
		WITH_OPERATOR(the_brackets_of_an_address_are_no_pattern),
		WITH_OPERATOR(what_may_be_in_several_registries_is_looked_for_in_all),
		WITH_OPERATOR(without_files_or_with_wrong_ones_there_is_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
