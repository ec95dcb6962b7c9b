/* The writer of images as a whole: what entries do to those before them, and what comes out. */
#include "erofs_image.h"

#include <stdio.h>
#include <sys/sysmacros.h>

static void an_empty_layer_is_one_block_with_a_root(void **state)
{
	struct image image;
	struct reader_inode root;

	(void)state;
	image_begin(&image);
	image_read(&image);
	assert_int_equal(image.reader.size, 4096);
	root = image_inode(&image, "");
	assert_int_equal(root.mode, S_IFDIR | 0755);
	assert_int_equal(root.uid + root.gid, 0);
	assert_int_equal(root.mtime, 0);
	image_done(&image);
}

static void an_inode_says_what_was_given(void **state)
{
	const struct layer_inode inode = { .mode = S_IFREG | 06754,
					   .uid = INT32_MAX,
					   .gid = 70000,
					   .times = { { 1, 2 }, { -5, 999999999 } } };
	const struct layer_inode device = { .mode = S_IFCHR | 04600,
					    .device = makedev(4095, 1048575) };
	const struct layer_inode fifo = { .mode = S_IFIFO | 0644 };
	struct image image;
	struct reader_inode got;

	(void)state;
	image_begin(&image);
	assert_int_equal(image_file_of(&image, "dir/file", &inode, "content", 7), 0);
	assert_int_equal(image.writer->node(image.writer, "dir/device", &device, NULL), 0);
	assert_int_equal(image.writer->node(image.writer, "dir/fifo", &fifo, NULL), 0);
	image_read(&image);
	got = image_inode(&image, "dir/file");
	assert_int_equal(got.mode, S_IFREG | 06754);
	assert_int_equal(got.uid, INT32_MAX);
	assert_int_equal(got.gid, 70000);
	assert_int_equal(got.mtime, -5);
	assert_int_equal(got.mtime_ns, 999999999);
	assert_int_equal(got.size, 7);
	got = image_inode(&image, "dir/device");
	/* Set-user-id means nothing on a device. */
	assert_int_equal(got.mode, S_IFCHR | 0600);
	assert_int_equal(got.where, 0xffffffff);
	assert_int_equal(image_inode(&image, "dir/fifo").mode, S_IFIFO | 0644);
	got = image_inode(&image, "dir");
	assert_int_equal(got.mode, S_IFDIR | 0755);
	image_done(&image);
}

static void device_numbers_that_the_kernel_does_not_keep_are_refused(void **state)
{
	const struct layer_inode major_number = { .mode = S_IFCHR, .device = makedev(4096, 0) };
	const struct layer_inode minor_number = { .mode = S_IFBLK,
						  .device = makedev(0, 1048576) };
	struct image image;

	(void)state;
	image_begin(&image);
	assert_int_equal(image.writer->node(image.writer, "a", &major_number, &image.e),
			 -EINVAL);
	assert_int_equal(image.writer->node(image.writer, "b", &minor_number, &image.e),
			 -EINVAL);
	image_done(&image);
}

static void the_later_entry_of_a_name_counts(void **state)
{
	struct image image;

	(void)state;
	image_begin(&image);
	assert_int_equal(image_file(&image, "file", "old"), 0);
	assert_int_equal(image_file(&image, "file", "new"), 0);
	assert_int_equal(image_file(&image, "tree/a/b/c", "1"), 0);
	assert_int_equal(image_symlink(&image, "tree", "elsewhere"), 0);
	assert_int_equal(image_file(&image, "again/old", "1"), 0);
	assert_int_equal(image_file(&image, "again", "2"), 0);
	assert_int_equal(image_directory(&image, "again"), 0);
	assert_int_equal(image_file(&image, "stays/in", "1"), 0);
	assert_int_equal(image_directory(&image, "stays"), 0);
	image_read(&image);
	assert_content(&image, "file", "new");
	assert_content(&image, "tree", "elsewhere");
	assert_true(S_ISDIR(image_inode(&image, "again").mode));
	assert_false(image_has(&image, "again/old"));
	assert_content(&image, "stays/in", "1");
	image_done(&image);
}

static void links_are_counted_as_they_are_at_the_end(void **state)
{
	struct image image;

	(void)state;
	image_begin(&image);
	assert_int_equal(image_file(&image, "one", "1"), 0);
	assert_int_equal(image_hardlink(&image, "two", "one"), 0);
	assert_int_equal(image_hardlink(&image, "dir/three", "two"), 0);
	assert_int_equal(image_file(&image, "alone", "1"), 0);
	assert_int_equal(image_hardlink(&image, "replaced", "alone"), 0);
	assert_int_equal(image_file(&image, "replaced", "2"), 0);
	assert_int_equal(image_hardlink(&image, "gone/four", "one"), 0);
	assert_int_equal(image_symlink(&image, "gone", "x"), 0);
	/* No change, also by another path to the same name. */
	assert_int_equal(image_hardlink(&image, "two", "one"), 0);
	assert_int_equal(image_symlink(&image, "here", "."), 0);
	assert_int_equal(image_hardlink(&image, "here/two", "two"), 0);
	image_read(&image);
	assert_int_equal(image_inode(&image, "one").links, 3);
	assert_int_equal(image_inode(&image, "dir/three").nid, image_inode(&image, "one").nid);
	assert_int_equal(image_inode(&image, "alone").links, 1);
	image_done(&image);
}

