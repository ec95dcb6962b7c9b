/*
 * The file of a container's endpoints. See endpoint.h.
 *
 * It is our own, but a damaged one must not keep a container from being cleared away: whatever
 * is not exactly as it was written is refused, and the leases are looked for instead.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "network/endpoint.h"

#define ENDPOINT_FILE "endpoint"
#define VERSION_LINE  "version 2\n"
#define NO_GATEWAY    "-"

enum {
	ENDPOINT_FILE_MAX = 1024 * 1024,
	ENDPOINT_PATH_SIZE = 96,
	NETWORK_FIELDS = 9,
	ADDRESS_FIELDS = 3,
	PORT_FIELDS = 5,
	FIELDS_MAX = NETWORK_FIELDS
};

/* --- writing ----------------------------------------------------------------------------- */

static void add_address(const struct endpoint_address *address, struct str *out)
{
	char text[IP_TEXT_SIZE];
	char gateway[IP_TEXT_SIZE];

	if (!ip_is_set(&address->address))
		return;
	ip_format(&address->address, text);
	ip_format(&address->gateway, gateway);
	str_printf(out, "address %s/%u %s\n", text, address->prefix,
		   gateway[0] ? gateway : NO_GATEWAY);
}

static void add_endpoint(const struct endpoint *endpoint, struct str *out)
{
	char mac[MAC_TEXT_SIZE];

	mac_format(endpoint->mac, mac);
	str_printf(out, "network %s %s %s %s %s %s %d %s\n", endpoint->network,
		   endpoint->network_id, endpoint->bridge, endpoint->host_interface,
		   endpoint->interface, mac, endpoint->priority,
		   endpoint->is_internal ? "internal" : "external");
	for (int i = 0; i < IP_FAMILIES; i++)
		add_address(&endpoint->addresses[i], out);
}

void endpoints_format(const struct endpoints *endpoints, struct str *out)
{
	str_add(out, VERSION_LINE);
	for (size_t i = 0; i < endpoints->count; i++)
		add_endpoint(&endpoints->items[i], out);
	for (size_t i = 0; i < endpoints->port_count; i++) {
		const struct port_mapping *port = &endpoints->ports[i];
		char address[IP_TEXT_SIZE];

		ip_format(&port->address, address);
		str_printf(out, "port %s %s %u %u\n", port_protocol_text(port->protocol),
			   address, port->host_port, port->container_port);
	}
}

/* --- reading ----------------------------------------------------------------------------- */

/* Split a line at single spaces, in place. Returns how many fields there are; more than
 * `max` are counted as one more. */
static size_t split(char *line, char *fields[], size_t max)
{
	size_t count = 0;

	for (char *at = line; at; count++) {
		char *space = strchr(at, ' ');

		if (count == max)
			return max + 1;
		fields[count] = at;
		at = space ? space + 1 : NULL;
		if (space)
			*space = '\0';
	}
	return count;
}

static int copy_name(char *to, size_t size, const char *from)
{
	return from[0] == '\0' || str_copy(to, size, from) < 0 ? -EBADMSG : 0;
}

static int endpoint_parse(char *fields[NETWORK_FIELDS], struct endpoint *ret)
{
	int64_t priority;

	if (copy_name(ret->network, sizeof(ret->network), fields[1]) < 0 ||
	    copy_name(ret->network_id, sizeof(ret->network_id), fields[2]) < 0 ||
	    copy_name(ret->bridge, sizeof(ret->bridge), fields[3]) < 0 ||
	    copy_name(ret->host_interface, sizeof(ret->host_interface), fields[4]) < 0 ||
	    copy_name(ret->interface, sizeof(ret->interface), fields[5]) < 0 ||
	    mac_parse(fields[6], ret->mac) < 0 ||
	    parse_i64(fields[7], INT32_MIN, INT32_MAX, &priority) < 0 ||
	    !id_is_valid(ret->network_id) || !network_name_is_valid(ret->network))
		return -EBADMSG;
	ret->priority = (int32_t)priority;
	ret->is_internal = strcmp(fields[8], "internal") == 0;
	return ret->is_internal || strcmp(fields[8], "external") == 0 ? 0 : -EBADMSG;
}

