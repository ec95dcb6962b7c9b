/*
 * IPv4 addresses and subnets as numbers in host order.
 *
 * Runs in: cli (engine).
 * See: RFC 4632.
 */
#ifndef HOY_FORMAT_IPV4_H
#define HOY_FORMAT_IPV4_H

#include <stdbool.h>
#include <stdint.h>

enum { IPV4_TEXT_SIZE = 16, IPV4_SUBNET_TEXT_SIZE = 20 };

struct ipv4_subnet {
	uint32_t base; /* host bits are 0 */
	uint8_t prefix;
};

/* "10.0.0.1", four decimal numbers without leading zeros. Returns 0 or -EINVAL. */
int ipv4_parse(const char *text, uint32_t *ret);
void ipv4_format(uint32_t address, char text[IPV4_TEXT_SIZE]);

/* "10.0.0.0/8". Host bits may be set; they are in `ret_address` (NULL: not wanted) and cleared
 * in `ret`. Returns 0 or -EINVAL. */
int ipv4_subnet_parse(const char *text, struct ipv4_subnet *ret, uint32_t *ret_address);
void ipv4_subnet_format(struct ipv4_subnet subnet, char text[IPV4_SUBNET_TEXT_SIZE]);

uint32_t ipv4_mask(uint8_t prefix);
bool ipv4_subnet_has(struct ipv4_subnet subnet, uint32_t address);
bool ipv4_subnet_overlaps(struct ipv4_subnet a, struct ipv4_subnet b);
/* The last address: broadcast. */
uint32_t ipv4_subnet_last(struct ipv4_subnet subnet);

#endif
