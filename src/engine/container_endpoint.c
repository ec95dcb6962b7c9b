/*
 * See container_endpoint.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_endpoint.h"

#include <stdio.h>
#include <string.h>

#include "network/lease.h"

#define OPTION_INTERFACE "com.docker.network.endpoint.ifname"

enum { INTERFACE_NUMBERS = 1000 };

static const char *wanted_text(const struct endpoint_request *request, enum ip_family family)
{
	return family == IP_V4 ? request->ip_address : request->ip6_address;
}

/* None when nothing was asked for. */
static int wanted_address(const struct endpoint_request *request, enum ip_family family,
			  struct ip_address *ret, struct err *e)
{
	const char *text = wanted_text(request, family);

	*ret = (struct ip_address){ 0 };
	if (str_is_empty(text))
		return 0;
	if (ip_parse(text, ret) < 0 || ip_family_of(ret) != family)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid IPv%d address: %s",
			       family == IP_V4 ? 4 : 6, text);
	return 0;
}

/* --- can it be had? ---------------------------------------------------------------------- */

/* On the default network containers are known by their addresses alone, and those are given. */
static int check_default(const struct endpoint_request *request, struct err *e)
{
	if (!str_is_empty(request->ip_address) || !str_is_empty(request->ip6_address))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "user specified IP address is supported on user defined "
			       "networks only");
	if (request->aliases.count > 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "network-scoped alias is supported only for containers in user "
			       "defined networks");
	return 0;
}

static int check_address(const struct network *network, const struct endpoint_request *request,
			 enum ip_family family, struct err *e)
{
	struct ip_address wanted;
	int r = wanted_address(request, family, &wanted, e);

	if (r < 0 || !ip_is_set(&wanted))
		return r;
	if (!network_has(network, family))
		return err_set(e, ERR_INVALID, -EINVAL, "network %s has no IPv%d",
			       network->name, family == IP_V4 ? 4 : 6);
	if (!ip_subnet_has(&network->pools[family].subnet, &wanted))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "no configured subnet of network %s contains IP address %s",
			       network->name, wanted_text(request, family));
	return 0;
}

static bool is_interface_name(const char *text)
{
	return text[0] != '\0' && strlen(text) < IFNAMSIZ && !strpbrk(text, "/: \t\n%") &&
	       strcmp(text, ".") != 0 && strcmp(text, "..") != 0 && strcmp(text, "lo") != 0;
}

static int check_driver_options(const struct strv *options, struct err *e)
{
	for (size_t i = 0; i < options->count; i++) {
		const char *option = options->items[i];

		if (!str_starts(option, OPTION_INTERFACE "="))
			return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
				       "the driver option %.*s is not supported yet",
				       (int)strcspn(option, "="), option);
		if (!is_interface_name(option + strlen(OPTION_INTERFACE "=")))
			return err_set(e, ERR_INVALID, -EINVAL, "invalid interface name: %s",
				       option + strlen(OPTION_INTERFACE "="));
	}
	return 0;
}

int container_endpoint_check(const struct network *network,
			     const struct endpoint_request *request, struct err *e)
{
	int r = strcmp(network->name, NETWORK_DEFAULT) == 0 ? check_default(request, e) : 0;

	if (r == 0)
		r = check_address(network, request, IP_V4, e);
	if (r == 0)
		r = check_address(network, request, IP_V6, e);
	return r < 0 ? r : check_driver_options(&request->driver_options, e);
}

/* --- what it will be --------------------------------------------------------------------- */

static bool has_interface(const struct endpoints *endpoints, const char *name)
{
	for (size_t i = 0; i < endpoints->count; i++) {
		if (strcmp(endpoints->items[i].interface, name) == 0)
			return true;
	}
	return false;
}

static int choose_interface(const struct network *network,
			    const struct endpoint_request *request,
			    const struct endpoints *others, char ret[IFNAMSIZ], struct err *e)
{
	const char *wanted = strv_env_get(&request->driver_options, OPTION_INTERFACE);

	if (wanted && str_copy(ret, IFNAMSIZ, wanted) == 0) {
		if (!has_interface(others, ret))
			return 0;
		return err_set(e, ERR_INVALID, -EEXIST,
			       "the container has an interface %s already", wanted);
	}
	for (int i = 0; i < INTERFACE_NUMBERS; i++) {
		(void)snprintf(ret, IFNAMSIZ, "%s%d", network->interface_prefix, i);
		if (!has_interface(others, ret))
			return 0;
	}
	return err_set(e, ERR_INVALID, -ENFILE, "no name is free for an interface");
}

int container_endpoint_plan(const struct network *network,
			    const struct endpoint_request *request, const char *container_id,
			    const struct endpoints *others, struct endpoint *ret, struct err *e)
{
	char interface[IFNAMSIZ];
	int r = choose_interface(network, request, others, interface, e);

	if (r < 0)
		return r;
	endpoint_init(ret, network, container_id, interface);
	ret->priority = request->gateway_priority;
	return 0;
}

int container_endpoint_lease(const struct state *state, const struct network *network,
			     const struct endpoint_request *request, const char *container_id,
			     struct endpoint *endpoint, struct err *e)
{
	for (int i = 0; i < IP_FAMILIES; i++) {
		enum ip_family family = (enum ip_family)i;
		struct ip_address wanted;
		int r;

		if (!network_has(network, family))
			continue;
		r = wanted_address(request, family, &wanted, e);
		if (r == 0)
			r = lease_take(state, network, family, container_id, &wanted,
				       &endpoint->addresses[i].address, e);
		if (r < 0)
			return r;
	}
	if (str_is_empty(request->mac_address) ||
	    mac_parse(request->mac_address, endpoint->mac) < 0)
		endpoint_make_mac(endpoint);
	return 0;
}
