/*
 * IP addresses and subnets of both families, as bytes in network order.
 *
 * One type for both, so that leases, endpoints and rules are written once: what differs between
 * the families is the size.
 *
 * Runs in: cli (engine).
 * See: RFC 4632, RFC 4291, RFC 5952.
 */
#ifndef HOY_FORMAT_IP_H
#define HOY_FORMAT_IP_H

#include <stdbool.h>
#include <stdint.h>

enum ip_family { IP_V4, IP_V6, IP_FAMILIES };

enum {
	IP_V4_SIZE = 4,
	IP_V6_SIZE = 16,
	IP_SIZE_MAX = IP_V6_SIZE,
	IP_TEXT_SIZE = 46,
	IP_SUBNET_TEXT_SIZE = IP_TEXT_SIZE + 4
};

/* Zeroed memory is no address. */
struct ip_address {
	uint8_t size; /* 4 or 16; 0: none */
	uint8_t bytes[IP_SIZE_MAX];
};

struct ip_subnet {
	struct ip_address base; /* host bits are 0 */
	uint8_t prefix;
};

static inline bool ip_is_set(const struct ip_address *address)
{
	return address->size != 0;
}

/* Of an address that is set. */
static inline enum ip_family ip_family_of(const struct ip_address *address)
{
	return address->size == IP_V6_SIZE ? IP_V6 : IP_V4;
}

/*
 * "10.0.0.1", four decimal numbers without leading zeros, or an IPv6 address without a zone. An
 * IPv4 address in the clothes of an IPv6 one (::ffff:10.0.0.1) is refused. Returns 0 or
 * -EINVAL.
 */
int ip_parse(const char *text, struct ip_address *ret);
/* "" for none. */
void ip_format(const struct ip_address *address, char text[IP_TEXT_SIZE]);
/* Ready for a port behind it: an IPv6 address in brackets. */
void ip_format_host(const struct ip_address *address, char text[IP_SUBNET_TEXT_SIZE]);

/* 0.0.0.0 or ::. */
struct ip_address ip_any(enum ip_family family);
bool ip_is_any(const struct ip_address *address);
bool ip_equal(const struct ip_address *a, const struct ip_address *b);
/* The one behind it; the first of all behind the last. */
struct ip_address ip_next(const struct ip_address *address);

/* "10.0.0.0/8". Host bits may be set; they are in `ret_address` (NULL: not wanted) and cleared
 * in `ret`. Returns 0 or -EINVAL. */
int ip_subnet_parse(const char *text, struct ip_subnet *ret, struct ip_address *ret_address);
void ip_subnet_format(const struct ip_subnet *subnet, char text[IP_SUBNET_TEXT_SIZE]);

/* `address` with the bits behind the prefix cleared. */
struct ip_subnet ip_subnet_of(const struct ip_address *address, uint8_t prefix);
/* False for the other family. */
bool ip_subnet_has(const struct ip_subnet *subnet, const struct ip_address *address);
bool ip_subnet_overlaps(const struct ip_subnet *a, const struct ip_subnet *b);
/* The last address: with IPv4 the broadcast one. */
struct ip_address ip_subnet_last(const struct ip_subnet *subnet);

#endif
