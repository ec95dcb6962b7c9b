/*
 * What `network create` was told: subnets, gateways, ranges, reserved addresses, and docker's
 * driver options.
 *
 * Runs in: cli (engine); a pure function.
 * See: docker network create, "Bridge driver options".
 */
#include <stdio.h>
#include <string.h>

#include "format/option.h"
#include "network/network.h"

enum { MTU_MIN = 68, MTU_MAX = 65535 };

static int bad(struct err *e, const char *what, const char *text)
{
	return err_set(e, ERR_INVALID, -EINVAL, "invalid %s: %s", what, text);
}

/* --- addresses --------------------------------------------------------------------------- */

/* Room for a gateway and a container at least. */
static uint8_t longest_prefix(enum ip_family family)
{
	return family == IP_V4 ? 30 : 126;
}

/* Addresses that no container could have: this host's own, links', groups'. */
static bool is_special(const struct ip_subnet *subnet)
{
	static const char *const special[] = { "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3",
					       "::/8",	    "fe80::/10",   "ff00::/8" };

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		struct ip_subnet other;

		if (ip_subnet_parse(special[i], &other, NULL) == 0 &&
		    ip_subnet_overlaps(subnet, &other))
			return true;
	}
	return false;
}

static int subnet_apply(struct network *network, const char *text, struct err *e)
{
	struct ip_address address;
	char right[IP_SUBNET_TEXT_SIZE];
	struct network_pool *pool;
	struct ip_subnet subnet;
	enum ip_family family;

	if (ip_subnet_parse(text, &subnet, &address) < 0)
		return bad(e, "subnet", text);
	family = ip_family_of(&address);
	pool = &network->pools[family];
	if (subnet.prefix == 0 || subnet.prefix > longest_prefix(family))
		return bad(e, "subnet", text);
	if (is_special(&subnet))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid subnet %s: its addresses are not for hosts", text);
	if (!ip_equal(&address, &subnet.base)) {
		ip_subnet_format(&subnet, right);
		return err_set(e, ERR_INVALID, -EINVAL, "invalid subnet %s: it should be %s",
			       text, right);
	}
	if (network_has(network, family))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "bridge networks have one subnet of each family: %s is a second",
			       text);
	*pool = (struct network_pool){ .subnet = subnet,
				       .range = subnet,
				       .gateway = ip_next(&subnet.base) };
	return 0;
}

/* The pool that the address is in; NULL. */
static struct network_pool *pool_of(struct network *network, const struct ip_address *address)
{
	for (int i = 0; i < IP_FAMILIES; i++) {
		if (network_has(network, (enum ip_family)i) &&
		    ip_subnet_has(&network->pools[i].subnet, address))
			return &network->pools[i];
	}
	return NULL;
}

static int no_subnet(const struct network *network, const char *what, const char *text,
		     struct err *e)
{
	if (!network_has(network, IP_V4) && !network_has(network, IP_V6))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "every ip-range or gateway must have a corresponding subnet");
	return err_set(e, ERR_INVALID, -EINVAL, "no matching subnet for %s %s", what, text);
}

static bool is_usable(const struct network_pool *pool, const struct ip_address *address)
{
	struct ip_address last = ip_subnet_last(&pool->subnet);

	return !ip_equal(address, &pool->subnet.base) &&
	       (ip_family_of(address) == IP_V6 || !ip_equal(address, &last));
}

static int gateway_apply(struct network *network, const char *text, struct err *e)
{
	struct ip_address address;
	struct network_pool *pool;

	if (ip_parse(text, &address) < 0)
		return bad(e, "gateway", text);
	pool = pool_of(network, &address);
	if (!pool)
		return no_subnet(network, "gateway", text, e);
	if (!is_usable(pool, &address))
		return bad(e, "gateway", text);
	pool->gateway = address;
	return 0;
}

static int range_apply(struct network *network, const char *text, struct err *e)
{
	struct network_pool *pool;
	struct ip_subnet range;

	if (ip_subnet_parse(text, &range, NULL) < 0)
		return bad(e, "ip-range", text);
	pool = pool_of(network, &range.base);
	if (!pool || range.prefix < pool->subnet.prefix)
		return no_subnet(network, "range", text, e);
	pool->range = range;
	return 0;
}

static int reserved_apply(struct network *network, const char *text, struct arena *arena,
			  struct err *e)
{
	const char *equals = strchr(text, '=');
	struct ip_address address;
	struct network_pool *pool;

	if (!equals || equals == text || ip_parse(equals + 1, &address) < 0)
		return bad(e, "aux-address", text);
	pool = pool_of(network, &address);
	if (!pool)
		return no_subnet(network, "aux-address", equals + 1, e);
	strv_env_set(&pool->reserved, arena, text);
	return arena_ok(arena) < 0 ? err_sys(e, ENOMEM, "reserve %s", text) : 0;
}

static int families_check(const struct network_request *request, const struct network *network,
			  struct err *e)
{
	if (request->is_without_ipv4 && network_has(network, IP_V4))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "an IPv4 subnet for a network without IPv4");
	if (request->is_without_ipv4 && !request->is_with_ipv6 && !network_has(network, IP_V6))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "IPv4 or IPv6 must be enabled: a network has addresses");
	return 0;
}

