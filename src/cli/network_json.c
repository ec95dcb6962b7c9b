/*
 * See network_json.h.
 *
 * Runs in: cli.
 */
#include "cli/network_json.h"

#include <stdio.h>

#include "base/clock.h"
#include "format/json.h"
#include "format/text.h"

static void add_text(struct json_object *o, const char *key, const char *text)
{
	(void)json_object_object_add(o, key, json_new_text(text));
}

static void add_bool(struct json_object *o, const char *key, bool value)
{
	(void)json_object_object_add(o, key, json_object_new_boolean(value));
}

/* As docker says it of host and none. */
static bool has_ipv4(const struct network *network)
{
	return network_has(network, IP_V4) || !network_has_record(network->name);
}

static struct json_object *pool_json(const struct network_pool *pool)
{
	struct json_object *o = json_object_new_object();
	char subnet[IP_SUBNET_TEXT_SIZE];
	char range[IP_SUBNET_TEXT_SIZE];
	char gateway[IP_TEXT_SIZE];

	ip_subnet_format(&pool->subnet, subnet);
	ip_subnet_format(&pool->range, range);
	ip_format(&pool->gateway, gateway);
	add_text(o, "Subnet", subnet);
	if (!str_equal(subnet, range))
		add_text(o, "IPRange", range);
	add_text(o, "Gateway", gateway);
	if (pool->reserved.count > 0)
		(void)json_object_object_add(o, "AuxiliaryAddresses",
					     json_new_map(&pool->reserved));
	return o;
}

static struct json_object *ipam_json(const struct network *network)
{
	struct json_object *ipam = json_object_new_object();
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < IP_FAMILIES; i++) {
		if (network_has(network, (enum ip_family)i))
			(void)json_object_array_add(list, pool_json(&network->pools[i]));
	}
	add_text(ipam, "Driver", "default");
	(void)json_object_object_add(ipam, "Options", json_object_new_object());
	(void)json_object_object_add(ipam, "Config", list);
	return ipam;
}

static void add_address(struct json_object *o, const char *key,
			const struct endpoint_address *address)
{
	char plain[IP_TEXT_SIZE];
	char text[IP_SUBNET_TEXT_SIZE] = "";

	ip_format(&address->address, plain);
	if (plain[0])
		(void)snprintf(text, sizeof(text), "%s/%u", plain, address->prefix);
	add_text(o, key, text);
}

static struct json_object *member_json(const struct network_member *member)
{
	struct json_object *o = json_object_new_object();
	char mac[MAC_TEXT_SIZE] = "";
	char id[ID_SIZE];

	endpoint_id(member->endpoint.network_id, member->id, id);
	if (member->endpoint.interface[0])
		mac_format(member->endpoint.mac, mac);
	add_text(o, "Name", member->name);
	add_text(o, "EndpointID", id);
	add_text(o, "MacAddress", mac);
	add_address(o, "IPv4Address", &member->endpoint.addresses[IP_V4]);
	add_address(o, "IPv6Address", &member->endpoint.addresses[IP_V6]);
	return o;
}

struct json_object *network_json(const struct network *network,
				 const struct network_member *members, size_t count)
{
	struct json_object *o = json_object_new_object();
	struct json_object *containers = json_object_new_object();
	char created[CLOCK_TEXT_SIZE];

	if (!o || !containers)
		return NULL;
	clock_text(network->created_ns, created);
	for (size_t i = 0; i < count; i++)
		(void)json_object_object_add(containers, members[i].id,
					     member_json(&members[i]));
	add_text(o, "Name", network->name);
	add_text(o, "Id", network->id);
	add_text(o, "Created", created);
	add_text(o, "Scope", "local");
	add_text(o, "Driver", network_driver(network->name));
	add_bool(o, "EnableIPv4", has_ipv4(network));
	add_bool(o, "EnableIPv6", network_has(network, IP_V6));
	(void)json_object_object_add(o, "IPAM", ipam_json(network));
	add_bool(o, "Internal", network->is_internal);
	add_bool(o, "Attachable", false);
	add_bool(o, "Ingress", false);
	(void)json_object_object_add(o, "ConfigFrom", json_object_new_object());
	add_bool(o, "ConfigOnly", false);
	(void)json_object_object_add(o, "Containers", containers);
	(void)json_object_object_add(o, "Options", json_new_map(&network->options));
	(void)json_object_object_add(o, "Labels", json_new_map(&network->labels));
	return o;
}

struct json_object *network_row(const struct network *network, bool is_truncating)
{
	struct json_object *o = json_object_new_object();
	AUTO_STR struct str text = { 0 };

	if (!o)
		return NULL;
	text_created_at(network->created_ns, &text);
	add_text(o, "CreatedAt", str_text(&text));
	add_text(o, "Driver", network_driver(network->name));
	str_clear(&text);
	str_add_bytes(&text, network->id, is_truncating ? ID_SHORT_LEN : ID_LEN);
	add_text(o, "ID", str_text(&text));
	add_text(o, "IPv4", has_ipv4(network) ? "true" : "false");
	add_text(o, "IPv6", network_has(network, IP_V6) ? "true" : "false");
	add_text(o, "Internal", network->is_internal ? "true" : "false");
	str_clear(&text);
	for (size_t i = 0; i < network->labels.count; i++)
		str_printf(&text, "%s%s", i > 0 ? "," : "", network->labels.items[i]);
	add_text(o, "Labels", str_text(&text));
	add_text(o, "Name", network->name);
	add_text(o, "Scope", "local");
	return o;
}
