/*
 * See network.h.
 *
 * Runs in: cli (engine); pure functions.
 * See: docker's default address pools, 172.17.0.0/16 to 172.31.0.0/16 and 192.168.0.0/16;
 * RFC 4193, whose "global ID" must be random.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "network/network.h"

static const struct ip_subnet pool_default = { { IP_V4_SIZE, { 172, 17 } }, 16 };

enum {
	POOL_PREFIX = 24,
	POOL_SHIFT = 32 - POOL_PREFIX,
	POOLS_MAX = 4096,
	ULA_BYTE = 0xfd,
	ULA_RANDOM = 7, /* bytes between that and the /64 */
	ULA_PREFIX = 64,
	ULA_TRIES = ID_LEN / 2 - ULA_RANDOM
};

/* Where the small ones are cut from: 172.18.0.0 to 172.31.255.255, then 192.168.0.0/16, of
 * which the first sixteen are left to the home routers of this world. */
static const struct {
	uint32_t first;
	uint32_t last;
} pools[] = { { 0xac120000, 0xac1fffff }, { 0xc0a81000, 0xc0a8ffff } };

static bool is_free(const struct ip_subnet *subnet, const struct ip_subnet *taken, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (ip_subnet_overlaps(subnet, &taken[i]))
			return false;
	}
	return true;
}

static uint32_t number_of(const struct ip_address *address)
{
	uint32_t number;

	memcpy(&number, address->bytes, sizeof(number));
	return ntohl(number);
}

/* Which of the small ones of this pool the subnet meets. */
static void mark(bool marks[POOLS_MAX], size_t pool, const struct ip_subnet *subnet)
{
	struct ip_address end = ip_subnet_last(subnet);
	uint32_t first = number_of(&subnet->base);
	uint32_t last = number_of(&end);

	if (ip_family_of(&subnet->base) != IP_V4 || !ip_is_set(&subnet->base) ||
	    last < pools[pool].first || first > pools[pool].last)
		return;
	first = first > pools[pool].first ? first : pools[pool].first;
	last = last < pools[pool].last ? last : pools[pool].last;
	for (uint32_t i = (first - pools[pool].first) >> POOL_SHIFT;
	     i <= (last - pools[pool].first) >> POOL_SHIFT; i++)
		marks[i] = true;
}

static int choose_within(size_t pool, const struct ip_subnet *taken, size_t count,
			 struct ip_subnet *ret)
{
	uint32_t size = (pools[pool].last - pools[pool].first + 1) >> POOL_SHIFT;
	bool marks[POOLS_MAX] = { false };

	for (size_t i = 0; i < count; i++)
		mark(marks, pool, &taken[i]);
	for (uint32_t i = 0; i < size; i++) {
		uint32_t base = htonl(pools[pool].first + (i << POOL_SHIFT));
		struct ip_subnet subnet = { { .size = IP_V4_SIZE }, POOL_PREFIX };

		if (marks[i])
			continue;
		memcpy(subnet.base.bytes, &base, sizeof(base));
		*ret = subnet;
		return 0;
	}
	return -EADDRINUSE;
}

int network_pool_choose(bool is_default, const struct ip_subnet *taken, size_t count,
			struct ip_subnet *ret)
{
	int r = -EADDRINUSE;

	if (is_default && is_free(&pool_default, taken, count)) {
		*ret = pool_default;
		return 0;
	}
	for (size_t i = 0; r < 0 && i < sizeof(pools) / sizeof(pools[0]); i++)
		r = choose_within(i, taken, count, ret);
	return r;
}

/* `at`: which byte of the id comes first. */
static struct ip_subnet subnet_from_id(const char *id, int at)
{
	struct ip_subnet subnet = { { IP_V6_SIZE, { ULA_BYTE } }, ULA_PREFIX };

	for (int i = 0; i < ULA_RANDOM; i++)
		(void)sscanf(id + 2 * (at + i), "%2hhx", &subnet.base.bytes[1 + i]);
	return subnet;
}

int network_pool_choose_v6(const char *id, const struct ip_subnet *taken, size_t count,
			   struct ip_subnet *ret)
{
	for (int at = 0; at <= ULA_TRIES; at++) {
		struct ip_subnet subnet = subnet_from_id(id, at);

		if (is_free(&subnet, taken, count)) {
			*ret = subnet;
			return 0;
		}
	}
	return -EADDRINUSE;
}
