/* Rows of blocks: where records go, and that nothing of a row is lost or wasted. */
#include "erofs_image.h"

enum { BLOCK = 4096 };

static struct erofs_blocks blocks;
static struct erofs_records records;
static int fd;

static int setup(void **state)
{
	(void)state;
	fd = memfd_create("image", MFD_CLOEXEC);
	assert_int_equal(erofs_blocks_init(&blocks, fd, NULL), 0);
	return erofs_records_init(&records, &blocks, NULL);
}

static int teardown(void **state)
{
	(void)state;
	erofs_records_done(&records);
	erofs_blocks_done(&blocks);
	return close(fd);
}

/* A record of so many bytes with its inode; returns its place. */
static uint64_t put(size_t size)
{
	static const uint8_t payload[2 * BLOCK];
	const struct erofs_record record = { .inode = { .mode = S_IFREG,
							.layout = EROFS_INLINE },
					     .payload = payload,
					     .payload_len = size - EROFS_INODE_SIZE };
	uint64_t nid;

	assert_int_equal(erofs_records_add(&records, &record, &nid, NULL), 0);
	return nid * EROFS_SLOT;
}

static void a_record_goes_into_the_fullest_block_that_takes_it(void **state)
{
	(void)state;
	assert_int_equal(put(4000), 0);
	assert_int_equal(put(3000), BLOCK);
	assert_int_equal(put(2000), 2 * BLOCK);
	/* What is left of the blocks: 96, 1088 and 2080 bytes, because slots have 32. */
	assert_int_equal(put(96), 4000);
	assert_int_equal(put(1000), BLOCK + 3008);
	assert_int_equal(put(64), BLOCK + 4032);
	assert_int_equal(put(65), 2 * BLOCK + 2016);
}

static void rows_grow_and_data_goes_in_between(void **state)
{
	(void)state;
	for (unsigned int row = 0; row < 4; row++)
		assert_int_equal(put(BLOCK), row * BLOCK);
	assert_int_equal(erofs_blocks_next(&blocks), 4);
	assert_int_equal(erofs_blocks_zeros(&blocks, 10 * BLOCK, NULL), 0);
	/* The first row is full: the next one has eight blocks, behind the data. */
	assert_int_equal(put(BLOCK), 14 * BLOCK);
	assert_int_equal(erofs_blocks_next(&blocks), 22);
	for (unsigned int i = 1; i < 8; i++)
		assert_int_equal(put(BLOCK), (14 + i) * BLOCK);
	for (unsigned int i = 0; i < 16 + 32 + 64 + 1; i++)
		(void)put(BLOCK);
	assert_int_equal(records.count, EROFS_ROW);
}

static void what_a_row_did_not_use_is_given_back_at_the_end_only(void **state)
{
	(void)state;
	(void)put(100);
	assert_int_equal(erofs_blocks_next(&blocks), 4);
	assert_int_equal(erofs_records_flush(&records, NULL), 0);
	assert_int_equal(erofs_blocks_next(&blocks), 1);
	(void)put(100);
	assert_int_equal(erofs_blocks_zeros(&blocks, BLOCK, NULL), 0);
	assert_int_equal(erofs_records_flush(&records, NULL), 0);
	assert_int_equal(erofs_blocks_next(&blocks), 6);
}

static void a_record_of_more_than_a_block_gets_blocks_of_its_own(void **state)
{
	(void)state;
	assert_int_equal(put(100), 0);
	assert_int_equal(put(BLOCK + 1), 4 * BLOCK);
	assert_int_equal(erofs_blocks_next(&blocks), 6);
	assert_int_equal(put(BLOCK), BLOCK);
}

static void all_that_was_written_is_in_the_file(void **state)
{
	static uint8_t data[300 * 1024];
	static uint8_t back[sizeof(data)];
	uint8_t inode[2] = { 0 };
	uint64_t at;
	uint64_t from;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	at = put(500);
	from = erofs_blocks_end(&blocks);
	/* Pieces that are buffered, that are written from where they lie, and both. */
	assert_int_equal(erofs_blocks_add(&blocks, data, 100, NULL), 0);
	assert_int_equal(erofs_blocks_add(&blocks, data + 100, 270000, NULL), 0);
	assert_int_equal(erofs_blocks_add(&blocks, data + 270100, sizeof(data) - 270100, NULL),
			 0);
	assert_int_equal(erofs_blocks_pad(&blocks, NULL), 0);
	assert_int_equal(erofs_records_flush(&records, NULL), 0);
	assert_int_equal(erofs_blocks_flush(&blocks, NULL), 0);
	assert_int_equal(pread(fd, back, sizeof(back), (off_t)from), sizeof(back));
	assert_memory_equal(back, data, sizeof(data));
	assert_int_equal(pread(fd, inode, 2, (off_t)at), 2);
	assert_int_equal(inode[0], 1 | EROFS_INLINE << 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_record_goes_into_the_fullest_block_that_takes_it, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_grow_and_data_goes_in_between, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			what_a_row_did_not_use_is_given_back_at_the_end_only, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_record_of_more_than_a_block_gets_blocks_of_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(all_that_was_written_is_in_the_file, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
