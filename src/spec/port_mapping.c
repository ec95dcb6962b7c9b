/*
 * See port_mapping.h.
 *
 * Runs in: cli (engine).
 */
#include "spec/port_mapping.h"

#include <stdio.h>
#include <string.h>

enum { PORT_MAX = 65535 };

struct port_range {
	uint16_t first;
	uint16_t last;
};

static const char *const protocols[] = { [PORT_TCP] = "tcp", [PORT_UDP] = "udp" };

const char *port_protocol_text(enum port_protocol protocol)
{
	return protocols[protocol];
}

static int protocol_parse(const char *text, enum port_protocol *ret, struct err *e)
{
	if (strcasecmp(text, "tcp") == 0 || strcasecmp(text, "udp") == 0) {
		*ret = (text[0] | 0x20) == 'u' ? PORT_UDP : PORT_TCP;
		return 0;
	}
	if (strcasecmp(text, "sctp") == 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "sctp is not supported yet");
	return err_set(e, ERR_INVALID, -EINVAL, "invalid proto: %s", text);
}

static int range_parse(const char *text, const char *what, struct port_range *ret,
		       struct err *e)
{
	AUTO_STR struct str first = { 0 };
	const char *dash = strchr(text, '-');
	uint64_t from;
	uint64_t to;

	str_add_bytes(&first, text, dash ? (size_t)(dash - text) : strlen(text));
	if (parse_u64(str_text(&first), 1, PORT_MAX, &from) < 0 ||
	    parse_u64(dash ? dash + 1 : str_text(&first), from, PORT_MAX, &to) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid %s: %s", what, text);
	if (to - from >= PORT_RANGE_MAX)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid %s: %s is a range of more than %d ports", what, text,
			       PORT_RANGE_MAX);
	*ret = (struct port_range){ (uint16_t)from, (uint16_t)to };
	return 0;
}

/* The texts between the colons, from behind: what is inside, the port and the address
 * outside. */
struct mapping_parts {
	char *container;
	char *host;    /* NULL or "": any */
	char *address; /* NULL or "": all; without its brackets */
};

/* An IPv6 address stands in brackets, or its end could not be told. */
static int unwrap(char *text, char **ret)
{
	size_t len = strlen(text);

	bool is_wrapped = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (is_wrapped != (strchr(text, ':') != NULL))
		return -EINVAL;
	*ret = text;
	if (is_wrapped) {
		text[len - 1] = '\0';
		*ret = text + 1;
	}
	return 0;
}

static int split(char *text, struct mapping_parts *ret, struct err *e)
{
	char *colon = strrchr(text, ':');

	*ret = (struct mapping_parts){ .container = colon ? colon + 1 : text };
	if (!colon)
		return 0;
	*colon = '\0';
	colon = strrchr(text, ':');
	ret->host = colon ? colon + 1 : text;
	if (!colon)
		return 0;
	*colon = '\0';
	if (unwrap(text, &ret->address) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid IP address: %s", text);
	return 0;
}

/* "" is all of them. */
static int address_parse(const char *text, struct ip_address *ret, struct err *e)
{
	if (str_is_empty(text) || ip_parse(text, ret) == 0)
		return 0;
	return err_set(e, ERR_INVALID, -EINVAL, "invalid IP address: %s", text);
}

static int ranges_parse(const struct mapping_parts *parts, struct port_range *ret_container,
			struct port_range *ret_host, struct err *e)
{
	int r = range_parse(parts->container, "containerPort", ret_container, e);

	*ret_host = (struct port_range){ 0 };
	if (r < 0 || str_is_empty(parts->host))
		return r;
	r = range_parse(parts->host, "hostPort", ret_host, e);
	if (r < 0)
		return r;
	if (ret_host->last - ret_host->first == ret_container->last - ret_container->first ||
	    ret_container->first == ret_container->last)
		return 0;
	return err_set(e, ERR_INVALID, -EINVAL,
		       "invalid ranges specified for container and host Ports: %s and %s",
		       parts->container, parts->host);
}

int port_mappings_parse(const char *text, struct arena *arena, struct strv *ret, struct err *e)
{
	char *copy = arena_copy(arena, text);
	struct port_mapping mapping = { 0 };
	struct mapping_parts parts;
	struct port_range container;
	struct port_range host;
	char *slash;
	int r;

	if (!copy)
		return err_sys(e, ENOMEM, "port %s", text);
	slash = strchr(copy, '/');
	if (slash)
		*slash = '\0';
	r = slash ? protocol_parse(slash + 1, &mapping.protocol, e) : 0;
	if (r == 0)
		r = split(copy, &parts, e);
	if (r == 0)
		r = ranges_parse(&parts, &container, &host, e);
	if (r == 0)
		r = address_parse(parts.address, &mapping.address, e);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i <= (uint32_t)(container.last - container.first); i++) {
		mapping.container_port = (uint16_t)(container.first + i);
		mapping.host_port = host.first == 0 ? 0 : (uint16_t)(host.first + i);
		if (container.first == container.last && host.last > host.first)
			mapping.host_last = host.last;
		strv_add_borrowed(ret, arena, port_mapping_write(&mapping, arena));
	}
	return arena_ok(arena);
}

