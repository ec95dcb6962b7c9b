/*
 * Digests: "sha256:" and 64 lower-case hex digits, checked before any is used in a path.
 *
 * Runs in: cli, image.
 * See: OCI image-spec descriptor.md "Digests".
 */
#ifndef HOY_FORMAT_DIGEST_H
#define HOY_FORMAT_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

enum { DIGEST_HEX_LEN = 64, DIGEST_SIZE = 7 + DIGEST_HEX_LEN + 1, DIGEST_SHORT_LEN = 12 };

bool digest_is_valid(const char *text);
/* What is to be said of one that is not valid: "is no sha256 digest", or that its algorithm, which
 * the OCI image-spec has too, is not supported. */
const char *digest_complaint(const char *text);
/* The 64 hex digits behind "sha256:". Asserts digest_is_valid. Borrowed. */
const char *digest_hex(const char *digest);
/* 32 raw bytes to "sha256:...". */
void digest_text(const uint8_t hash[32], char text[DIGEST_SIZE]);

#endif
