/* The vectors of FIPS 180-4, and every length around a block's end against the length before
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/sha256.h"

static void assert_hash(const void *data, size_t len, const char *expected)
{
	uint8_t hash[SHA256_LEN];
	char text[2 * SHA256_LEN + 1];

	sha256(data, len, hash);
	for (size_t i = 0; i < sizeof(hash); i++)
		(void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
	assert_string_equal(text, expected);
}

static void empty_text_has_the_known_hash(void **state)
{
	(void)state;
	assert_hash("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void abc_has_the_known_hash(void **state)
{
	(void)state;
	assert_hash("abc", 3,
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void two_blocks_have_the_known_hash(void **state)
{
	const char *text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

	(void)state;
	assert_hash(text, strlen(text),
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_letters_have_the_known_hash(void **state)
{
	static char letters[1000000];

	(void)state;
	memset(letters, 'a', sizeof(letters));
	assert_hash(letters, sizeof(letters),
		    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Padding goes into the same block up to 55 bytes and into another from 56 on. */
static void lengths_around_a_block_have_the_known_hashes(void **state)
{
	char text[64];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_hash(text, 55,
		    "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
	assert_hash(text, 56,
		    "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
	assert_hash(text, 64,
		    "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_text_has_the_known_hash),
		cmocka_unit_test(abc_has_the_known_hash),
		cmocka_unit_test(two_blocks_have_the_known_hash),
		cmocka_unit_test(a_million_letters_have_the_known_hash),
		cmocka_unit_test(lengths_around_a_block_have_the_known_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
