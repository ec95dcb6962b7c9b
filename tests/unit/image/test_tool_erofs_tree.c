/* The tree in memory: names, what they refer to, and their order. */
#include "erofs_image.h"

#include <stdio.h>

static struct erofs_tree tree;

static int setup(void **state)
{
	(void)state;
	return erofs_tree_init(&tree, NULL);
}

static int teardown(void **state)
{
	(void)state;
	erofs_tree_done(&tree);
	return 0;
}

static uint32_t name_of(uint32_t directory, const char *text)
{
	uint32_t name;

	assert_int_equal(erofs_tree_name(&tree, directory, text, strlen(text), &name, NULL), 0);
	return name;
}

static uint32_t directory_of(uint32_t parent, const char *text)
{
	uint32_t name = name_of(parent, text);

	assert_int_equal(erofs_tree_directory(&tree, name, NULL), 0);
	return tree.names[name].object;
}

static void names_of_different_directories_do_not_meet(void **state)
{
	uint32_t a = directory_of(EROFS_ROOT, "a");
	uint32_t name = name_of(a, "x");

	(void)state;
	assert_int_equal(name_of(a, "x"), name);
	assert_int_not_equal(name_of(EROFS_ROOT, "x"), name);
	assert_int_equal(erofs_tree_find(&tree, a, "x", 1), name);
	assert_int_equal(erofs_tree_find(&tree, a, "xy", 2), EROFS_NONE);
	assert_int_equal(erofs_tree_find(&tree, a, "a", 1), EROFS_NONE);
	assert_string_equal(erofs_tree_text(&tree, name), "x");
}

static void a_hundred_thousand_names_are_found(void **state)
{
	char text[16];

	(void)state;
	for (unsigned int i = 0; i < 100000; i++) {
		int len = snprintf(text, sizeof(text), "n%u", i);
		uint32_t name = name_of(EROFS_ROOT, text);

		assert_int_equal(tree.names[name].len, len);
	}
	for (unsigned int i = 0; i < 100000; i++) {
		int len = snprintf(text, sizeof(text), "n%u", i);

		assert_int_not_equal(erofs_tree_find(&tree, EROFS_ROOT, text, (size_t)len),
				     EROFS_NONE);
	}
	assert_int_equal(erofs_tree_find(&tree, EROFS_ROOT, "n100000", 7), EROFS_NONE);
}

static void clearing_a_directory_takes_the_links_of_all_that_is_in_it(void **state)
{
	uint32_t a = directory_of(EROFS_ROOT, "a");
	uint32_t b = directory_of(a, "b");
	uint32_t file = name_of(EROFS_ROOT, "file");
	uint32_t object;

	(void)state;
	assert_int_equal(erofs_tree_object(&tree, file, EROFS_FILE, 77, NULL, NULL), 0);
	object = tree.names[file].object;
	erofs_tree_link(&tree, name_of(a, "1"), EROFS_FILE, object);
	erofs_tree_link(&tree, name_of(b, "2"), EROFS_FILE, object);
	assert_int_equal(
		erofs_tree_object(&tree, name_of(b, "3"), EROFS_SYMLINK, 78, "to", NULL), 0);
	assert_int_equal(tree.objects[object].links, 3);
	assert_int_equal(tree.directories[EROFS_ROOT].directories, 1);
	erofs_tree_clear(&tree, name_of(EROFS_ROOT, "a"));
	assert_int_equal(tree.objects[object].links, 1);
	assert_int_equal(tree.objects[object].nid, 77);
	assert_int_equal(tree.objects[object + 1].links, 0);
	assert_true(tree.directories[a].is_gone && tree.directories[b].is_gone);
	assert_int_equal(tree.directories[EROFS_ROOT].directories, 0);
	/* A new one of the same name is another one, and empty. */
	assert_int_equal(erofs_tree_find(&tree, directory_of(EROFS_ROOT, "a"), "b", 1),
			 EROFS_NONE);
}

static void names_are_sorted_by_their_bytes_with_the_dots_among_them(void **state)
{
	static const char *const unsorted[] = { "b",	"a", "ab",  "..a",  "!",
						"\xff", "~", "...", "a\x01" };
	static const char *const sorted[] = { "!",     ".",  "..", "...", "..a", "a",
					      "a\x01", "ab", "b",  "~",	  "\xff" };
	uint32_t name;
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(unsorted) / sizeof(unsorted[0]); i++)
		(void)name_of(EROFS_ROOT, unsorted[i]);
	assert_int_equal(erofs_tree_sort(&tree, EROFS_ROOT), 0);
	for (name = tree.directories[EROFS_ROOT].first; name != EROFS_NONE;
	     name = tree.names[name].next) {
		size_t len = tree.names[name].len;

		assert_int_equal(len, strlen(sorted[count]));
		assert_memory_equal(erofs_tree_text(&tree, name), sorted[count], len);
		count++;
	}
	assert_int_equal(count, sizeof(sorted) / sizeof(sorted[0]));
}

static void attributes_of_directories_have_a_limit_together(void **state)
{
	size_t half = EROFS_XATTRS_MAX / 2;
	uint32_t a = directory_of(EROFS_ROOT, "a");
	uint32_t b = directory_of(EROFS_ROOT, "b");
	struct err e = { 0 };

	(void)state;
	assert_int_equal(erofs_tree_xattrs(&tree, a, malloc(half), half, NULL), 0);
	assert_int_equal(erofs_tree_xattrs(&tree, b, malloc(half), half, NULL), 0);
	assert_int_equal(erofs_tree_xattrs(&tree, b, malloc(half + 1), half + 1, &e), -E2BIG);
	erofs_tree_clear(&tree, name_of(EROFS_ROOT, "b"));
	b = directory_of(EROFS_ROOT, "b");
	assert_int_equal(erofs_tree_xattrs(&tree, b, malloc(half), half, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_of_different_directories_do_not_meet,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_hundred_thousand_names_are_found, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			clearing_a_directory_takes_the_links_of_all_that_is_in_it, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			names_are_sorted_by_their_bytes_with_the_dots_among_them, setup,
			teardown),
		cmocka_unit_test_setup_teardown(attributes_of_directories_have_a_limit_together,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
