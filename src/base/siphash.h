/*
 * SipHash-2-4: a hash of bytes under a secret key, for tables of names that others chose.
 * Without the key nobody can make many names that fall together.
 *
 * Runs in: image.
 * See: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
 */
#ifndef HOY_BASE_SIPHASH_H
#define HOY_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t words[2];
};

/* `seed` is hashed before the data, so that one key serves many tables. */
uint64_t siphash(const struct siphash_key *key, uint64_t seed, const void *data, size_t len);

#endif
