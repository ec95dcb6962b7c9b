/*
 * NetworkSettings of docker inspect's object of a container.
 *
 * Runs in: cli (engine).
 * See: inspect_network.h.
 */
#include "engine/inspect_network.h"

#include <stdio.h>
#include <string.h>

#include "engine/container_network.h"
#include "engine/networks.h"

/* What both the top level and the network say of the one endpoint. */
struct endpoint_texts {
	char address[IPV4_TEXT_SIZE];
	char gateway[IPV4_TEXT_SIZE];
	char mac[3 * LINK_MAC_SIZE];
};

static void fill_texts(const struct endpoint *endpoint, struct endpoint_texts *ret)
{
	const uint8_t *mac = endpoint->mac;

	*ret = (struct endpoint_texts){ 0 };
	if (!endpoint->network[0])
		return;
	ipv4_format(endpoint->address, ret->address);
	if (endpoint->gateway != 0)
		ipv4_format(endpoint->gateway, ret->gateway);
	(void)snprintf(ret->mac, sizeof(ret->mac), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
		       mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void port_key(const struct port_mapping *port, char key[16])
{
	(void)snprintf(key, 16, "%u/%s", port->container_port,
		       port_protocol_text(port->protocol));
}

static bool is_same_inside(const struct port_mapping *a, const struct port_mapping *b)
{
	return a->container_port == b->container_port && a->protocol == b->protocol;
}

static bool is_first(const struct endpoint *endpoint, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (is_same_inside(&endpoint->ports[i], &endpoint->ports[index]))
			return false;
	}
	return true;
}

static void write_bindings(struct json_writer *w, const struct endpoint *endpoint, size_t first)
{
	char key[16];

	port_key(&endpoint->ports[first], key);
	json_begin_array(w, key);
	for (size_t i = first; i < endpoint->port_count; i++) {
		const struct port_mapping *port = &endpoint->ports[i];
		char address[IPV4_TEXT_SIZE];
		char number[8];

		if (!is_same_inside(port, &endpoint->ports[first]))
			continue;
		ipv4_format(port->has_address ? port->address : 0, address);
		(void)snprintf(number, sizeof(number), "%u", port->host_port);
		json_begin_object(w, NULL);
		json_write_text(w, "HostIp", address);
		json_write_text(w, "HostPort", number);
		json_end_object(w);
	}
	json_end_array(w);
}

static void write_ports(struct json_writer *w, const struct container *container,
			const struct endpoint *endpoint)
{
	const struct strv *exposed = &container->record.config.exposed_ports;

	json_begin_object(w, "Ports");
	for (size_t i = 0; i < endpoint->port_count; i++) {
		if (is_first(endpoint, i))
			write_bindings(w, endpoint, i);
	}
	for (size_t i = 0; endpoint->network[0] && i < exposed->count; i++) {
		bool is_bound = false;
		char key[16];

		for (size_t n = 0; n < endpoint->port_count && !is_bound; n++) {
			port_key(&endpoint->ports[n], key);
			is_bound = strcmp(key, exposed->items[i]) == 0;
		}
		if (!is_bound)
			json_write_text(w, exposed->items[i], NULL);
	}
	json_end_object(w);
}

static void write_network(struct json_writer *w, const char *mode,
			  const struct endpoint *endpoint, const char *id,
			  const struct endpoint_texts *texts)
{
	json_begin_object(w, mode);
	json_write_text(w, "NetworkID", endpoint->network_id);
	json_write_text(w, "EndpointID", endpoint->network[0] ? id : "");
	json_write_text(w, "Gateway", texts->gateway);
	json_write_text(w, "IPAddress", texts->address);
	json_write_i64(w, "IPPrefixLen", endpoint->prefix);
	json_write_text(w, "MacAddress", texts->mac);
	json_end_object(w);
}

void inspect_write_network(struct json_writer *w, struct engine *engine,
			   const struct container *container)
{
	const struct container_config *config = &container->record.config;
	const char *mode = config->network_mode ? config->network_mode : "none";
	bool is_default = strcmp(mode, NETWORK_DEFAULT) == 0;
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoint endpoint = { 0 };
	struct endpoint_texts texts;
	struct endpoint_texts top;

	if (engine_endpoint(engine, container, &arena, &endpoint) < 0)
		endpoint = (struct endpoint){ 0 };
	fill_texts(&endpoint, &texts);
	/* The top level is about docker's default network alone. */
	top = is_default ? texts : (struct endpoint_texts){ 0 };
	json_begin_object(w, "NetworkSettings");
	json_write_text(w, "Bridge", "");
	json_write_text(w, "SandboxID", "");
	write_ports(w, container, &endpoint);
	json_write_text(w, "Gateway", top.gateway);
	json_write_text(w, "IPAddress", top.address);
	json_write_i64(w, "IPPrefixLen", is_default ? endpoint.prefix : 0);
	json_write_text(w, "MacAddress", top.mac);
	json_begin_object(w, "Networks");
	if (!mode_container(mode))
		write_network(w, mode, &endpoint, container->record.id, &texts);
	json_end_object(w);
	json_end_object(w);
}
