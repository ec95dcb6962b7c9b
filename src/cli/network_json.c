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

static struct json_object *ipam_json(const struct network *network)
{
	struct json_object *ipam = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct json_object *config = json_object_new_object();
	char subnet[IPV4_SUBNET_TEXT_SIZE];
	char range[IPV4_SUBNET_TEXT_SIZE];
	char gateway[IPV4_TEXT_SIZE];

	ipv4_subnet_format(network->subnet, subnet);
	ipv4_subnet_format(network->range, range);
	ipv4_format(network->gateway, gateway);
	add_text(config, "Subnet", subnet);
	if (!str_equal(subnet, range))
		add_text(config, "IPRange", range);
	add_text(config, "Gateway", gateway);
	(void)json_object_array_add(list, config);
	add_text(ipam, "Driver", "default");
	(void)json_object_object_add(ipam, "Options", json_object_new_object());
	(void)json_object_object_add(ipam, "Config", list);
	return ipam;
}

static struct json_object *member_json(const struct network_member *member)
{
	struct json_object *o = json_object_new_object();
	const uint8_t *mac = member->endpoint.mac;
	char address[IPV4_TEXT_SIZE];
	char text[32];

	ipv4_format(member->endpoint.address, address);
	add_text(o, "Name", member->name);
	add_text(o, "EndpointID", member->id);
	(void)snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		       mac[2], mac[3], mac[4], mac[5]);
	add_text(o, "MacAddress", text);
	(void)snprintf(text, sizeof(text), "%s/%u", address, member->endpoint.prefix);
	add_text(o, "IPv4Address", text);
	add_text(o, "IPv6Address", "");
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
	add_text(o, "Driver", "bridge");
	add_bool(o, "EnableIPv6", false);
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
	add_text(o, "Driver", "bridge");
	str_clear(&text);
	str_add_bytes(&text, network->id, is_truncating ? ID_SHORT_LEN : ID_LEN);
	add_text(o, "ID", str_text(&text));
	add_text(o, "IPv4", "true");
	add_text(o, "IPv6", "false");
	add_text(o, "Internal", network->is_internal ? "true" : "false");
	str_clear(&text);
	for (size_t i = 0; i < network->labels.count; i++)
		str_printf(&text, "%s%s", i > 0 ? "," : "", network->labels.items[i]);
	add_text(o, "Labels", str_text(&text));
	add_text(o, "Name", network->name);
	add_text(o, "Scope", "local");
	return o;
}

/* --- ports ------------------------------------------------------------------------------- */

static bool is_next(const struct port_mapping *a, const struct port_mapping *b, unsigned int n)
{
	return a->protocol == b->protocol && a->address == b->address &&
	       b->host_port == a->host_port + n && b->container_port == a->container_port + n;
}

static void add_separator(struct str *out)
{
	if (out->len > 0)
		str_add(out, ", ");
}

static void add_published(const struct endpoint *endpoint, struct str *out)
{
	for (size_t i = 0; i < endpoint->port_count;) {
		const struct port_mapping *first = &endpoint->ports[i];
		char address[IPV4_TEXT_SIZE];
		unsigned int n = 1;

		while (i + n < endpoint->port_count && is_next(first, first + n, n))
			n++;
		ipv4_format(first->has_address ? first->address : 0, address);
		add_separator(out);
		if (n == 1)
			str_printf(out, "%s:%u->%u/%s", address, first->host_port,
				   first->container_port, port_protocol_text(first->protocol));
		else
			str_printf(out, "%s:%u-%u->%u-%u/%s", address, first->host_port,
				   first->host_port + n - 1, first->container_port,
				   first->container_port + n - 1,
				   port_protocol_text(first->protocol));
		i += n;
	}
}

static bool is_published(const struct endpoint *endpoint, const char *exposed)
{
	char text[16];

	for (size_t i = 0; i < endpoint->port_count; i++) {
		(void)snprintf(text, sizeof(text), "%u/%s", endpoint->ports[i].container_port,
			       port_protocol_text(endpoint->ports[i].protocol));
		if (str_equal(text, exposed))
			return true;
	}
	return false;
}

void network_ports_text(const struct endpoint *endpoint, const struct strv *exposed,
			struct str *out)
{
	add_published(endpoint, out);
	for (size_t i = 0; i < exposed->count; i++) {
		if (is_published(endpoint, exposed->items[i]))
			continue;
		add_separator(out);
		str_add(out, exposed->items[i]);
	}
}