void port_host_text(const struct port_mapping *mapping, char ret[PORT_TEXT_SIZE])
{
	ret[0] = '\0';
	if (mapping->host_last != 0)
		(void)snprintf(ret, PORT_TEXT_SIZE, "%u-%u", mapping->host_port,
			       mapping->host_last);
	else if (mapping->host_port != 0)
		(void)snprintf(ret, PORT_TEXT_SIZE, "%u", mapping->host_port);
}

char *port_mapping_write(const struct port_mapping *mapping, struct arena *arena)
{
	char address[IP_SUBNET_TEXT_SIZE];
	char port[PORT_TEXT_SIZE];

	ip_format_host(&mapping->address, address);
	port_host_text(mapping, port);
	return arena_printf(arena, "%s:%s:%u/%s", address, port, mapping->container_port,
			    protocols[mapping->protocol]);
}

int port_mapping_read(const char *text, struct port_mapping *ret)
{
	AUTO_ARENA struct arena arena = { 0 };
	char *copy = arena_copy(&arena, text);
	char *slash = copy ? strchr(copy, '/') : NULL;
	struct port_mapping mapping = { 0 };
	struct mapping_parts parts;
	uint64_t port;

	if (!slash)
		return -EINVAL;
	*slash = '\0';
	if (protocol_parse(slash + 1, &mapping.protocol, NULL) < 0 ||
	    split(copy, &parts, NULL) < 0 || !parts.address ||
	    parse_u64(parts.container, 1, PORT_MAX, &port) < 0)
		return -EINVAL;
	mapping.container_port = (uint16_t)port;
	if (!str_is_empty(parts.host)) {
		struct port_range host;

		if (range_parse(parts.host, "hostPort", &host, NULL) < 0)
			return -EINVAL;
		mapping.host_port = host.first;
		mapping.host_last = host.last > host.first ? host.last : 0;
	}
	if (address_parse(parts.address, &mapping.address, NULL) < 0)
		return -EINVAL;
	*ret = mapping;
	return 0;
}

int port_exposed_parse(const char *text, struct arena *arena, struct strv *ret, struct err *e)
{
	enum port_protocol protocol = PORT_TCP;
	char *copy = arena_copy(arena, text);
	struct port_range range;
	char *slash;
	int r = 0;

	if (!copy)
		return err_sys(e, ENOMEM, "port %s", text);
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		r = protocol_parse(slash + 1, &protocol, e);
	}
	if (r == 0)
		r = range_parse(copy, "range format for --expose", &range, e);
	if (r < 0)
		return r;
	for (uint32_t port = range.first; port <= range.last; port++) {
		char *one = arena_printf(arena, "%u/%s", port, protocols[protocol]);

		if (one && !strv_has(ret, one))
			strv_add_borrowed(ret, arena, one);
	}
	return arena_ok(arena);
}
