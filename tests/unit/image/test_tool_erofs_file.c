/* The content of files: where it lies, and what becomes of holes. */
#include "erofs_image_fixture.h"

/* An inode has 64 bytes, and with what lies behind it half a block at most. */
enum { BLOCK = 4096, HALF = BLOCK / 2 };

/* A file "f" of `size` bytes with these pieces of one letter each, up to an offset UINT64_MAX.
 */
struct piece {
	uint64_t offset;
	size_t len;
};

static void file_of(uint64_t size, const struct piece *pieces)
{
	static char data[8 * BLOCK];
	const struct layer_inode inode = { .mode = S_IFREG | 0644 };
	struct layer_writer *writer = image.writer;

	assert_int_equal(writer->file(writer, "f", &inode, size, &image.e), 0);
	for (char letter = 'a'; pieces->offset != UINT64_MAX; pieces++, letter++) {
		struct layer_piece piece = { data, pieces->len, pieces->offset };

		memset(data, letter, pieces->len);
		assert_int_equal(writer->file_piece(writer, "f", &piece, &image.e), 0);
	}
	assert_int_equal(writer->file_end(writer, "f", &inode, size, &image.e), 0);
	image_read(&image);
}

/* What was written is there, and zeros everywhere else. */
static void assert_pieces(uint64_t size, const struct piece *pieces)
{
	char *content = image_content(&image, "f");
	char letter = 'a';
	uint64_t at = 0;

	assert_int_equal(image_inode(&image, "f").size, size);
	for (; pieces->offset != UINT64_MAX; pieces++, letter++) {
		for (; at < pieces->offset; at++)
			assert_int_equal(content[at], 0);
		for (; at < pieces->offset + pieces->len; at++)
			assert_int_equal(content[at], letter);
	}
	for (; at < size; at++)
		assert_int_equal(content[at], 0);
	free(content);
}

/* The n-th member of the list of chunks. */
static uint32_t chunk(uint64_t n)
{
	struct reader_inode inode = image_inode(&image, "f");

	return (uint32_t)reader_number(&image.reader,
				       inode.xattrs_at + inode.xattrs_len + 4 * n, 4);
}

