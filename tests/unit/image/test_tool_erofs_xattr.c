/* Attributes: what stands in the inode, what is shared, and which of two counts. */
#include "erofs_image_fixture.h"

#include <stdio.h>

static void file_with(const char *path, const struct layer_xattr *xattrs, size_t count)
{
	const struct layer_inode inode = { .mode = S_IFREG,
					   .xattrs = xattrs,
					   .xattr_count = count };

	assert_int_equal(image_file_of(&image, path, &inode, "tail", 4), 0);
}

static uint64_t shared_of(const char *path)
{
	struct reader_inode inode = image_inode(&image, path);

	return reader_number(&image.reader, inode.xattrs_at + 4, 1);
}

static void a_list_keeps_the_later_of_two_and_the_order_of_the_rest(void **state)
{
	const struct layer_xattr xattrs[] = { { "user.a", "1", 1 },
					      { "user.b", "22", 2 },
					      { "security.capability", "caps", 4 },
					      { "user.a", "333", 3 } };
	AUTO_STR struct str entries = { 0 };
	/* name length, prefix, value length, name, value, padding to 4 bytes */
	static const char expected[] = "\1\1\2\0b22\0"
				       "\12\6\4\0capabilitycaps\0\0"
				       "\1\1\3\0a333";

	(void)state;
	for (size_t i = 0; i < 4; i++)
		erofs_xattr_set(&entries, &xattrs[i]);
	assert_int_equal(str_ok(&entries), 0);
	assert_int_equal(entries.len, sizeof(expected) - 1);
	assert_memory_equal(entries.data, expected, entries.len);
}

static void small_ones_stand_in_the_inode(void **state)
{
	const struct layer_xattr xattrs[] = { { "user.a", "", 0 },
					      { "security.capability", "0123456789", 10 } };

	(void)state;
	file_with("f", xattrs, 2);
	file_with("none", NULL, 0);
	image_read(&image);
	assert_int_equal(shared_of("f"), 0);
	assert_xattr(&image, "f", "a", "");
	assert_true(image_xattr(&image, "f", 6, "capability") > 0);
	assert_int_equal(image_inode(&image, "none").xattrs_len, 0);
}

static void large_ones_are_there_once_for_all(void **state)
{
	static char value[3001];
	const struct layer_xattr xattrs[] = { { "user.large", value, 3000 },
					      { "user.small", "1", 1 } };
	const struct layer_xattr other = { "user.large", value, 2999 };

	(void)state;
	memset(value, 'v', 3000);
	file_with("a", xattrs, 2);
	file_with("b", xattrs, 2);
	file_with("c", &other, 1);
	image_read(&image);
	assert_int_equal(shared_of("a"), 1);
	assert_int_equal(image_xattr(&image, "a", 1, "large"),
			 image_xattr(&image, "b", 1, "large"));
	assert_int_not_equal(image_xattr(&image, "a", 1, "large"),
			     image_xattr(&image, "c", 1, "large"));
	assert_xattr(&image, "b", "large", value);
	assert_xattr(&image, "b", "small", "1");
}

/* The inode with its attributes must fit into a block, or the root could not have them. */
static void many_small_ones_are_shared_from_a_kilobyte_on(void **state)
{
	struct layer_xattr xattrs[64];
	char names[64][64];
	char value[300];

	(void)state;
	memset(value, 'v', sizeof(value));
	for (int i = 0; i < 64; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "user.name%d", i);
		xattrs[i] = (struct layer_xattr){ names[i], value, sizeof(value) };
	}
	file_with("f", xattrs, 64);
	image_read(&image);
	assert_int_equal(shared_of("f"), 61);
	assert_true(image_inode(&image, "f").xattrs_len < 2048);
	for (int i = 0; i < 64; i++)
		assert_true(image_xattr(&image, "f", 1, names[i] + 5) > 0);
}

static void more_different_ones_than_are_remembered_are_all_written(void **state)
{
	char value[1001];
	char path[16];
	const struct layer_xattr xattr = { "user.x", value, 1000 };

	(void)state;
	memset(value, 'v', 1000);
	value[1000] = '\0';
	for (int i = 0; i < 600; i++) {
		(void)snprintf(path, sizeof(path), "f%d", i);
		(void)snprintf(value, 10, "%8d", i);
		value[8] = 'v';
		file_with(path, &xattr, 1);
	}
	image_read(&image);
	for (int i = 0; i < 600; i++) {
		(void)snprintf(path, sizeof(path), "f%d", i);
		(void)snprintf(value, 10, "%8d", i);
		value[8] = 'v';
		assert_xattr(&image, path, "x", value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_keeps_the_later_of_two_and_the_order_of_the_rest),
		WITH_IMAGE(small_ones_stand_in_the_inode),
		WITH_IMAGE(large_ones_are_there_once_for_all),
		WITH_IMAGE(many_small_ones_are_shared_from_a_kilobyte_on),
		WITH_IMAGE(more_different_ones_than_are_remembered_are_all_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
