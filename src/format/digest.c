/*
 * See digest.h.
 *
 * Runs in: cli, image.
 */
#include "format/digest.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"

static const char digest_prefix[] = "sha256:";

bool digest_is_valid(const char *text)
{
	const char *hex = text + sizeof(digest_prefix) - 1;

	return str_starts(text, digest_prefix) && strlen(hex) == DIGEST_HEX_LEN &&
	       strspn(hex, "0123456789abcdef") == DIGEST_HEX_LEN;
}

const char *digest_complaint(const char *text)
{
	return str_starts(text, "sha512:")
		       ? "is a sha512 digest, which is not supported: only sha256 is"
		       : "is no sha256 digest";
}

const char *digest_hex(const char *digest)
{
	assert(digest_is_valid(digest));
	return digest + sizeof(digest_prefix) - 1;
}

void digest_text(const uint8_t hash[32], char text[DIGEST_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	char *hex = text + sizeof(digest_prefix) - 1;

	memcpy(text, digest_prefix, sizeof(digest_prefix));
	for (size_t i = 0; i < 32; i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 15];
	}
	hex[DIGEST_HEX_LEN] = '\0';
}
