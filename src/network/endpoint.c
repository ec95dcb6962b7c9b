/*
 * See endpoint.h.
 *
 * Runs in: cli (engine).
 */
#include "network/endpoint.h"

#include <stdio.h>
#include <string.h>

#define HOST_INTERFACE_PREFIX "veth"

/* --- what follows from what -------------------------------------------------------------- */

static unsigned int hex_value(char c)
{
	return c <= '9' ? (unsigned int)(c - '0') : (unsigned int)(c - 'a') + 10;
}

void endpoint_id(const char *network_id, const char *container_id, char ret[ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < ID_LEN; i++)
		ret[i] = digits[hex_value(network_id[i]) ^ hex_value(container_id[i])];
	ret[ID_LEN] = '\0';
}

void endpoint_init(struct endpoint *endpoint, const struct network *network,
		   const char *container_id, const char *interface)
{
	char id[ID_SIZE];

	*endpoint = (struct endpoint){ .is_internal = network->is_internal };
	for (int i = 0; i < IP_FAMILIES; i++) {
		const struct network_pool *pool = &network->pools[i];

		endpoint->addresses[i].prefix = pool->subnet.prefix;
		if (!network->is_internal)
			endpoint->addresses[i].gateway = pool->gateway;
	}
	(void)str_copy(endpoint->network, sizeof(endpoint->network), network->name);
	(void)str_copy(endpoint->network_id, sizeof(endpoint->network_id), network->id);
	(void)str_copy(endpoint->bridge, sizeof(endpoint->bridge), network->bridge);
	(void)str_copy(endpoint->interface, sizeof(endpoint->interface), interface);
	endpoint_id(network->id, container_id, id);
	(void)snprintf(endpoint->host_interface, sizeof(endpoint->host_interface),
		       HOST_INTERFACE_PREFIX "%s", id);
}

void endpoint_make_mac(struct endpoint *endpoint)
{
	static const uint8_t prefix[2] = { 0x02, 0x42 };
	const struct ip_address *v4 = &endpoint->addresses[IP_V4].address;
	const uint8_t *v6 = endpoint->addresses[IP_V6].address.bytes + IP_V6_SIZE / 2;
	uint8_t *rest = endpoint->mac + sizeof(prefix);

	memcpy(endpoint->mac, prefix, sizeof(prefix));
	for (size_t i = 0; i < IP_V4_SIZE; i++)
		rest[i] = ip_is_set(v4) ? v4->bytes[i] : v6[i] ^ v6[i + IP_V4_SIZE];
}

struct endpoint *endpoints_find(const struct endpoints *endpoints, const char *network_id)
{
	for (size_t i = 0; i < endpoints->count; i++) {
		if (strcmp(endpoints->items[i].network_id, network_id) == 0)
			return &endpoints->items[i];
	}
	return NULL;
}

/* --- the way out ------------------------------------------------------------------------- */

static bool has_gateway(const struct endpoint *endpoint, enum ip_family family)
{
	return ip_is_set(&endpoint->addresses[family].gateway);
}

static bool is_better(const struct endpoint *a, const struct endpoint *b)
{
	bool is_dual = has_gateway(a, IP_V4) && has_gateway(a, IP_V6);
	bool is_other_dual = has_gateway(b, IP_V4) && has_gateway(b, IP_V6);

	if (a->priority != b->priority)
		return a->priority > b->priority;
	if (is_dual != is_other_dual)
		return is_dual;
	return strcmp(a->network, b->network) < 0;
}

const struct endpoint *endpoints_gateway(const struct endpoints *endpoints,
					 enum ip_family family)
{
	const struct endpoint *best = NULL;

	for (size_t i = 0; i < endpoints->count; i++) {
		const struct endpoint *endpoint = &endpoints->items[i];

		if (has_gateway(endpoint, family) && (!best || is_better(endpoint, best)))
			best = endpoint;
	}
	return best;
}
