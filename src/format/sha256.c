/*
 * See sha256.h.
 *
 * Runs in: cli.
 */
#include "format/sha256.h"

#include <string.h>

enum { SHA256_BLOCK = 64, SHA256_ROUNDS = 64 };

static const uint32_t sha256_constants[SHA256_ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store_be32(uint8_t *p, uint32_t x)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(x >> (24 - 8 * i));
}

static void sha256_schedule(const uint8_t *block, uint32_t w[SHA256_ROUNDS])
{
	for (int i = 0; i < 16; i++)
		w[i] = load_be32(block + (size_t)4 * i);
	for (int i = 16; i < SHA256_ROUNDS; i++) {
		uint32_t a = w[i - 15];
		uint32_t b = w[i - 2];

		w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void sha256_block(uint32_t h[8], const uint8_t *block)
{
	uint32_t w[SHA256_ROUNDS];
	uint32_t s[8];

	sha256_schedule(block, w);
	memcpy(s, h, sizeof(s));
	for (int i = 0; i < SHA256_ROUNDS; i++) {
		uint32_t e = s[4];
		uint32_t a = s[0];
		uint32_t t1 = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
			      ((e & s[5]) ^ (~e & s[6])) + sha256_constants[i] + w[i];
		uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
			      ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(s[0]));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += s[i];
}

void sha256(const void *data, size_t len, uint8_t ret_hash[SHA256_LEN])
{
	uint32_t h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint8_t tail[2 * SHA256_BLOCK] = { 0 };
	const uint8_t *from = data;
	size_t rest = len % SHA256_BLOCK;
	size_t tail_len = rest < SHA256_BLOCK - 8 ? SHA256_BLOCK : 2 * SHA256_BLOCK;

	for (size_t i = 0; i + SHA256_BLOCK <= len; i += SHA256_BLOCK)
		sha256_block(h, from + i);
	if (rest > 0)
		memcpy(tail, from + len - rest, rest);
	tail[rest] = 0x80;
	store_be32(tail + tail_len - 8, (uint32_t)((uint64_t)len >> 29));
	store_be32(tail + tail_len - 4, (uint32_t)((uint64_t)len << 3));
	for (size_t i = 0; i < tail_len; i += SHA256_BLOCK)
		sha256_block(h, tail + i);
	for (int i = 0; i < 8; i++)
		store_be32(ret_hash + (size_t)4 * i, h[i]);
}
