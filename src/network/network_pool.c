/*
 * See network.h.
 *
 * Runs in: cli (engine); a pure function.
 * See: docker's default address pools, 172.17.0.0/16 to 172.31.0.0/16 and 192.168.0.0/16.
 */
#include <errno.h>

#include "network/network.h"

#define POOL_DEFAULT UINT32_C(0xac110000) /* 172.17.0.0 */

/* Where the small ones are cut from: 172.18.0.0 to 172.31.255.255, then 192.168.0.0/16, of which
 * the first sixteen are left to the home routers of this world. */
static const struct {
	uint32_t first;
	uint32_t last;
} pools[] = { { 0xac120000, 0xac1fff00 }, { 0xc0a81000, 0xc0a8ff00 } };

enum { POOL_DEFAULT_PREFIX = 16, POOL_PREFIX = 24 };

static bool is_free(struct ipv4_subnet subnet, const struct ipv4_subnet *taken, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (ipv4_subnet_overlaps(subnet, taken[i]))
			return false;
	}
	return true;
}

int network_pool_choose(bool is_default, const struct ipv4_subnet *taken, size_t count,
			struct ipv4_subnet *ret)
{
	struct ipv4_subnet subnet = { POOL_DEFAULT, POOL_DEFAULT_PREFIX };

	if (is_default && is_free(subnet, taken, count)) {
		*ret = subnet;
		return 0;
	}
	subnet.prefix = POOL_PREFIX;
	for (size_t i = 0; i < sizeof(pools) / sizeof(pools[0]); i++) {
		for (subnet.base = pools[i].first; subnet.base <= pools[i].last;
		     subnet.base += ~ipv4_mask(POOL_PREFIX) + 1) {
			if (is_free(subnet, taken, count)) {
				*ret = subnet;
				return 0;
			}
		}
	}
	return -EADDRINUSE;
}