static void a_hard_link_needs_a_file_that_stays(void **state)
{
	struct image image;

	(void)state;
	image_begin(&image);
	assert_int_equal(image_file(&image, "dir/file", "1"), 0);
	assert_int_equal(image.writer->whiteout(image.writer, ".wh.w", "w", NULL), 0);
	assert_int_equal(image_hardlink(&image, "a", "nothing"), -EINVAL);
	assert_int_equal(image_hardlink(&image, "a", "dir"), -EINVAL);
	assert_int_equal(image_hardlink(&image, "a", ""), -EINVAL);
	assert_int_equal(image_hardlink(&image, "a", "w"), -EINVAL);
	assert_int_equal(image_hardlink(&image, "a", "dir/file/x"), -EINVAL);
	/* The directory goes to make room for the link to what was in it. */
	assert_int_equal(image_hardlink(&image, "dir", "dir/file"), -ENOENT);
	image_done(&image);
}

static void what_hides_is_one_inode_or_an_attribute(void **state)
{
	struct image image;
	struct layer_writer *writer;
	struct reader_inode whiteout;

	(void)state;
	image_begin(&image);
	writer = image.writer;
	assert_int_equal(image_file(&image, "kept", "1"), 0);
	assert_int_equal(image_directory(&image, "both"), 0);
	assert_int_equal(writer->whiteout(writer, ".wh.gone", "gone", NULL), 0);
	assert_int_equal(writer->whiteout(writer, "dir/.wh.gone", "gone", NULL), 0);
	assert_int_equal(writer->whiteout(writer, ".wh.kept", "kept", NULL), 0);
	assert_int_equal(writer->whiteout(writer, ".wh.both", "both", NULL), 0);
	assert_int_equal(writer->whiteout(writer, ".wh.new", "new", NULL), 0);
	assert_int_equal(image_directory(&image, "new"), 0);
	assert_int_equal(writer->whiteout(writer, ".wh.implied", "implied", NULL), 0);
	assert_int_equal(image_file(&image, "implied/file", "1"), 0);
	assert_int_equal(writer->whiteout(writer, ".wh.file", "file", NULL), 0);
	assert_int_equal(image_file(&image, "file", "1"), 0);
	assert_int_equal(writer->opaque(writer, "opaque/.wh..wh..opq", NULL), 0);
	image_read(&image);
	whiteout = image_inode(&image, "gone");
	assert_int_equal(whiteout.mode, S_IFCHR);
	assert_int_equal(whiteout.where, 0);
	assert_int_equal(whiteout.links, 2);
	assert_int_equal(image_inode(&image, "dir/gone").nid, whiteout.nid);
	assert_content(&image, "kept", "1");
	assert_content(&image, "file", "1");
	assert_xattr(&image, "both", "overlay.opaque", "y");
	assert_xattr(&image, "new", "overlay.opaque", "y");
	assert_xattr(&image, "implied", "overlay.opaque", "y");
	assert_xattr(&image, "opaque", "overlay.opaque", "y");
	assert_int_equal(image_xattr(&image, "dir", 1, "overlay.opaque"), 0);
	image_done(&image);
}

static void attributes_of_a_directory_add_up_and_go_with_it(void **state)
{
	const struct layer_xattr first[] = { { "user.a", "1", 1 }, { "user.b", "2", 1 } };
	const struct layer_xattr second[] = { { "user.b", "3", 1 }, { "user.c", "4", 1 } };
	struct layer_inode inode = { .mode = S_IFDIR | 0700,
				     .xattrs = first,
				     .xattr_count = 2 };
	struct image image;

	(void)state;
	image_begin(&image);
	assert_int_equal(image.writer->directory(image.writer, "d", &inode, NULL), 0);
	assert_int_equal(image.writer->directory(image.writer, "fresh", &inode, NULL), 0);
	inode.xattrs = second;
	assert_int_equal(image.writer->directory(image.writer, "d", &inode, NULL), 0);
	assert_int_equal(image_file(&image, "fresh", "1"), 0);
	assert_int_equal(image.writer->directory(image.writer, "fresh", &inode, NULL), 0);
	image_read(&image);
	assert_xattr(&image, "d", "a", "1");
	assert_xattr(&image, "d", "b", "3");
	assert_xattr(&image, "d", "c", "4");
	assert_int_equal(image_xattr(&image, "fresh", 1, "a"), 0);
	assert_xattr(&image, "fresh", "b", "3");
	image_done(&image);
}

