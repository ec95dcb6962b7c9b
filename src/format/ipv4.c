/*
 * See ipv4.h.
 *
 * Runs in: cli (engine).
 */
#include "format/ipv4.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { OCTETS = 4, PREFIX_MAX = 32 };

/* One number up to `end`; where it stops is in `ret_end`. */
static int octet_parse(const char *text, char end, uint32_t *ret, const char **ret_end)
{
	const char *at = strchr(text, end);
	char digits[4];
	uint64_t value;
	size_t len;

	if (!at)
		return -EINVAL;
	len = (size_t)(at - text);
	if (len == 0 || len >= sizeof(digits) || (len > 1 && text[0] == '0'))
		return -EINVAL;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (parse_u64(digits, 0, 255, &value) < 0)
		return -EINVAL;
	*ret = (uint32_t)value;
	*ret_end = at + 1;
	return 0;
}

int ipv4_parse(const char *text, uint32_t *ret)
{
	uint32_t address = 0;

	for (int i = 0; i < OCTETS; i++) {
		uint32_t octet;

		if (octet_parse(text, i < OCTETS - 1 ? '.' : '\0', &octet, &text) < 0)
			return -EINVAL;
		address = address << 8 | octet;
	}
	*ret = address;
	return 0;
}

void ipv4_format(uint32_t address, char text[IPV4_TEXT_SIZE])
{
	(void)snprintf(text, IPV4_TEXT_SIZE, "%u.%u.%u.%u", address >> 24,
		       (address >> 16) & 0xff, (address >> 8) & 0xff, address & 0xff);
}

uint32_t ipv4_mask(uint8_t prefix)
{
	return prefix == 0 ? 0 : ~UINT32_C(0) << (PREFIX_MAX - prefix);
}

int ipv4_subnet_parse(const char *text, struct ipv4_subnet *ret, uint32_t *ret_address)
{
	char address_text[IPV4_TEXT_SIZE];
	const char *slash = strchr(text, '/');
	uint32_t address;
	uint64_t prefix;

	if (!slash || (size_t)(slash - text) >= sizeof(address_text))
		return -EINVAL;
	memcpy(address_text, text, (size_t)(slash - text));
	address_text[slash - text] = '\0';
	if (ipv4_parse(address_text, &address) < 0 ||
	    parse_u64(slash + 1, 0, PREFIX_MAX, &prefix) < 0)
		return -EINVAL;
	ret->prefix = (uint8_t)prefix;
	ret->base = address & ipv4_mask(ret->prefix);
	if (ret_address)
		*ret_address = address;
	return 0;
}

void ipv4_subnet_format(struct ipv4_subnet subnet, char text[IPV4_SUBNET_TEXT_SIZE])
{
	char base[IPV4_TEXT_SIZE];

	ipv4_format(subnet.base, base);
	(void)snprintf(text, IPV4_SUBNET_TEXT_SIZE, "%s/%u", base, subnet.prefix);
}

bool ipv4_subnet_has(struct ipv4_subnet subnet, uint32_t address)
{
	return (address & ipv4_mask(subnet.prefix)) == subnet.base;
}

bool ipv4_subnet_overlaps(struct ipv4_subnet a, struct ipv4_subnet b)
{
	return ipv4_subnet_has(a, b.base) || ipv4_subnet_has(b, a.base);
}

uint32_t ipv4_subnet_last(struct ipv4_subnet subnet)
{
	return subnet.base | ~ipv4_mask(subnet.prefix);
}
