/*
 * NetworkSettings of docker inspect's object of a container.
 *
 * Runs in: cli (engine).
 * See: inspect_network.h.
 */
#include "engine/inspect_network.h"

#include <stdio.h>
#include <string.h>

#include "engine/container_names.h"
#include "engine/container_network.h"
#include "engine/networks.h"

/* --- ports ------------------------------------------------------------------------------- */

static void port_key(const struct port_mapping *port, char key[16])
{
	(void)snprintf(key, 16, "%u/%s", port->container_port,
		       port_protocol_text(port->protocol));
}

static bool is_same_inside(const struct port_mapping *a, const struct port_mapping *b)
{
	return a->container_port == b->container_port && a->protocol == b->protocol;
}

static bool is_first(const struct endpoints *endpoints, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (is_same_inside(&endpoints->ports[i], &endpoints->ports[index]))
			return false;
	}
	return true;
}

static void write_bindings(struct json_writer *w, const struct endpoints *endpoints,
			   size_t first)
{
	char key[16];

	port_key(&endpoints->ports[first], key);
	json_begin_array(w, key);
	for (size_t i = first; i < endpoints->port_count; i++) {
		const struct port_mapping *port = &endpoints->ports[i];
		char address[IP_TEXT_SIZE];
		char number[8];

		if (!is_same_inside(port, &endpoints->ports[first]))
			continue;
		ip_format(&port->address, address);
		(void)snprintf(number, sizeof(number), "%u", port->host_port);
		json_begin_object(w, NULL);
		json_write_text(w, "HostIp", address);
		json_write_text(w, "HostPort", number);
		json_end_object(w);
	}
	json_end_array(w);
}

static bool is_bound(const struct endpoints *endpoints, const char *exposed)
{
	for (size_t i = 0; i < endpoints->port_count; i++) {
		char key[16];

		port_key(&endpoints->ports[i], key);
		if (strcmp(key, exposed) == 0)
			return true;
	}
	return false;
}

static void write_ports(struct json_writer *w, const struct container *container,
			const struct endpoints *endpoints)
{
	const struct strv *exposed = &container->record.config.exposed_ports;

	json_begin_object(w, "Ports");
	for (size_t i = 0; i < endpoints->port_count; i++) {
		if (is_first(endpoints, i))
			write_bindings(w, endpoints, i);
	}
	for (size_t i = 0; endpoints->count > 0 && i < exposed->count; i++) {
		if (!is_bound(endpoints, exposed->items[i]))
			json_write_text(w, exposed->items[i], NULL);
	}
	json_end_object(w);
}

/* --- networks ---------------------------------------------------------------------------- */

static void write_address(struct json_writer *w, const char *key,
			  const struct ip_address *address)
{
	char text[IP_TEXT_SIZE];

	ip_format(address, text);
	json_write_text(w, key, text);
}

/* What the top level and each network say alike; zeroed: not running. */
static void write_endpoint(struct json_writer *w, const struct endpoint *endpoint,
			   const char *container_id)
{
	const struct endpoint_address *v4 = &endpoint->addresses[IP_V4];
	const struct endpoint_address *v6 = &endpoint->addresses[IP_V6];
	bool is_there = endpoint->network_id[0] != '\0';
	char mac[MAC_TEXT_SIZE] = "";
	char id[ID_SIZE] = "";

	if (is_there) {
		endpoint_id(endpoint->network_id, container_id, id);
		mac_format(endpoint->mac, mac);
	}
	json_write_text(w, "EndpointID", id);
	write_address(w, "Gateway", &v4->gateway);
	write_address(w, "IPAddress", &v4->address);
	json_write_i64(w, "IPPrefixLen", ip_is_set(&v4->address) ? v4->prefix : 0);
	write_address(w, "IPv6Gateway", &v6->gateway);
	write_address(w, "GlobalIPv6Address", &v6->address);
	json_write_i64(w, "GlobalIPv6PrefixLen", ip_is_set(&v6->address) ? v6->prefix : 0);
	json_write_text(w, "MacAddress", mac);
}

static void write_list(struct json_writer *w, const char *key, const struct strv *list)
{
	if (list->count > 0)
		json_write_strings(w, key, list);
	else
		json_write_text(w, key, NULL);
}

static void write_wanted(struct json_writer *w, const struct endpoint_request *request)
{
	if (str_is_empty(request->ip_address) && str_is_empty(request->ip6_address)) {
		json_write_text(w, "IPAMConfig", NULL);
		return;
	}
	json_begin_object(w, "IPAMConfig");
	if (!str_is_empty(request->ip_address))
		json_write_text(w, "IPv4Address", request->ip_address);
	if (!str_is_empty(request->ip6_address))
		json_write_text(w, "IPv6Address", request->ip6_address);
	json_end_object(w);
}

static void write_request(struct json_writer *w, const struct endpoint_request *request)
{
	write_wanted(w, request);
	write_list(w, "Links", &request->links);
	write_list(w, "Aliases", &request->aliases);
	if (request->driver_options.count > 0)
		json_write_map(w, "DriverOpts", &request->driver_options);
	else
		json_write_text(w, "DriverOpts", NULL);
	json_write_i64(w, "GwPriority", request->gateway_priority);
}

static const struct endpoint *endpoint_of(const struct endpoints *endpoints,
					  const char *network)
{
	static const struct endpoint none;

	for (size_t i = 0; i < endpoints->count; i++) {
		if (str_equal(endpoints->items[i].network, network))
			return &endpoints->items[i];
	}
	return &none;
}

static void write_networks(struct json_writer *w, const struct record *record,
			   const struct endpoints *endpoints, struct arena *arena)
{
	const struct container_config *config = &record->config;
	static const struct endpoint none;

	json_begin_object(w, "Networks");
	for (size_t i = 0; i < config->network_count; i++) {
		const struct endpoint_request *request = &config->networks[i];
		const struct endpoint *endpoint = endpoint_of(endpoints, request->network);
		struct strv names = { 0 };

		container_names_on(record, request, arena, &names);
		json_begin_object(w, request->network);
		write_request(w, request);
		json_write_text(w, "NetworkID", endpoint->network_id);
		write_endpoint(w, endpoint, record->id);
		write_list(w, "DNSNames", &names);
		json_end_object(w);
	}
	if (!container_has_network(config) && !mode_container(config->network_mode)) {
		json_begin_object(w, config->network_mode);
		write_request(w, &(const struct endpoint_request){ 0 });
		json_write_text(w, "NetworkID", "");
		write_endpoint(w, &none, record->id);
		json_write_text(w, "DNSNames", NULL);
		json_end_object(w);
	}
	json_end_object(w);
}

void inspect_write_network(struct json_writer *w, struct engine *engine,
			   const struct container *container)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoints endpoints = { 0 };
	char key[32] = "";

	if (engine_endpoints(engine, container, &arena, &endpoints) < 0)
		endpoints = (struct endpoints){ 0 };
	if (container->liveness.pid > 0)
		(void)snprintf(key, sizeof(key), "/proc/%d/ns/net",
			       (int)container->liveness.pid);
	json_begin_object(w, "NetworkSettings");
	json_write_text(w, "Bridge", "");
	json_write_text(w, "SandboxID", "");
	json_write_text(w, "SandboxKey", key);
	write_ports(w, container, &endpoints);
	/* The top level is about docker's default network alone. */
	write_endpoint(w, endpoint_of(&endpoints, NETWORK_DEFAULT), container->record.id);
	write_networks(w, &container->record, &endpoints, &arena);
	json_end_object(w);
}