/* What is large stands behind its inode where it cannot be shared: in blocks of its own. */
static void attributes_beyond_the_reach_of_shared_ones_stand_in_the_inode(void **state)
{
	static char value[60001];
	const struct layer_xattr xattrs[] = { { "user.large", value, 60000 },
					      { "user.small", "1", 1 } };
	struct layer_inode inode = { .mode = S_IFREG, .xattrs = xattrs, .xattr_count = 2 };
	struct image image;

	(void)state;
	memset(value, 'v', 60000);
	image_begin(&image);
	image.erofs.xattrs.shared_end = 0;
	assert_int_equal(image_file_of(&image, "file", &inode, "tail", 4), 0);
	inode.mode = S_IFDIR | 0755;
	assert_int_equal(image.writer->directory(image.writer, "dir", &inode, NULL), 0);
	assert_int_equal(image_file(&image, "dir/in", "1"), 0);
	image_read(&image);
	assert_xattr(&image, "file", "large", value);
	assert_xattr(&image, "dir", "large", value);
	assert_content(&image, "file", "tail");
	assert_content(&image, "dir/in", "1");
	image_done(&image);

	image_begin(&image);
	image.erofs.xattrs.shared_end = 0;
	assert_int_equal(image.writer->directory(image.writer, "", &inode, NULL), 0);
	assert_int_equal(image.writer->finish(image.writer, IMAGE_DIFF_ID, &image.e), -E2BIG);
	image_done(&image);
}

static void directories_around_a_block_are_read_back(void **state)
{
	struct image image;
	char path[300];

	(void)state;
	image_begin(&image);
	/* Each name takes 12 bytes and itself: some of these fill a block to the last byte. */
	for (int count = 0; count < 40; count++)
		for (int i = 0; i < count * 8; i++) {
			(void)snprintf(path, sizeof(path), "d%d/%0*d", count, 3 + count * 6, i);
			assert_int_equal(image_file(&image, path, ""), 0);
		}
	image_read(&image);
	for (int count = 0; count < 40; count++)
		for (int i = 0; i < count * 8; i++) {
			(void)snprintf(path, sizeof(path), "d%d/%0*d", count, 3 + count * 6, i);
			assert_true(image_has(&image, path));
		}
	image_done(&image);
}

static void the_root_may_be_large(void **state)
{
	struct image image;
	char name[16];

	(void)state;
	image_begin(&image);
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(image_file(&image, name, ""), 0);
	}
	image_read(&image);
	assert_true(image_has(&image, "f4999"));
	assert_int_equal(reader_root(&image.reader), 36);
	image_done(&image);
}

static void the_same_entries_are_the_same_bytes(void **state)
{
	struct image images[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		image_begin(&images[i]);
		for (char name[] = "a"; name[0] <= 'z'; name[0]++) {
			assert_int_equal(image_directory(&images[i], name), 0);
			assert_int_equal(image_symlink(&images[i], "link", name), 0);
			assert_int_equal(image_file(&images[i], "link/file", name), 0);
		}
		image_read(&images[i]);
	}
	assert_int_equal(images[0].reader.size, images[1].reader.size);
	assert_memory_equal(images[0].reader.data, images[1].reader.data,
			    images[0].reader.size);
	image_done(&images[0]);
	image_done(&images[1]);
}

static void small_files_share_blocks(void **state)
{
	char content[101];
	char name[16];
	struct image image;

	(void)state;
	memset(content, 'c', sizeof(content));
	content[100] = '\0';
	image_begin(&image);
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(image_file(&image, name, content), 0);
	}
	image_read(&image);
	/* 192 bytes each with its inode, 17 for its name. */
	assert_true(image.reader.size < 10000 * (192 + 17 + 10));
	assert_content(&image, "f9999", content);
	image_done(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_layer_is_one_block_with_a_root),
		cmocka_unit_test(an_inode_says_what_was_given),
		cmocka_unit_test(device_numbers_that_the_kernel_does_not_keep_are_refused),
		cmocka_unit_test(the_later_entry_of_a_name_counts),
		cmocka_unit_test(links_are_counted_as_they_are_at_the_end),
		cmocka_unit_test(a_hard_link_needs_a_file_that_stays),
		cmocka_unit_test(what_hides_is_one_inode_or_an_attribute),
		cmocka_unit_test(attributes_of_a_directory_add_up_and_go_with_it),
		cmocka_unit_test(attributes_beyond_the_reach_of_shared_ones_stand_in_the_inode),
		cmocka_unit_test(directories_around_a_block_are_read_back),
		cmocka_unit_test(the_root_may_be_large),
		cmocka_unit_test(the_same_entries_are_the_same_bytes),
		cmocka_unit_test(small_files_share_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
