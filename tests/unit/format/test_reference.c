/*
 * References and digests.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/digest.h"
#include "format/reference.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void names_are_completed_as_docker_does(void **state)
{
	static const struct {
		const char *text;
		const char *full;
		const char *familiar;
	} examples[] = {
		{ "busybox", "docker.io/library/busybox:latest", "busybox" },
		{ "busybox:1.36", "docker.io/library/busybox:1.36", "busybox" },
		{ "user/app", "docker.io/user/app:latest", "user/app" },
		{ "docker.io/busybox", "docker.io/library/busybox:latest", "busybox" },
		{ "index.docker.io/library/busybox", "docker.io/library/busybox:latest",
		  "busybox" },
		{ "docker.io/library/a/b", "docker.io/library/a/b:latest", "library/a/b" },
		{ "localhost/x", "localhost/x:latest", "localhost/x" },
		{ "localhost:5000/x:y", "localhost:5000/x:y", "localhost:5000/x" },
		{ "127.0.0.1:5000/a/b-c__d.e", "127.0.0.1:5000/a/b-c__d.e:latest",
		  "127.0.0.1:5000/a/b-c__d.e" },
		{ "[::1]:5000/x", "[::1]:5000/x:latest", "[::1]:5000/x" },
		{ "ghcr.io/a/b@sha256:" HEX, "ghcr.io/a/b@sha256:" HEX, "ghcr.io/a/b" },
		{ "a:t@sha256:" HEX, "docker.io/library/a:t@sha256:" HEX, "a" },
		{ "REGISTRY/x", "REGISTRY/x:latest", "REGISTRY/x" },
		{ "a---b:_T.-9", "docker.io/library/a---b:_T.-9", "a---b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		char text[REFERENCE_SIZE * 2];
		struct reference reference;
		struct err e = { 0 };

		if (reference_parse(examples[i].text, &reference, &e) < 0)
			fail_msg("%s: %s", examples[i].text, e.text);
		reference_full(&reference, text);
		assert_string_equal(text, examples[i].full);
		reference_familiar_name(&reference, text);
		assert_string_equal(text, examples[i].familiar);
	}
}

static void bad_references_are_refused_in_docker_s_words(void **state)
{
	static const char *const invalid[] = {
		"/x",	    "x/",  "a//b",	"../x",	   "a/../b",   "-a",
		"a-",	    ".a",  "a.",	"a..b",	   "a___b",    "a:",
		"a:-t",	    "a@",  "a@sha256",	"a b",	   "a:t:u",    "http://x/y",
		"\xc3\xa9", "a\n", "-host.x/a", "host:/a", "host:x/a", "[::1/x"
	};
	static const struct {
		const char *text;
		const char *sentence;
	} examples[] = {
		{ "", "invalid reference format: repository name must have at least one "
		      "component" },
		{ "Busybox", "invalid reference format: repository name (library/Busybox) must "
			     "be lowercase" },
		{ "a/B:x",
		  "invalid reference format: repository name (a/B) must be lowercase" },
		{ HEX, "invalid repository name (" HEX
		       "), cannot specify 64-byte hexadecimal strings" },
		{ "a@sha256:12",
		  "invalid checksum digest: \"sha256:12\" is not sha256: and 64 hex digits" },
		{ "a@md5:12", "unsupported digest algorithm: md5:12" },
		{ "a@sha512:12",
		  "\"sha512:12\" is a sha512 digest, which is not supported: only sha256 is" },
	};
	struct reference reference;
	struct err e = { 0 };
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
		if (reference_parse(invalid[i], &reference, &e) != -EINVAL)
			fail_msg("%s is accepted", invalid[i]);
		assert_string_equal(e.text, "invalid reference format");
	}
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		assert_int_equal(reference_parse(examples[i].text, &reference, &e), -EINVAL);
		assert_string_equal(e.text, examples[i].sentence);
		assert_int_equal(e.kind, ERR_INVALID);
	}
	memset(text, 'a', sizeof(text));
	text[599] = '\0';
	assert_int_equal(reference_parse(text, &reference, &e), -EINVAL);
	text[247] = '\0'; /* "library/" makes it 255 */
	assert_int_equal(reference_parse(text, &reference, &e), 0);
	text[247] = 'a';
	text[248] = '\0';
	assert_int_equal(reference_parse(text, &reference, &e), -EINVAL);
	(void)snprintf(text, sizeof(text), "a:%0129d", 1);
	assert_int_equal(reference_parse(text, &reference, &e), -EINVAL);
	(void)snprintf(text, sizeof(text), "a:%0128d", 1);
	assert_int_equal(reference_parse(text, &reference, &e), 0);
}

static void only_whole_lower_case_sha256_is_a_digest(void **state)
{
	uint8_t hash[32];
	char text[DIGEST_SIZE];

	(void)state;
	assert_true(digest_is_valid("sha256:" HEX));
	assert_string_equal(digest_hex("sha256:" HEX), HEX);
	assert_false(digest_is_valid(HEX));
	assert_false(digest_is_valid("sha256:" HEX "0"));
	assert_false(digest_is_valid("sha256:../../x"));
	assert_false(digest_is_valid("sha256:"));
	assert_false(digest_is_valid(""));
	assert_false(digest_is_valid("SHA256:" HEX));
	assert_false(digest_is_valid(
		"sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"));
	for (size_t i = 0; i < 32; i++)
		hash[i] = (uint8_t)(i * 9);
	digest_text(hash, text);
	assert_true(digest_is_valid(text));
	assert_memory_equal(text, "sha256:0009121b", 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_completed_as_docker_does),
		cmocka_unit_test(bad_references_are_refused_in_docker_s_words),
		cmocka_unit_test(only_whole_lower_case_sha256_is_a_digest),
	};

	return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
