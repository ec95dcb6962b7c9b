/*
 * Which hosts may be spoken to without a good certificate: those that the operator lists, and
 * this machine.
 *
 * Runs in: cli (engine).
 * See: dockerd(8) "insecure-registries".
 */
#ifndef HOY_IMAGE_REGISTRY_INSECURE_H
#define HOY_IMAGE_REGISTRY_INSECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct registry_subnet {
	int family; /* AF_INET, AF_INET6 */
	uint8_t address[16];
	unsigned int bits;
};

enum { REGISTRY_SUBNETS_MAX = 64 };

struct registry_insecure {
	struct strv hosts; /* "host[:port]" */
	struct registry_subnet subnets[REGISTRY_SUBNETS_MAX];
	size_t subnet_count;
};

/* Add "host[:port]", "10.0.0.0/8" or "fd00::/8", with or without "http://" before it. Returns
 * 0, -EINVAL (neither), -ENOSPC (too many subnets) or -ENOMEM. */
int registry_insecure_add(struct registry_insecure *insecure, struct arena *arena,
			  const char *text);

/* Is `registry` ("host[:port]") listed, itself or by its address? A name is never resolved. */
bool registry_insecure_has(const struct registry_insecure *insecure, const char *registry);

/* Is it this machine: 127.0.0.0/8, ::1, localhost? */
bool registry_is_loopback(const char *registry);

/*
 * "host[:port]" or "[v6][:port]" cut in two: `ret_host_len` characters are the host, with its
 * brackets; `ret_port` is 0 when there is none. Returns 0 or -EINVAL.
 */
int registry_split_port(const char *registry, size_t *ret_host_len, uint16_t *ret_port);

#endif
