/* Decompression: what is recognised, several members, padding, damage. */
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

static void assert_damaged(enum inflate_kind kind, const uint8_t *in, size_t len)
{
	static char out[2 * ROOM];
	size_t out_len;

	assert_true(inflate_all(kind, in, len, ROOM, out, &out_len) < 0);
}

static void one_member_is_read_in_any_steps(void **state)
{
	static uint8_t packed[ROOM];

	(void)state;
	assert_inflates(INFLATE_GZIP, packed, make_gzip("hello, hello, hello", packed),
			"hello, hello, hello");
	assert_inflates(INFLATE_ZSTD, packed, make_zstd("hello, hello, hello", packed),
			"hello, hello, hello");
	assert_inflates(INFLATE_PLAIN, (const uint8_t *)"plain", 5, "plain");
}

static void members_behind_each_other_and_padding_are_one_stream(void **state)
{
	static uint8_t packed[2 * ROOM];
	size_t len;

	(void)state;
	len = make_gzip("one ", packed);
	len += make_gzip("two", packed + len);
	assert_inflates(INFLATE_GZIP, packed, len, "one two");
	memset(packed + len, 0, 100);
	assert_inflates(INFLATE_GZIP, packed, len + 100, "one two");
	len = make_zstd("one ", packed);
	len += make_zstd("two", packed + len);
	assert_inflates(INFLATE_ZSTD, packed, len, "one two");
}

static void garbage_behind_and_ends_too_early_are_damage(void **state)
{
	static uint8_t packed[2 * ROOM];
	size_t len;

	(void)state;
	len = make_gzip("hello hello hello", packed);
	for (size_t n = 1; n < len; n++)
		assert_damaged(INFLATE_GZIP, packed, n);
	packed[len] = 'x';
	assert_damaged(INFLATE_GZIP, packed, len + 1);
	packed[len] = 0;
	packed[len + 1] = 'x';
	assert_damaged(INFLATE_GZIP, packed, len + 2);
	len = make_zstd("hello hello hello", packed);
	for (size_t n = 1; n < len; n++)
		assert_damaged(INFLATE_ZSTD, packed, n);
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

static void kinds_are_told_apart(void **state)
{
	static uint8_t packed[ROOM];
	struct err e = { 0 };

	(void)state;
	assert_int_equal(inflate_detect(packed, make_gzip("x", packed), &e), INFLATE_GZIP);
	assert_int_equal(inflate_detect(packed, make_zstd("x", packed), &e), INFLATE_ZSTD);
	assert_int_equal(inflate_detect("\x50\x2a\x4d\x18xx", 6, &e), INFLATE_ZSTD);
	assert_int_equal(inflate_detect("etc/", 4, &e), INFLATE_PLAIN);
	assert_int_equal(inflate_detect("\x1f", 1, &e), INFLATE_PLAIN);
	assert_int_equal(inflate_detect("\xfd"
					"7zXZ\0",
					6, &e),
			 -EOPNOTSUPP);
	assert_int_equal(inflate_detect("BZh91A", 6, &e), -EOPNOTSUPP);
	assert_int_equal(e.kind, ERR_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_member_is_read_in_any_steps),
		cmocka_unit_test(members_behind_each_other_and_padding_are_one_stream),
		cmocka_unit_test(garbage_behind_and_ends_too_early_are_damage),
		cmocka_unit_test(a_wrong_checksum_is_damage),
		cmocka_unit_test(of_damaged_data_nothing_counts_as_read),
		cmocka_unit_test(kinds_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