static int address_parse(char *fields[ADDRESS_FIELDS], struct endpoint *endpoint)
{
	struct endpoint_address read = { 0 };
	struct endpoint_address *address;
	struct ip_subnet subnet;

	if (ip_subnet_parse(fields[1], &subnet, &read.address) < 0)
		return -EBADMSG;
	read.prefix = subnet.prefix;
	if (strcmp(fields[2], NO_GATEWAY) != 0 &&
	    (ip_parse(fields[2], &read.gateway) < 0 || read.gateway.size != read.address.size))
		return -EBADMSG;
	address = &endpoint->addresses[ip_family_of(&read.address)];
	if (ip_is_set(&address->address))
		return -EBADMSG;
	*address = read;
	return 0;
}

static int port_parse(char *fields[PORT_FIELDS], struct port_mapping *ret)
{
	uint64_t container;
	uint64_t host;

	if ((strcmp(fields[1], "udp") != 0 && strcmp(fields[1], "tcp") != 0) ||
	    ip_parse(fields[2], &ret->address) < 0 ||
	    parse_u64(fields[3], 1, UINT16_MAX, &host) < 0 ||
	    parse_u64(fields[4], 1, UINT16_MAX, &container) < 0)
		return -EBADMSG;
	ret->protocol = fields[1][0] == 'u' ? PORT_UDP : PORT_TCP;
	ret->host_port = (uint16_t)host;
	ret->container_port = (uint16_t)container;
	return 0;
}

static int line_parse(char *line, struct endpoints *ret)
{
	char *fields[FIELDS_MAX];
	size_t count = split(line, fields, FIELDS_MAX);

	if (count == NETWORK_FIELDS && strcmp(fields[0], "network") == 0 &&
	    ret->count < ENDPOINTS_MAX)
		return endpoint_parse(fields, &ret->items[ret->count++]);
	if (count == ADDRESS_FIELDS && strcmp(fields[0], "address") == 0 && ret->count > 0)
		return address_parse(fields, &ret->items[ret->count - 1]);
	if (count == PORT_FIELDS && strcmp(fields[0], "port") == 0 &&
	    ret->port_count < ENDPOINT_PORTS_MAX)
		return port_parse(fields, &ret->ports[ret->port_count++]);
	return -EBADMSG;
}

/* How many lines begin with this word. */
static size_t line_count(const char *text, const char *word)
{
	size_t count = 0;

	for (const char *at = text; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL)
		count += str_starts(at, word);
	return count;
}

int endpoints_parse(const char *text, struct arena *arena, struct endpoints *ret)
{
	char *copy = arena_copy(arena, text);
	struct endpoints endpoints = { 0 };

	endpoints.items =
		arena_array(arena, line_count(text, "network ") + 1, sizeof(*endpoints.items));
	endpoints.ports =
		arena_array(arena, line_count(text, "port ") + 1, sizeof(*endpoints.ports));
	if (!copy || !endpoints.items || !endpoints.ports)
		return -ENOMEM;
	if (!str_starts(copy, VERSION_LINE))
		return -EBADMSG;
	for (char *line = copy + strlen(VERSION_LINE); *line;) {
		char *end = strchr(line, '\n');
		int r;

		if (!end)
			return -EBADMSG;
		*end = '\0';
		r = line_parse(line, &endpoints);
		if (r < 0)
			return r;
		line = end + 1;
	}
	*ret = endpoints;
	return 0;
}

/* --- the file ---------------------------------------------------------------------------- */

int endpoints_read(const struct state *state, const char *id, struct arena *arena,
		   struct endpoints *ret)
{
	char path[ENDPOINT_PATH_SIZE];
	AUTO_FREE char *text = NULL;
	int r;

	(void)snprintf(path, sizeof(path), "containers/%s/" ENDPOINT_FILE, id);
	r = file_read(state->runroot_fd, path, ENDPOINT_FILE_MAX, &text, NULL);
	return r < 0 ? r : endpoints_parse(text, arena, ret);
}

int endpoints_announce(int run_dir_fd, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;

	FAULT("endpoint");
	fd = openat(run_dir_fd, ENDPOINT_FILE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	return fd < 0 ? err_sys(e, errno, "announce the container's endpoints") : 0;
}

int endpoints_write(int run_dir_fd, const struct endpoints *endpoints, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r;

	endpoints_format(endpoints, &text);
	r = str_ok(&text);
	if (r == 0)
		r = file_replace(run_dir_fd, ENDPOINT_FILE, text.data, text.len, 0600,
				 FILE_FAST);
	return r < 0 ? err_sys(e, r, "remember the container's endpoints") : 0;
}
