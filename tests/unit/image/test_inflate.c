/* Decompression: what is recognised, several members, padding, damage, memory. */
#include <bzlib.h>
#include <lzma.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#include "image/tool_inflate.h"

enum { ROOM = 65536 };

static size_t make_gzip(const char *text, uint8_t *out)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)text,
		       .avail_in = (unsigned int)strlen(text),
		       .next_out = out,
		       .avail_out = ROOM };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	(void)deflateEnd(&z);
	return z.total_out;
}

static size_t make_zstd(const char *text, uint8_t *out)
{
	return ZSTD_compress(out, ROOM, text, strlen(text), 3);
}

static size_t make_xz(const char *text, uint8_t *out)
{
	size_t len = 0;

	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL,
						 (const uint8_t *)text, strlen(text), out, &len,
						 ROOM),
			 LZMA_OK);
	return len;
}

static size_t make_bzip2(const char *text, uint8_t *out)
{
	unsigned int len = ROOM;

	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)out, &len, (char *)(uintptr_t)text,
						  (unsigned int)strlen(text), 9, 0, 0),
			 BZ_OK);
	return len;
}

static const struct packer {
	enum inflate_kind kind;
	size_t (*make)(const char *text, uint8_t *out); /* at most ROOM bytes */
} packers[] = { { INFLATE_GZIP, make_gzip },
		{ INFLATE_ZSTD, make_zstd },
		{ INFLATE_XZ, make_xz },
		{ INFLATE_BZIP2, make_bzip2 } };

enum { PACKERS = sizeof(packers) / sizeof(packers[0]) };

/* Everything, `step` bytes of input and of room at a time. Returns inflate's last word. */
static int inflate_all(enum inflate_kind kind, const uint8_t *in, size_t len, size_t step,
		       char *out, size_t *ret_len)
{
	struct inflate inflate;
	struct err e = { 0 };
	size_t at = 0;
	size_t done = 0;
	int r = inflate_init(&inflate, kind, &e);

	for (int idle = 0; r == 0 && idle < 4;) {
		size_t n = len - at < step ? len - at : step;
		struct inflate_io io = {
			.in = in + at, .in_len = n, .out = out + done, .out_room = step
		};

		r = inflate_some(&inflate, &io, &e);
		idle = io.in_len == n && io.out_room == step ? idle + 1 : 0;
		at += n - io.in_len;
		done += step - io.out_room;
	}
	if (r == 0)
		r = inflate_end(&inflate, &e);
	assert_int_equal(r < 0, e.text[0] != '\0');
	inflate_done(&inflate);
	*ret_len = done;
	return r;
}

static void assert_inflates(enum inflate_kind kind, const uint8_t *in, size_t len,
			    const char *expected)
{
	static const size_t steps[] = { 1, 7, 512, ROOM };
	static char out[2 * ROOM];

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		size_t out_len;

		assert_int_equal(inflate_all(kind, in, len, steps[i], out, &out_len), 0);
		assert_int_equal(out_len, strlen(expected));
		assert_memory_equal(out, expected, out_len);
	}
}

static int inflate_result(enum inflate_kind kind, const uint8_t *in, size_t len)
{
	static char out[2 * ROOM];
	size_t out_len;

	return inflate_all(kind, in, len, ROOM, out, &out_len);
}

static void assert_damaged(enum inflate_kind kind, const uint8_t *in, size_t len)
{
	assert_int_equal(inflate_result(kind, in, len), -EINVAL);
}

static void one_member_is_read_in_any_steps(void **state)
{
	static uint8_t packed[ROOM];

	(void)state;
	for (size_t i = 0; i < PACKERS; i++)
		assert_inflates(packers[i].kind, packed,
				packers[i].make("hello, hello, hello", packed),
				"hello, hello, hello");
	assert_inflates(INFLATE_PLAIN, (const uint8_t *)"plain", 5, "plain");
}

static void nothing_is_read_as_nothing(void **state)
{
	static uint8_t packed[ROOM];

	(void)state;
	for (size_t i = 0; i < PACKERS; i++) {
		size_t len = packers[i].make("", packed);

		assert_int_equal(inflate_detect(packed, len), packers[i].kind);
		assert_inflates(packers[i].kind, packed, len, "");
	}
}