static void the_end_of_a_file_lies_behind_its_inode_where_it_fits(void **state)
{
	static const struct {
		size_t size;
		unsigned int layout;
	} cases[] = {
		{ 0, 0 },
		{ 1, 2 },
		{ HALF - 64, 2 },
		{ HALF - 63, 0 },
		{ BLOCK - 1, 0 },
		{ BLOCK, 0 },
		{ BLOCK + 1, 2 },
		{ BLOCK + HALF - 64, 2 },
		{ BLOCK + HALF - 63, 0 },
		{ 2 * BLOCK, 0 },
		{ 3 * BLOCK + 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct piece pieces[] = { { 0, cases[i].size }, { UINT64_MAX, 0 } };

		file_of(cases[i].size, cases[i].size > 0 ? pieces : pieces + 1);
		assert_int_equal(image_inode(&image, "f").layout, cases[i].layout);
		assert_pieces(cases[i].size, cases[i].size > 0 ? pieces : pieces + 1);
		image_done(&image);
		image_begin(&image);
	}
}

static void pieces_one_behind_the_other_are_a_file_without_holes(void **state)
{
	const struct piece pieces[] = { { 0, 1 },
					{ 1, BLOCK },
					{ BLOCK + 1, 3 * BLOCK },
					{ 4 * BLOCK + 1, 5 },
					{ UINT64_MAX, 0 } };

	(void)state;
	file_of(4 * BLOCK + 6, pieces);
	assert_int_equal(image_inode(&image, "f").layout, 2);
	assert_pieces(4 * BLOCK + 6, pieces);
}

static void a_gap_that_covers_no_block_is_zeros(void **state)
{
	const struct piece pieces[] = { { 10, 5 },
					{ 100, 5 },
					{ BLOCK - 2, 4 },
					{ 2 * BLOCK + 100, 5 },
					{ UINT64_MAX, 0 } };

	(void)state;
	file_of(2 * BLOCK + 200, pieces);
	assert_int_equal(image_inode(&image, "f").layout, 2);
	assert_pieces(2 * BLOCK + 200, pieces);
}

static void whole_blocks_of_nothing_are_holes(void **state)
{
	const struct piece pieces[] = {
		{ BLOCK, 3 }, { 3 * BLOCK - 5, 10 }, { 7 * BLOCK, BLOCK }, { UINT64_MAX, 0 }
	};

	(void)state;
	file_of(10 * BLOCK + 1, pieces);
	assert_int_equal(image_inode(&image, "f").layout, 4);
	assert_int_equal(image_inode(&image, "f").where, 0);
	assert_pieces(10 * BLOCK + 1, pieces);
	for (uint64_t n = 0; n < 11; n++)
		assert_int_equal(chunk(n) == UINT32_MAX, n == 0 || (n > 3 && n < 7) || n > 7);
}

static void a_file_of_nothing_takes_no_block(void **state)
{
	const struct piece none = { UINT64_MAX, 0 };

	(void)state;
	file_of(3 * BLOCK + 7, &none);
	for (uint64_t n = 0; n < 4; n++)
		assert_int_equal(chunk(n), UINT32_MAX);
	/* The root's block, and one of inodes. */
	assert_int_equal(image.reader.size, 2 * BLOCK);
	assert_pieces(3 * BLOCK + 7, &none);
}

static void chunks_of_large_files_are_larger(void **state)
{
	const uint64_t size = UINT64_C(1) << 32; /* of 65536 chunks: 64 KiB each */
	const struct piece pieces[] = { { 5, 1 },
					{ 20 * BLOCK, 2 },
					{ size / 2 + 3 * BLOCK, 1 },
					{ size - 1, 1 },
					{ UINT64_MAX, 0 } };

	(void)state;
	file_of(size, pieces);
	assert_int_equal(image_inode(&image, "f").where, 4);
	for (uint64_t n = 0; n < 65536; n++)
		assert_int_equal(chunk(n) != UINT32_MAX,
				 n == 0 || n == 1 || n == 32768 || n == 65535);
	/* In a chunk, zeros are written or left out. */
	assert_int_equal(chunk(1), chunk(0) + 16);
	for (size_t i = 0; i < 4; i++) {
		uint8_t block[BLOCK];
		struct reader_inode inode = image_inode(&image, "f");

		(void)reader_block(&image.reader, &inode, pieces[i].offset / BLOCK, block);
		assert_int_equal(block[pieces[i].offset % BLOCK], 'a' + (int)i);
	}
}

static void the_image_of_a_file_of_16_tib_is_refused_when_it_is_full(void **state)
{
	const struct layer_inode inode = { .mode = S_IFREG | 0644 };
	struct layer_writer *writer = image.writer;
	uint64_t size = UINT64_C(16) << 40;
	struct layer_piece piece = { "x", 1, 0 };
	int r = 0;

	(void)state;
	assert_int_equal(writer->file(writer, "f", &inode, size, &image.e), 0);
	/* A byte in each of its chunks of 256 MiB, of which the image has room for all but one.
	 */
	for (; r == 0 && piece.offset < size; piece.offset += 256 << 20)
		r = writer->file_piece(writer, "f", &piece, &image.e);
	if (r == 0)
		r = writer->file_end(writer, "f", &inode, size, &image.e);
	assert_int_equal(r, -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_IMAGE(the_end_of_a_file_lies_behind_its_inode_where_it_fits),
		WITH_IMAGE(pieces_one_behind_the_other_are_a_file_without_holes),
		WITH_IMAGE(a_gap_that_covers_no_block_is_zeros),
		WITH_IMAGE(whole_blocks_of_nothing_are_holes),
		WITH_IMAGE(a_file_of_nothing_takes_no_block),
		WITH_IMAGE(chunks_of_large_files_are_larger),
		WITH_IMAGE(the_image_of_a_file_of_16_tib_is_refused_when_it_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