/* One gateway and one range for each subnet; behind this every one of them is valid. */
static int check_one_each(const struct network *network, const struct strv *texts,
			  const char *what, struct err *e)
{
	const char *of_pool[IP_FAMILIES] = { NULL };

	for (size_t i = 0; i < texts->count; i++) {
		struct ip_subnet given;
		char subnet[IP_SUBNET_TEXT_SIZE];
		enum ip_family family;

		if (ip_subnet_parse(texts->items[i], &given, NULL) < 0 &&
		    ip_parse(texts->items[i], &given.base) < 0)
			continue;
		family = ip_family_of(&given.base);
		ip_subnet_format(&network->pools[family].subnet, subnet);
		if (of_pool[family])
			return err_set(e, ERR_INVALID, -EINVAL,
				       "cannot configure multiple %s (%s, %s) for the same "
				       "subnet (%s)",
				       what, texts->items[i], of_pool[family], subnet);
		of_pool[family] = texts->items[i];
	}
	return 0;
}

static int addresses_apply(const struct network_request *request, struct arena *arena,
			   struct network *network, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < request->subnets.count && r == 0; i++)
		r = subnet_apply(network, request->subnets.items[i], e);
	if (r == 0)
		r = families_check(request, network, e);
	for (size_t i = 0; i < request->gateways.count && r == 0; i++)
		r = gateway_apply(network, request->gateways.items[i], e);
	for (size_t i = 0; i < request->ip_ranges.count && r == 0; i++)
		r = range_apply(network, request->ip_ranges.items[i], e);
	if (r == 0)
		r = check_one_each(network, &request->gateways, "gateways", e);
	if (r == 0)
		r = check_one_each(network, &request->ip_ranges, "ranges", e);
	for (size_t i = 0; i < request->reserved.count && r == 0; i++)
		r = reserved_apply(network, request->reserved.items[i], arena, e);
	return r;
}

/* --- driver options ---------------------------------------------------------------------- */

/* The kernel takes more; but the name stands in rules, where a '*' or a quote means
 * something. */
static bool is_interface_name(const char *text, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";

	return text[0] != '\0' && strlen(text) < size &&
	       strspn(text, letters) == strlen(text) && strcmp(text, ".") != 0 &&
	       strcmp(text, "..") != 0;
}

static int set_bridge_name(struct network *network, const char *value, struct err *e)
{
	if (!is_interface_name(value, IFNAMSIZ))
		return bad(e, "bridge name", value);
	(void)str_copy(network->bridge, sizeof(network->bridge), value);
	return 0;
}

static int set_interface_prefix(struct network *network, const char *value, struct err *e)
{
	if (!is_interface_name(value, INTERFACE_PREFIX_SIZE))
		return bad(e, "container_iface_prefix", value);
	(void)str_copy(network->interface_prefix, sizeof(network->interface_prefix), value);
	return 0;
}

static int set_mtu(struct network *network, const char *value, struct err *e)
{
	uint64_t mtu;

	if (parse_u64(value, MTU_MIN, MTU_MAX, &mtu) < 0)
		return bad(e, "mtu", value);
	network->mtu = (uint32_t)mtu;
	return 0;
}

static int set_masquerade(struct network *network, const char *value, struct err *e)
{
	return option_parse_bool(value, &network->has_masquerade, NULL) < 0
		       ? bad(e, "enable_ip_masquerade", value)
		       : 0;
}

static int set_icc(struct network *network, const char *value, struct err *e)
{
	return option_parse_bool(value, &network->has_icc, NULL) < 0
		       ? bad(e, "enable_icc", value)
		       : 0;
}

static int set_host_binding(struct network *network, const char *value, struct err *e)
{
	return ip_parse(value, &network->host_binding) < 0 ? bad(e, "host binding", value) : 0;
}

static const struct {
	const char *key;
	int (*set)(struct network *network, const char *value, struct err *e);
} driver_options[] = {
	{ "com.docker.network.bridge.name", set_bridge_name },
	{ "com.docker.network.bridge.enable_icc", set_icc },
	{ "com.docker.network.bridge.enable_ip_masquerade", set_masquerade },
	{ "com.docker.network.bridge.host_binding_ipv4", set_host_binding },
	{ "com.docker.network.container_iface_prefix", set_interface_prefix },
	{ "com.docker.network.driver.mtu", set_mtu },
	{ "mtu", set_mtu },
};

static int option_apply(struct network *network, const char *assignment, struct err *e)
{
	const char *equals = strchr(assignment, '=');
	size_t len = equals ? (size_t)(equals - assignment) : strlen(assignment);

	for (size_t i = 0; i < sizeof(driver_options) / sizeof(driver_options[0]); i++) {
		if (strlen(driver_options[i].key) == len &&
		    strncmp(driver_options[i].key, assignment, len) == 0)
			return driver_options[i].set(network, equals ? equals + 1 : "", e);
	}
	return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
		       "the driver option %.*s is not supported yet", (int)len, assignment);
}

int network_options_apply(const struct network_request *request, struct arena *arena,
			  struct network *network, struct err *e)
{
	int r = addresses_apply(request, arena, network, e);

	network->mtu = NETWORK_MTU_DEFAULT;
	network->has_masquerade = true;
	network->has_icc = true;
	network->is_internal = request->is_internal;
	(void)str_copy(network->interface_prefix, sizeof(network->interface_prefix), "eth");
	for (size_t i = 0; i < request->options.count && r == 0; i++)
		r = option_apply(network, request->options.items[i], e);
	return r;
}
