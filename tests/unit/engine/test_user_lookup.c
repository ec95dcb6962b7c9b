/* "user[:group]" against an image's own files: what is found, what is refused, what cannot be
 * turned into somebody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine/user_lookup.h"

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "# a comment\n"
			     "broken line\n"
			     "huge:x:4294967296:0::/huge:/bin/sh\n"
			     "bob:x:1000:1000:Bob:/home/bob:/bin/sh\n"
			     "2000:x:0:0:a number for a name:/root:/bin/sh\n"
			     "last:x:77:78::relative:/bin/sh";

static const char group[] = "root:x:0:\n"
			    "bob:x:1000:\n"
			    "wheel:x:10:alice,bob\n"
			    "almost:x:11:bobby,xbob\n"
			    "audio:x:29:bob\n";

static int lookup(const char *user, struct arena *arena, struct spec_user *ret, char **ret_home,
		  struct err *e)
{
	static const struct strv none = { 0 };

	return user_lookup(user, &none, passwd, group, arena, ret, ret_home, e);
}

static void assert_found(const char *text, uint32_t uid, uint32_t gid, const char *home,
			 size_t groups)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_user user;
	struct err e = { 0 };
	char *found_home;

	assert_int_equal(lookup(text, &arena, &user, &found_home, &e), 0);
	assert_int_equal(user.uid, uid);
	assert_int_equal(user.gid, gid);
	assert_string_equal(found_home, home);
	assert_int_equal(user.group_count, groups);
	assert_int_equal(user.groups[0], gid);
}

static void assert_refused(const char *text, const char *sentence)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_user user = { .uid = 12345 };
	struct err e = { 0 };
	char *home = NULL;

	assert_int_equal(lookup(text, &arena, &user, &home, &e), -EINVAL);
	assert_int_equal(e.kind, ERR_INVALID);
	assert_non_null(strstr(e.text, sentence));
	assert_int_equal(user.uid, 12345);
	assert_null(home);
}

static void nobody_given_is_root_with_its_home(void **state)
{
	(void)state;
	assert_found(NULL, 0, 0, "/root", 1);
	assert_found("", 0, 0, "/root", 1);
	assert_found(":10", 0, 10, "/root", 1);
}

static void a_name_brings_its_groups(void **state)
{
	(void)state;
	assert_found("bob", 1000, 1000, "/home/bob", 3);
	assert_found("1000", 1000, 1000, "/home/bob", 3);
}

static void a_group_that_is_given_is_the_only_one(void **state)
{
	(void)state;
	assert_found("bob:wheel", 1000, 10, "/home/bob", 1);
	assert_found("bob:29", 1000, 29, "/home/bob", 1);
}

static void a_number_without_an_entry_is_itself(void **state)
{
	(void)state;
	assert_found("4711", 4711, 0, "/", 1);
	assert_found("4711:5", 4711, 5, "/", 1);
	assert_found("2147483647", 2147483647, 0, "/", 1);
}

static void a_number_is_never_a_name(void **state)
{
	(void)state;
	assert_found("2000", 2000, 0, "/", 1);
}

static void a_last_line_without_its_end_counts_and_a_relative_home_does_not(void **state)
{
	(void)state;
	assert_found("last", 77, 78, "/", 1);
}

static void numbers_beyond_31_bits_are_refused(void **state)
{
	static const char *const bad[] = { "2147483648", "4294967295", "4294967296",
					   "18446744073709551616", "0:4294967295" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i], "must be in range 0-2147483647");
}

static void what_only_begins_like_a_number_is_a_name(void **state)
{
	static const char *const bad[] = { "1abc", "0x0", " 1",	  "+1",	   "-1",
					   "1\n",  "1 ",  "huge", "nobody" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i], "no matching entries in passwd file");
	assert_refused("1:2x", "no matching entries in group file");
	assert_refused("1:2:3", "more than one colon");
}

static void added_groups_join_the_others_once(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv add = { 0 };
	struct spec_user user;
	struct err e = { 0 };
	char *home;

	(void)state;
	strv_add(&add, &arena, "audio");
	strv_add(&add, &arena, "99");
	strv_add(&add, &arena, "1000");
	assert_int_equal(user_lookup("bob", &add, passwd, group, &arena, &user, &home, &e), 0);
	assert_int_equal(user.group_count, 4);
	assert_int_equal(user.groups[3], 99);
	strv_add(&add, &arena, "nogroup");
	assert_int_equal(user_lookup("bob", &add, passwd, group, &arena, &user, &home, &e),
			 -EINVAL);
}

static void without_files_only_numbers_are_known(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_user user;
	struct err e = { 0 };
	char *home;

	(void)state;
	assert_int_equal(user_lookup("5:6", NULL, NULL, NULL, &arena, &user, &home, &e), 0);
	assert_int_equal(user.gid, 6);
	assert_int_equal(user_lookup("root", NULL, NULL, NULL, &arena, &user, &home, &e),
			 -EINVAL);
}

static void names_are_needed_only_for_names(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv add = { 0 };

	(void)state;
	assert_false(user_needs_names(NULL, NULL));
	assert_false(user_needs_names("1:2", NULL));
	assert_true(user_needs_names("1:x", NULL));
	strv_add(&add, &arena, "7");
	assert_false(user_needs_names("1", &add));
	strv_add(&add, &arena, "audio");
	assert_true(user_needs_names("1", &add));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_given_is_root_with_its_home),
		cmocka_unit_test(a_name_brings_its_groups),
		cmocka_unit_test(a_group_that_is_given_is_the_only_one),
		cmocka_unit_test(a_number_without_an_entry_is_itself),
		cmocka_unit_test(a_number_is_never_a_name),
		cmocka_unit_test(
			a_last_line_without_its_end_counts_and_a_relative_home_does_not),
		cmocka_unit_test(numbers_beyond_31_bits_are_refused),
		cmocka_unit_test(what_only_begins_like_a_number_is_a_name),
		cmocka_unit_test(added_groups_join_the_others_once),
		cmocka_unit_test(without_files_only_numbers_are_known),
		cmocka_unit_test(names_are_needed_only_for_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
