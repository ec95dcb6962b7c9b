/*
 * What `network create` was told: subnet, gateway, range, and docker's driver options.
 *
 * Runs in: cli (engine); a pure function.
 * See: docker network create, "Bridge driver options".
 */
#include <stdio.h>
#include <string.h>

#include "format/option.h"
#include "network/network.h"

enum { PREFIX_LONGEST = 30, MTU_MIN = 68, MTU_MAX = 65535 };

static int bad(struct err *e, const char *what, const char *text)
{
	return err_set(e, ERR_INVALID, -EINVAL, "invalid %s: %s", what, text);
}

static int subnet_apply(const struct network_request *request, struct network *network,
			struct err *e)
{
	uint32_t address;

	if (request->subnet) {
		if (strchr(request->subnet, ':'))
			return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
				       "an IPv6 subnet is not supported yet: %s",
				       request->subnet);
		if (ipv4_subnet_parse(request->subnet, &network->subnet, &address) < 0 ||
		    network->subnet.prefix == 0 || network->subnet.prefix > PREFIX_LONGEST)
			return bad(e, "subnet", request->subnet);
		if (address != network->subnet.base)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "invalid subnet %s: it should be the network's first "
				       "address",
				       request->subnet);
	} else if (request->gateway || request->ip_range) {
		return err_set(e, ERR_INVALID, -EINVAL,
			       "every ip-range or gateway must have a corresponding subnet");
	}
	return 0;
}

static int gateway_apply(const struct network_request *request, struct network *network,
			 struct err *e)
{
	network->gateway = network->subnet.base + 1;
	network->range = network->subnet;
	if (request->gateway && (ipv4_parse(request->gateway, &network->gateway) < 0 ||
				 !ipv4_subnet_has(network->subnet, network->gateway) ||
				 network->gateway == network->subnet.base ||
				 network->gateway == ipv4_subnet_last(network->subnet)))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid gateway: %s is not an address of subnet %s",
			       request->gateway, request->subnet);
	if (request->ip_range &&
	    (ipv4_subnet_parse(request->ip_range, &network->range, NULL) < 0 ||
	     network->range.prefix < network->subnet.prefix ||
	     !ipv4_subnet_has(network->subnet, network->range.base)))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid ip-range: %s is not a part of subnet %s",
			       request->ip_range, request->subnet);
	return 0;
}

static int set_bridge_name(struct network *network, const char *value, struct err *e)
{
	if (value[0] == '\0' || strlen(value) >= IFNAMSIZ || strpbrk(value, "/: \t\n") ||
	    strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
		return bad(e, "bridge name", value);
	(void)str_copy(network->bridge, sizeof(network->bridge), value);
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

static int set_host_binding(struct network *network, const char *value, struct err *e)
{
	return ipv4_parse(value, &network->host_binding) < 0 ? bad(e, "host binding", value)
							     : 0;
}

static const struct {
	const char *key;
	int (*set)(struct network *network, const char *value, struct err *e);
} driver_options[] = {
	{ "com.docker.network.bridge.name", set_bridge_name },
	{ "com.docker.network.bridge.enable_ip_masquerade", set_masquerade },
	{ "com.docker.network.bridge.host_binding_ipv4", set_host_binding },
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

int network_options_apply(const struct network_request *request, struct network *network,
			  struct err *e)
{
	int r = subnet_apply(request, network, e);

	if (r == 0 && request->subnet)
		r = gateway_apply(request, network, e);
	network->mtu = NETWORK_MTU_DEFAULT;
	network->has_masquerade = true;
	network->is_internal = request->is_internal;
	for (size_t i = 0; i < request->options.count && r == 0; i++)
		r = option_apply(network, request->options.items[i], e);
	return r;
}