static void members_behind_each_other_and_padding_are_one_stream(void **state)
{
	static uint8_t packed[3 * ROOM];

	(void)state;
	for (size_t i = 0; i < PACKERS; i++) {
		size_t len = packers[i].make("one ", packed);

		len += packers[i].make("", packed + len);
		len += packers[i].make("two", packed + len);
		assert_inflates(packers[i].kind, packed, len, "one two");
		memset(packed + len, 0, 100);
		assert_inflates(packers[i].kind, packed, len + 100, "one two");
	}
}

static void between_streams_of_xz_may_be_zeros_by_the_four(void **state)
{
	static uint8_t packed[3 * ROOM];

	(void)state;
	for (size_t zeros = 1; zeros <= 8; zeros++) {
		size_t len = make_xz("one ", packed);

		memset(packed + len, 0, zeros);
		len += zeros;
		if (zeros % 4 != 0)
			assert_damaged(INFLATE_XZ, packed, len);
		len += make_xz("two", packed + len);
		if (zeros % 4 != 0)
			assert_damaged(INFLATE_XZ, packed, len);
		else
			assert_inflates(INFLATE_XZ, packed, len, "one two");
	}
}

static void garbage_behind_and_ends_too_early_are_damage(void **state)
{
	static uint8_t packed[2 * ROOM];

	(void)state;
	for (size_t i = 0; i < PACKERS; i++) {
		enum inflate_kind kind = packers[i].kind;
		size_t len = packers[i].make("hello hello hello", packed);

		for (size_t n = 1; n < len; n++)
			assert_damaged(kind, packed, n);
		packed[len] = 'x';
		assert_damaged(kind, packed, len + 1);
		memset(packed + len, 0, 4);
		packed[len + 4] = 'x';
		assert_damaged(kind, packed, len + 5);
		/* Another one that is cut off. */
		len += packers[i].make("more", packed + len);
		assert_int_equal(inflate_result(kind, packed, len), 0);
		assert_damaged(kind, packed, len - 1);
	}
}

static void any_other_byte_of_xz_is_damage(void **state)
{
	static uint8_t packed[ROOM];
	size_t len = make_xz("hello hello hello", packed);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		packed[n] ^= 0x55;
		assert_true(inflate_result(INFLATE_XZ, packed, len) < 0);
		packed[n] ^= 0x55;
	}
	assert_int_equal(inflate_result(INFLATE_XZ, packed, len), 0);
}

static void a_wrong_checksum_is_damage(void **state)
{
	static uint8_t packed[ROOM];
	size_t len = make_gzip("hello hello hello", packed);

	(void)state;
	packed[len - 8] ^= 1;
	assert_damaged(INFLATE_GZIP, packed, len);
	packed[len - 8] ^= 1;
	packed[len - 1] ^= 1;
	assert_damaged(INFLATE_GZIP, packed, len);
	/* Of bzip2: that of the first block, and the last byte of that of all. */
	len = make_bzip2("hello hello hello", packed);
	packed[10] ^= 1;
	assert_damaged(INFLATE_BZIP2, packed, len);
	packed[10] ^= 1;
	packed[len - 2] ^= 1;
	assert_damaged(INFLATE_BZIP2, packed, len);
}

/* isa-l says here that it has read one byte more than there was. */
static void of_damaged_data_nothing_counts_as_read(void **state)
{
	static const uint8_t packed[] = { 0x1f, 0x8b, 0x08, 0x10, 0x02, 0x00, 0x00, 0x00,
					  0x00, 0x03, 0x4b, 0x64, 0xa0, 0x3d, 0x30, 0x00,
					  0x02, 0x33, 0x13, 0x13, 0x04, 0x34, 0x18, 0x00,
					  0x68, 0x2d, 0xaf, 0x49, 0x00, 0x08, 0x00, 0x00 };
	static char out[ROOM];
	struct inflate_io io = {
		.in = packed, .in_len = sizeof(packed), .out = out, .out_room = ROOM
	};
	struct inflate inflate;

	(void)state;
	assert_int_equal(inflate_init(&inflate, INFLATE_GZIP, NULL), 0);
	assert_int_equal(inflate_some(&inflate, &io, NULL), -EINVAL);
	assert_ptr_equal(io.in, packed);
	assert_int_equal(io.in_len, sizeof(packed));
	inflate_done(&inflate);
}

