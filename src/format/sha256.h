/*
 * SHA-256, for documents of a few kilobytes: configs, manifests, chain ids, keys.
 *
 * hoy is linked statically and starts in half a millisecond, so it does not link OpenSSL for
 * this. Whoever hashes megabytes (layers, in hoy-image) uses OpenSSL, which has the processor's
 * instructions and is ten times faster.
 *
 * Runs in: cli.
 * See: FIPS 180-4.
 */
#ifndef HOY_FORMAT_SHA256_H
#define HOY_FORMAT_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_LEN = 32 };

void sha256(const void *data, size_t len, uint8_t ret_hash[SHA256_LEN]);

#endif
