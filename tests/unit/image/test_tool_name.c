/* Names of archives: what is made of them, and which are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "image/tool_name.h"

static void assert_clean(const char *name, const char *expected)
{
	char clean[PATH_MAX];

	assert_int_equal(tool_name_clean(name, clean, NULL), 0);
	assert_string_equal(clean, expected);
}

static void assert_refused(const char *name)
{
	char clean[PATH_MAX];
	struct err e = { 0 };

	assert_int_equal(tool_name_clean(name, clean, &e), -EINVAL);
	assert_int_equal(e.kind, ERR_INVALID);
	assert_true(e.text[0]);
}

static void a_name_is_made_relative_and_plain(void **state)
{
	(void)state;
	assert_clean("a/b", "a/b");
	assert_clean("./a//b/./c/", "a/b/c");
	assert_clean("/etc/passwd", "etc/passwd");
	assert_clean("...", "...");
	assert_clean("a/..b/c..", "a/..b/c..");
}

static void the_root_is_empty(void **state)
{
	(void)state;
	assert_clean(".", "");
	assert_clean("./", "");
	assert_clean("/", "");
	assert_clean("//.//", "");
}

static void dot_dot_and_nothing_are_refused(void **state)
{
	(void)state;
	assert_refused("..");
	assert_refused("../a");
	assert_refused("a/..");
	assert_refused("a/../b");
	assert_refused("/../a");
	assert_refused("");
	assert_refused(NULL);
}

static void lengths_end_where_the_kernel_s_do(void **state)
{
	static char name[PATH_MAX + 16];

	(void)state;
	memset(name, 'n', NAME_MAX);
	assert_clean(name, name);
	name[NAME_MAX] = 'n';
	assert_refused(name);
	memset(name, 0, sizeof(name));
	for (size_t i = 0; i < PATH_MAX + 8; i++)
		name[i] = i % 2 ? '/' : 'a';
	assert_refused(name);
}

static void assert_whiteout(const char *path, int expected, const char *hidden)
{
	const char *found = NULL;
	struct err e = { 0 };

	assert_int_equal(tool_name_whiteout(path, &found, &e), expected);
	if (hidden)
		assert_string_equal(found, hidden);
	assert_int_equal(e.text[0] != '\0', expected < 0);
}

static void whiteouts_are_told_from_names(void **state)
{
	(void)state;
	assert_whiteout("a", WHITEOUT_NOT, NULL);
	assert_whiteout("a.wh.b", WHITEOUT_NOT, NULL);
	assert_whiteout("", WHITEOUT_NOT, NULL);
	assert_whiteout(".wh.a", WHITEOUT_FILE, "a");
	assert_whiteout("d/e/.wh..hidden", WHITEOUT_FILE, ".hidden");
	assert_whiteout(".wh..wh..opq", WHITEOUT_OPAQUE, NULL);
	assert_whiteout("d/.wh..wh..opq", WHITEOUT_OPAQUE, NULL);
}

static void whiteouts_of_nothing_or_of_parents_are_refused(void **state)
{
	(void)state;
	assert_whiteout(".wh.", -EINVAL, NULL);
	assert_whiteout(".wh..", -EINVAL, NULL);
	assert_whiteout("d/.wh...", -EINVAL, NULL);
	assert_whiteout(".wh..wh.", -EINVAL, NULL);
	assert_whiteout(".wh..wh.plnk", -EINVAL, NULL);
	assert_whiteout(".wh.d/e", -EINVAL, NULL);
	assert_whiteout("a/.wh.d/e/f", -EINVAL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_made_relative_and_plain),
		cmocka_unit_test(the_root_is_empty),
		cmocka_unit_test(dot_dot_and_nothing_are_refused),
		cmocka_unit_test(lengths_end_where_the_kernel_s_do),
		cmocka_unit_test(whiteouts_are_told_from_names),
		cmocka_unit_test(whiteouts_of_nothing_or_of_parents_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