/* As `xz --lzma2=dict=SIZE` writes it. */
static size_t make_xz_dictionary(uint32_t size, uint8_t *out)
{
	lzma_options_lzma options;
	const lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &options },
					{ LZMA_VLI_UNKNOWN, NULL } };
	size_t len = 0;

	assert_false(lzma_lzma_preset(&options, 0));
	options.dict_size = size;
	assert_int_equal(lzma_stream_buffer_encode((lzma_filter *)(uintptr_t)filters,
						   LZMA_CHECK_CRC32, NULL,
						   (const uint8_t *)"text", 4, out, &len, ROOM),
			 LZMA_OK);
	return len;
}

static void a_dictionary_is_given_up_to_128_mib(void **state)
{
	static uint8_t packed[ROOM];
	static char out[ROOM];
	struct inflate inflate;
	struct inflate_io io = { .in = packed, .out = out, .out_room = ROOM };
	struct err e = { 0 };

	(void)state;
	assert_inflates(INFLATE_XZ, packed, make_xz_dictionary(128U << 20, packed), "text");
	io.in_len = make_xz_dictionary(192U << 20, packed);
	assert_int_equal(inflate_init(&inflate, INFLATE_XZ, &e), 0);
	assert_int_equal(inflate_some(&inflate, &io, &e), -EFBIG);
	assert_string_equal(e.text,
			    "the xz data takes 192 MiB of memory to decompress: more than a "
			    "dictionary of 128 MiB is not given");
	inflate_done(&inflate);
}

/* A stream of nothing: twelve bytes of header, eight of an empty index, twelve of footer. The kind
 * of the checksum stands in header and footer, each with a sum of its own. */
static void a_checksum_of_an_unknown_kind_is_not_passed_over(void **state)
{
	static uint8_t packed[ROOM];
	size_t len = make_xz("", packed);
	uint32_t sum;

	(void)state;
	assert_int_equal(len, 32);
	packed[7] = packed[len - 3] = 2;
	sum = lzma_crc32(packed + 6, 2, 0);
	memcpy(packed + 8, &sum, 4);
	sum = lzma_crc32(packed + len - 8, 6, 0);
	memcpy(packed + len - 12, &sum, 4);
	assert_damaged(INFLATE_XZ, packed, len);
}

static void kinds_are_told_apart(void **state)
{
	static uint8_t packed[ROOM];

	(void)state;
	for (size_t i = 0; i < PACKERS; i++) {
		assert_int_equal(inflate_detect(packed, packers[i].make("x", packed)),
				 packers[i].kind);
		assert_int_equal(inflate_is_typed(packers[i].kind), i < 2);
	}
	assert_true(inflate_is_typed(INFLATE_PLAIN));
	assert_string_equal(inflate_name(INFLATE_XZ), "xz");
	assert_string_equal(inflate_name(INFLATE_BZIP2), "bzip2");
	assert_int_equal(inflate_detect("\x50\x2a\x4d\x18xx", 6), INFLATE_ZSTD);
	assert_int_equal(inflate_detect("etc/", 4), INFLATE_PLAIN);
	assert_int_equal(inflate_detect("\x1f", 1), INFLATE_PLAIN);
	assert_int_equal(inflate_detect("", 0), INFLATE_PLAIN);
}

/* A directory of that name may be the first in a tar. */
static void letters_alone_are_no_bzip2(void **state)
{
	(void)state;
	assert_int_equal(inflate_detect("BZh/ab", 6), INFLATE_PLAIN);
	assert_int_equal(inflate_detect("BZh9/a", 6), INFLATE_PLAIN);
	assert_int_equal(inflate_detect("BZh01A", 6), INFLATE_PLAIN);
	assert_int_equal(inflate_detect("BZh91A", 6), INFLATE_BZIP2);
	assert_int_equal(inflate_detect("BZh9", 4), INFLATE_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_member_is_read_in_any_steps),
		cmocka_unit_test(nothing_is_read_as_nothing),
		cmocka_unit_test(members_behind_each_other_and_padding_are_one_stream),
		cmocka_unit_test(between_streams_of_xz_may_be_zeros_by_the_four),
		cmocka_unit_test(garbage_behind_and_ends_too_early_are_damage),
		cmocka_unit_test(any_other_byte_of_xz_is_damage),
		cmocka_unit_test(a_wrong_checksum_is_damage),
		cmocka_unit_test(of_damaged_data_nothing_counts_as_read),
		cmocka_unit_test(a_dictionary_is_given_up_to_128_mib),
		cmocka_unit_test(a_checksum_of_an_unknown_kind_is_not_passed_over),
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(letters_alone_are_no_bzip2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
