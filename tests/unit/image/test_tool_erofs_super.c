/* The super block: its sum, and the name that tells layers apart. */
#include "erofs_image.h"

#include "image/tool_erofs_super.h"

static void the_sum_is_crc32c_without_the_last_complement(void **state)
{
	const struct erofs_super super = { .inodes = 3, .blocks = 7, .has_chunks = true };
	uint8_t block[4096] = { 0 };
	uint8_t sum[4];

	(void)state;
	/* The reader's own sum is right: the check value of CRC-32C. */
	assert_true((reader_crc((const uint8_t *)"123456789", 9) ^ 0xffffffff) == 0xe3069283);
	memset(block + EROFS_ROOT_AT, 0x5a, 64);
	erofs_super_write(&super, block);
	memcpy(sum, block + 1028, 4);
	memset(block + 1028, 0, 4);
	assert_true((uint32_t)(sum[0] | sum[1] << 8 | sum[2] << 16 | (uint32_t)sum[3] << 24) ==
		    reader_crc(block + 1024, 3072));
	assert_int_equal(block[EROFS_ROOT_AT], 0x5a);
	assert_int_equal(block[1040], 3);
	assert_int_equal(block[1060], 7);
	assert_int_equal(block[1104], 4);
}

static void the_name_comes_from_the_digest_and_is_a_uuid_of_version_8(void **state)
{
	static const uint8_t expected[16] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x86, 0x77,
					      0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	uint8_t uuid[16];

	(void)state;
	erofs_super_uuid(IMAGE_DIFF_ID, uuid);
	assert_memory_equal(uuid, expected, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sum_is_crc32c_without_the_last_complement),
		cmocka_unit_test(the_name_comes_from_the_digest_and_is_a_uuid_of_version_8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
