/*
 * See registry_insecure.h.
 *
 * docker resolves a name and compares its addresses with the subnets. We do not: whoever
 * answers for the name could otherwise switch the check of the certificate off.
 *
 * Runs in: cli (engine).
 */
#include "image/registry_insecure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

enum { HOST_SIZE = 256, PORT_MAX = 65535, BITS_OF_BYTE = 8 };

int registry_split_port(const char *registry, size_t *ret_host_len, uint16_t *ret_port)
{
	const char *end = registry[0] == '[' ? strchr(registry, ']') : NULL;
	uint64_t port = 0;
	size_t len;

	if (registry[0] == '[' && !end)
		return -EINVAL;
	len = end ? (size_t)(end - registry) + 1 : strcspn(registry, ":");
	if (len == 0 || (registry[len] != ':' && registry[len] != '\0'))
		return -EINVAL;
	if (registry[len] == ':' && parse_u64(registry + len + 1, 1, PORT_MAX, &port) < 0)
		return -EINVAL;
	*ret_host_len = len;
	*ret_port = (uint16_t)port;
	return 0;
}

/* "10.0.0.1", "::1" or "[::1]". */
static int parse_address(const char *text, size_t len, struct registry_subnet *ret)
{
	char copy[HOST_SIZE];

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	ret->family = strchr(copy, ':') ? AF_INET6 : AF_INET;
	ret->bits = ret->family == AF_INET6 ? 128 : 32;
	return inet_pton(ret->family, copy, ret->address) == 1 ? 0 : -EINVAL;
}

static int parse_subnet(const char *text, struct registry_subnet *ret)
{
	const char *slash = strchr(text, '/');
	uint64_t bits;

	if (!slash || parse_address(text, (size_t)(slash - text), ret) < 0 ||
	    parse_u64(slash + 1, 0, ret->bits, &bits) < 0)
		return -EINVAL;
	ret->bits = (unsigned int)bits;
	return 0;
}

static bool subnet_has(const struct registry_subnet *subnet,
		       const struct registry_subnet *address)
{
	unsigned int bytes = subnet->bits / BITS_OF_BYTE;
	unsigned int rest = subnet->bits % BITS_OF_BYTE;
	unsigned int mask = 0xff00U >> rest & 0xffU;

	if (subnet->family != address->family ||
	    memcmp(subnet->address, address->address, bytes) != 0)
		return false;
	return rest == 0 || (subnet->address[bytes] & mask) == (address->address[bytes] & mask);
}

int registry_insecure_add(struct registry_insecure *insecure, struct arena *arena,
			  const char *text)
{
	struct registry_subnet subnet = { 0 };
	size_t host_len;
	uint16_t port;

	if (strncasecmp(text, "http://", 7) == 0)
		text += 7;
	else if (strncasecmp(text, "https://", 8) == 0)
		text += 8;
	if (parse_subnet(text, &subnet) == 0) {
		if (insecure->subnet_count == REGISTRY_SUBNETS_MAX)
			return -ENOSPC;
		insecure->subnets[insecure->subnet_count++] = subnet;
		return 0;
	}
	if (strpbrk(text, "/@ ") || registry_split_port(text, &host_len, &port) < 0)
		return -EINVAL;
	strv_add(&insecure->hosts, arena, text);
	return arena_ok(arena);
}

bool registry_insecure_has(const struct registry_insecure *insecure, const char *registry)
{
	struct registry_subnet address = { 0 };
	size_t host_len;
	uint16_t port;

	for (size_t i = 0; i < insecure->hosts.count; i++)
		if (strcasecmp(insecure->hosts.items[i], registry) == 0)
			return true;
	if (registry_split_port(registry, &host_len, &port) < 0 ||
	    parse_address(registry, host_len, &address) < 0)
		return false;
	for (size_t i = 0; i < insecure->subnet_count; i++)
		if (subnet_has(&insecure->subnets[i], &address))
			return true;
	return false;
}

bool registry_is_loopback(const char *registry)
{
	static const struct registry_insecure loopback = {
		.subnets = { { AF_INET, { 127 }, 8 }, { AF_INET6, { [15] = 1 }, 128 } },
		.subnet_count = 2,
	};
	size_t host_len;
	uint16_t port;

	if (registry_split_port(registry, &host_len, &port) == 0 &&
	    host_len == strlen("localhost") &&
	    strncasecmp(registry, "localhost", host_len) == 0)
		return true;
	return registry_insecure_has(&loopback, registry);
}
