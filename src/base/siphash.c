/*
 * See siphash.h.
 *
 * Runs in: image.
 */
#include "base/siphash.h"

#include <endian.h>
#include <string.h>

enum { SIPHASH_WORD = 8 };

static uint64_t rotate(uint64_t word, unsigned int bits)
{
	return word << bits | word >> (64 - bits);
}

static void siphash_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void siphash_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	siphash_round(v);
	siphash_round(v);
	v[0] ^= word;
}

static uint64_t siphash_bytes(uint64_t v[4], const uint8_t *data, size_t len, size_t total)
{
	uint64_t word;
	uint8_t last[SIPHASH_WORD] = { 0 };

	for (; len >= SIPHASH_WORD; data += SIPHASH_WORD, len -= SIPHASH_WORD) {
		memcpy(&word, data, SIPHASH_WORD);
		siphash_word(v, le64toh(word));
	}
	if (len > 0)
		memcpy(last, data, len);
	last[SIPHASH_WORD - 1] = (uint8_t)total;
	memcpy(&word, last, SIPHASH_WORD);
	siphash_word(v, le64toh(word));
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		siphash_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t siphash(const struct siphash_key *key, uint64_t seed, const void *data, size_t len)
{
	uint64_t v[4] = { key->words[0] ^ 0x736f6d6570736575,
			  key->words[1] ^ 0x646f72616e646f6d,
			  key->words[0] ^ 0x6c7967656e657261,
			  key->words[1] ^ 0x7465646279746573 };

	siphash_word(v, seed);
	return siphash_bytes(v, data, len, len + sizeof(seed));
}
