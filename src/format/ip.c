/*
 * See ip.h.
 *
 * Runs in: cli (engine).
 * See: inet_pton(3), inet_ntop(3).
 */
#include "format/ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { BITS = 8 };

/* --- addresses --------------------------------------------------------------------------- */

static bool is_mapped(const struct ip_address *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

int ip_parse(const char *text, struct ip_address *ret)
{
	struct ip_address address = { 0 };
	bool is_v6 = strchr(text, ':') != NULL;

	if (inet_pton(is_v6 ? AF_INET6 : AF_INET, text, address.bytes) != 1)
		return -EINVAL;
	if (is_v6 && is_mapped(&address))
		return -EINVAL;
	address.size = is_v6 ? IP_V6_SIZE : IP_V4_SIZE;
	*ret = address;
	return 0;
}

void ip_format(const struct ip_address *address, char text[IP_TEXT_SIZE])
{
	text[0] = '\0';
	if (ip_is_set(address))
		(void)inet_ntop(ip_family_of(address) == IP_V6 ? AF_INET6 : AF_INET,
				address->bytes, text, IP_TEXT_SIZE);
}

void ip_format_host(const struct ip_address *address, char text[IP_SUBNET_TEXT_SIZE])
{
	char plain[IP_TEXT_SIZE];
	bool is_v6 = ip_is_set(address) && ip_family_of(address) == IP_V6;

	ip_format(address, plain);
	(void)snprintf(text, IP_SUBNET_TEXT_SIZE, is_v6 ? "[%s]" : "%s", plain);
}

struct ip_address ip_any(enum ip_family family)
{
	return (struct ip_address){ .size = family == IP_V6 ? IP_V6_SIZE : IP_V4_SIZE };
}

bool ip_is_any(const struct ip_address *address)
{
	static const uint8_t none[IP_SIZE_MAX];

	return ip_is_set(address) && memcmp(address->bytes, none, address->size) == 0;
}

bool ip_equal(const struct ip_address *a, const struct ip_address *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

struct ip_address ip_next(const struct ip_address *address)
{
	struct ip_address next = *address;

	for (int i = next.size - 1; i >= 0 && ++next.bytes[i] == 0; i--)
		;
	return next;
}

/* --- subnets ----------------------------------------------------------------------------- */

/* Which bits of byte `i` belong to the prefix. */
static uint8_t mask_byte(uint8_t prefix, int i)
{
	int bits = prefix - i * BITS;

	if (bits <= 0)
		return 0;
	return bits >= BITS ? 0xff : (uint8_t)(0xff << (BITS - bits));
}

struct ip_subnet ip_subnet_of(const struct ip_address *address, uint8_t prefix)
{
	struct ip_subnet subnet = { *address, prefix };

	for (int i = 0; i < subnet.base.size; i++)
		subnet.base.bytes[i] &= mask_byte(prefix, i);
	return subnet;
}

int ip_subnet_parse(const char *text, struct ip_subnet *ret, struct ip_address *ret_address)
{
	char address_text[IP_TEXT_SIZE];
	const char *slash = strchr(text, '/');
	struct ip_address address;
	uint64_t prefix;

	if (!slash || (size_t)(slash - text) >= sizeof(address_text))
		return -EINVAL;
	memcpy(address_text, text, (size_t)(slash - text));
	address_text[slash - text] = '\0';
	if (ip_parse(address_text, &address) < 0 ||
	    parse_u64(slash + 1, 0, (uint64_t)address.size * BITS, &prefix) < 0)
		return -EINVAL;
	*ret = ip_subnet_of(&address, (uint8_t)prefix);
	if (ret_address)
		*ret_address = address;
	return 0;
}

void ip_subnet_format(const struct ip_subnet *subnet, char text[IP_SUBNET_TEXT_SIZE])
{
	char base[IP_TEXT_SIZE];

	text[0] = '\0';
	if (!ip_is_set(&subnet->base))
		return;
	ip_format(&subnet->base, base);
	(void)snprintf(text, IP_SUBNET_TEXT_SIZE, "%s/%u", base, subnet->prefix);
}

bool ip_subnet_has(const struct ip_subnet *subnet, const struct ip_address *address)
{
	struct ip_subnet theirs = ip_subnet_of(address, subnet->prefix);

	return ip_is_set(address) && ip_equal(&theirs.base, &subnet->base);
}

bool ip_subnet_overlaps(const struct ip_subnet *a, const struct ip_subnet *b)
{
	return ip_subnet_has(a, &b->base) || ip_subnet_has(b, &a->base);
}

struct ip_address ip_subnet_last(const struct ip_subnet *subnet)
{
	struct ip_address last = subnet->base;

	for (int i = 0; i < last.size; i++)
		last.bytes[i] |= (uint8_t)~mask_byte(subnet->prefix, i);
	return last;
}
