/*
 * See endpoint.h.
 *
 * Runs in: cli (engine).
 */
#include "network/endpoint.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"

#define ENDPOINT_FILE "endpoint"

enum {
	ENDPOINT_FILE_MAX = 1024 * 1024,
	ENDPOINT_PATH_SIZE = 96,
	ENDPOINT_FIELDS = 8,
	PORT_FIELDS = 5,
	INTERFACE_ID_LEN = 10
};

void endpoint_init(struct endpoint *endpoint, const struct network *network,
		   const char *container_id, uint32_t address)
{
	*endpoint = (struct endpoint){ .address = address,
				       .prefix = network->subnet.prefix,
				       .gateway = network->is_internal ? 0 : network->gateway };
	(void)str_copy(endpoint->network, sizeof(endpoint->network), network->name);
	(void)str_copy(endpoint->network_id, sizeof(endpoint->network_id), network->id);
	(void)str_copy(endpoint->bridge, sizeof(endpoint->bridge), network->bridge);
	(void)snprintf(endpoint->interface, sizeof(endpoint->interface), "veth%.*s",
		       INTERFACE_ID_LEN, container_id);
	/* From the address: neighbours need not ask anew when a container takes its place. */
	endpoint->mac[0] = 0x02;
	endpoint->mac[1] = 0x42;
	for (int i = 0; i < 4; i++)
		endpoint->mac[2 + i] = (uint8_t)(address >> (24 - 8 * i));
}

void endpoint_format(const struct endpoint *endpoint, struct str *out)
{
	char address[IPV4_TEXT_SIZE];
	char gateway[IPV4_TEXT_SIZE];
	const uint8_t *mac = endpoint->mac;

	ipv4_format(endpoint->address, address);
	ipv4_format(endpoint->gateway, gateway);
	str_printf(out, "network %s %s %s %s/%u %s %02x:%02x:%02x:%02x:%02x:%02x %s\n",
		   endpoint->network, endpoint->network_id, endpoint->bridge, address,
		   endpoint->prefix, gateway, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5],
		   endpoint->interface);
	for (size_t i = 0; i < endpoint->port_count; i++) {
		const struct port_mapping *port = &endpoint->ports[i];

		ipv4_format(port->has_address ? port->address : 0, address);
		str_printf(out, "port %s %s %u %u\n", port_protocol_text(port->protocol),
			   address, port->host_port, port->container_port);
	}
}

/* --- reading ----------------------------------------------------------------------------- */

/* Split a line at single spaces, in place. Returns how many fields there are, at most `max`. */
static size_t split(char *line, char *fields[], size_t max)
{
	size_t count = 0;

	for (char *at = line; at && count < max; count++) {
		char *space = strchr(at, ' ');

		fields[count] = at;
		at = space ? space + 1 : NULL;
		if (space)
			*space = '\0';
	}
	return count;
}

static int mac_parse(const char *text, uint8_t mac[LINK_MAC_SIZE])
{
	unsigned int bytes[LINK_MAC_SIZE];

	if (strlen(text) != 3 * LINK_MAC_SIZE - 1 ||
	    sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x", &bytes[0], &bytes[1], &bytes[2], &bytes[3],
		   &bytes[4], &bytes[5]) != LINK_MAC_SIZE)
		return -EBADMSG;
	for (int i = 0; i < LINK_MAC_SIZE; i++)
		mac[i] = (uint8_t)bytes[i];
	return 0;
}

static int network_parse(char *fields[ENDPOINT_FIELDS], struct endpoint *ret)
{
	struct ipv4_subnet subnet;

	if (str_copy(ret->network, sizeof(ret->network), fields[1]) < 0 ||
	    str_copy(ret->network_id, sizeof(ret->network_id), fields[2]) < 0 ||
	    str_copy(ret->bridge, sizeof(ret->bridge), fields[3]) < 0 ||
	    ipv4_subnet_parse(fields[4], &subnet, &ret->address) < 0 ||
	    ipv4_parse(fields[5], &ret->gateway) < 0 || mac_parse(fields[6], ret->mac) < 0 ||
	    str_copy(ret->interface, sizeof(ret->interface), fields[7]) < 0 ||
	    !id_is_valid(ret->network_id))
		return -EBADMSG;
	ret->prefix = subnet.prefix;
	return 0;
}

static int port_parse(char *fields[PORT_FIELDS], struct port_mapping *ret)
{
	uint64_t container;
	uint64_t host;

	if (parse_u64(fields[3], 1, UINT16_MAX, &host) < 0 ||
	    parse_u64(fields[4], 1, UINT16_MAX, &container) < 0 ||
	    ipv4_parse(fields[2], &ret->address) < 0)
		return -EBADMSG;
	ret->protocol = strcmp(fields[1], "udp") == 0 ? PORT_UDP : PORT_TCP;
	ret->has_address = ret->address != 0;
	ret->host_port = (uint16_t)host;
	ret->container_port = (uint16_t)container;
	return 0;
}

static int line_parse(char *line, struct endpoint *ret)
{
	char *fields[ENDPOINT_FIELDS];
	size_t count = split(line, fields, ENDPOINT_FIELDS);

	if (count == ENDPOINT_FIELDS && strcmp(fields[0], "network") == 0)
		return network_parse(fields, ret);
	if (count == PORT_FIELDS && strcmp(fields[0], "port") == 0 &&
	    ret->port_count < ENDPOINT_PORTS_MAX)
		return port_parse(fields, &ret->ports[ret->port_count++]);
	return -EBADMSG;
}

static size_t line_count(const char *text)
{
	size_t count = 0;

	for (const char *at = text; (at = strchr(at, '\n')); at++)
		count++;
	return count;
}

int endpoint_parse(const char *text, struct arena *arena, struct endpoint *ret)
{
	char *copy = arena_copy(arena, text);
	struct endpoint endpoint = { 0 };

	endpoint.ports = arena_array(arena, line_count(text) + 1, sizeof(*endpoint.ports));
	if (!copy || !endpoint.ports)
		return -ENOMEM;
	for (char *line = copy; *line;) {
		char *end = strchr(line, '\n');
		int r;

		if (!end)
			return -EBADMSG;
		*end = '\0';
		r = line_parse(line, &endpoint);
		if (r < 0)
			return r;
		line = end + 1;
	}
	if (!endpoint.network[0])
		return -EBADMSG;
	*ret = endpoint;
	return 0;
}

int endpoint_read(const struct state *state, const char *id, struct arena *arena,
		  struct endpoint *ret)
{
	char path[ENDPOINT_PATH_SIZE];
	AUTO_FREE char *text = NULL;
	int r;

	(void)snprintf(path, sizeof(path), "containers/%s/" ENDPOINT_FILE, id);
	r = file_read(state->runroot_fd, path, ENDPOINT_FILE_MAX, &text, NULL);
	return r < 0 ? r : endpoint_parse(text, arena, ret);
}

int endpoint_announce(int run_dir_fd, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;

	FAULT("endpoint");
	fd = openat(run_dir_fd, ENDPOINT_FILE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	return fd < 0 ? err_sys(e, errno, "announce the container's endpoint") : 0;
}

int endpoint_write(int run_dir_fd, const struct endpoint *endpoint, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r;

	endpoint_format(endpoint, &text);
	r = str_ok(&text);
	if (r == 0)
		r = file_replace(run_dir_fd, ENDPOINT_FILE, text.data, text.len, 0600,
				 FILE_FAST);
	return r < 0 ? err_sys(e, r, "remember the container's endpoint") : 0;
}
