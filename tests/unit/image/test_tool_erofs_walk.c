/* Paths in a layer: links are followed inside of it, as openat2(RESOLVE_IN_ROOT) does. */
#include "erofs_image_fixture.h"

static int setup(void **state)
{
	(void)image_make(state);
	assert_int_equal(image_directory(&image, "usr/bin"), 0);
	assert_int_equal(image_directory(&image, "usr/lib"), 0);
	assert_int_equal(image_file(&image, "file", ""), 0);
	return 0;
}

static int walk(const char *path, uint32_t *ret)
{
	return erofs_walk(&image.erofs.tree, EROFS_ROOT, path, ret);
}

/* Both paths lead to the same directory. */
static void assert_same(const char *path, const char *other)
{
	uint32_t a;
	uint32_t b;

	assert_int_equal(walk(path, &a), 0);
	assert_int_equal(walk(other, &b), 0);
	assert_int_equal(a, b);
}

static void assert_fails(const char *path, int error)
{
	uint32_t directory = 4711;

	assert_int_equal(walk(path, &directory), error);
}

static void paths_lead_to_directories_and_no_higher_than_the_root(void **state)
{
	(void)state;
	assert_same("usr/bin", "usr//bin/");
	assert_same("", "usr/..");
	assert_same("", "/");
	assert_same("usr/bin", "../../usr/./lib/../bin");
	assert_fails("usr/nothing", -ENOENT);
	assert_fails("file", -ENOTDIR);
	assert_fails("file/..", -ENOTDIR);
	assert_fails("usr/bin/file/x", -ENOENT);
}

static void links_are_followed_from_where_they_lie(void **state)
{
	(void)state;
	assert_int_equal(image_symlink(&image, "bin", "usr/bin"), 0);
	assert_int_equal(image_symlink(&image, "usr/absolute", "/usr/lib"), 0);
	assert_int_equal(image_symlink(&image, "usr/bin/up", "../../../../usr"), 0);
	assert_int_equal(image_symlink(&image, "chain", "usr/bin/up/absolute/"), 0);
	assert_int_equal(image_symlink(&image, "dangling", "usr/none"), 0);
	assert_int_equal(image_symlink(&image, "tofile", "file"), 0);
	assert_same("bin", "usr/bin");
	assert_same("usr/absolute", "usr/lib");
	assert_same("bin/up/lib", "usr/lib");
	assert_same("chain", "usr/lib");
	assert_same("chain/..", "usr");
	assert_fails("dangling", -ENOENT);
	assert_fails("tofile", -ENOTDIR);
}

static void forty_links_are_followed_and_no_more(void **state)
{
	char name[] = "l00";
	char target[] = "l00";

	(void)state;
	assert_int_equal(image_symlink(&image, "l01", "usr"), 0);
	for (int i = 2; i <= 41; i++) {
		name[1] = (char)('0' + i / 10);
		name[2] = (char)('0' + i % 10);
		target[1] = (char)('0' + (i - 1) / 10);
		target[2] = (char)('0' + (i - 1) % 10);
		assert_int_equal(image_symlink(&image, name, target), 0);
	}
	assert_same("l40", "usr");
	assert_fails("l41", -ELOOP);
	assert_int_equal(image_symlink(&image, "loop", "loop"), 0);
	assert_int_equal(image_symlink(&image, "ping", "usr/../pong/x"), 0);
	assert_int_equal(image_symlink(&image, "pong", "/ping/y"), 0);
	assert_fails("loop", -ELOOP);
	assert_fails("ping", -ELOOP);
}

static void a_name_of_a_link_that_is_too_long_is_an_error(void **state)
{
	char target[300];

	(void)state;
	memset(target, 'n', sizeof(target) - 1);
	target[sizeof(target) - 1] = '\0';
	assert_int_equal(image_symlink(&image, "long", target), 0);
	assert_fails("long", -ENAMETOOLONG);
}

static void what_is_missing_is_made_but_not_where_a_link_points(void **state)
{
	(void)state;
	assert_int_equal(image_symlink(&image, "bin", "usr/bin"), 0);
	assert_int_equal(image_symlink(&image, "dangling", "usr/none"), 0);
	assert_int_equal(image_file(&image, "bin/new/deep/file", "1"), 0);
	image.e = (struct err){ 0 };
	assert_int_equal(image_file(&image, "dangling/file", "1"), -EINVAL);
	assert_non_null(strstr(image.e.text, "leads to no directory inside"));
	assert_int_equal(image_file(&image, "file/x", "1"), -ENOTDIR);
	assert_same("usr/bin/new/deep", "bin/new/deep");
	assert_fails("usr/none", -ENOENT);
}

/* The last parent is kept; what replaces something on its way must not be missed. */
static void a_kept_parent_is_forgotten_when_something_is_replaced(void **state)
{
	(void)state;
	assert_int_equal(image_symlink(&image, "l", "usr/bin"), 0);
	assert_int_equal(image_file(&image, "l/a", "1"), 0);
	assert_int_equal(image_symlink(&image, "l", "usr/lib"), 0);
	assert_int_equal(image_file(&image, "l/b", "2"), 0);
	assert_int_equal(image_file(&image, "usr/lib/deep/x", "3"), 0);
	assert_int_equal(image_file(&image, "usr/lib", "4"), 0);
	assert_int_equal(image_file(&image, "usr/lib/deep/y", "5"), -ENOTDIR);
	assert_int_equal(image_directory(&image, "usr/lib"), 0);
	assert_int_equal(image_file(&image, "usr/lib/deep/y", "5"), 0);
	image_read(&image);
	assert_content(&image, "usr/bin/a", "1");
	assert_false(image_has(&image, "usr/bin/b"));
	assert_false(image_has(&image, "usr/lib/b"));
	assert_false(image_has(&image, "usr/lib/deep/x"));
	assert_content(&image, "usr/lib/deep/y", "5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			paths_lead_to_directories_and_no_higher_than_the_root, setup,
			image_remove),
		cmocka_unit_test_setup_teardown(links_are_followed_from_where_they_lie, setup,
						image_remove),
		cmocka_unit_test_setup_teardown(forty_links_are_followed_and_no_more, setup,
						image_remove),
		cmocka_unit_test_setup_teardown(a_name_of_a_link_that_is_too_long_is_an_error,
						setup, image_remove),
		cmocka_unit_test_setup_teardown(
			what_is_missing_is_made_but_not_where_a_link_points, setup,
			image_remove),
		cmocka_unit_test_setup_teardown(
			a_kept_parent_is_forgotten_when_something_is_replaced, setup,
			image_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
