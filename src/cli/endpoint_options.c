/*
 * See endpoint_options.h.
 *
 * Runs in: cli.
 */
#include "cli/endpoint_options.h"

#include <ctype.h>
#include <string.h>

#include "base/id.h"
#include "cli/csv.h"
#include "cli/host_name.h"
#include "format/ip.h"
#include "format/mac.h"

enum { NETWORK_FIELDS_MAX = 64, ALIASES_MAX = 64, LINKS_MAX = 64 };

static int put_text(char **field, struct arena *arena, const char *value)
{
	*field = arena_copy(arena, value);
	return arena_ok(arena);
}

int endpoint_set_alias(struct endpoint_request *request, struct arena *arena, const char *value,
		       struct err *e)
{
	if (!host_name_is_valid(value, DOMAIN_LEN_MAX))
		return err_set(e, ERR_INVALID, -EINVAL, "%s cannot be the name of a host",
			       value);
	if (request->aliases.count == ALIASES_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d aliases", ALIASES_MAX);
	if (!strv_has(&request->aliases, value))
		strv_add(&request->aliases, arena, value);
	return arena_ok(arena);
}

/* CONTAINER[:ALIAS], also as inspect of docker shows it: /CONTAINER:/OTHER/ALIAS. */
int endpoint_set_link(struct endpoint_request *request, struct arena *arena, const char *value,
		      struct err *e)
{
	char *name = arena_copy(arena, value[0] == '/' ? value + 1 : value);
	char *alias = name ? strchr(name, ':') : NULL;
	char *slash;

	if (!name)
		return -ENOMEM;
	if (alias) {
		*alias++ = '\0';
		slash = strrchr(alias, '/');
		alias = slash ? slash + 1 : alias;
	} else {
		alias = name;
	}
	if (!name_is_valid(name) || !host_name_is_valid(alias, DOMAIN_LEN_MAX))
		return err_set(e, ERR_INVALID, -EINVAL, "bad format for links: %s", value);
	if (request->links.count == LINKS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d links", LINKS_MAX);
	strv_add_borrowed(&request->links, arena, arena_printf(arena, "%s:%s", name, alias));
	return arena_ok(arena);
}

static int set_address(char **field, enum ip_family family, struct arena *arena,
		       const char *value, struct err *e)
{
	struct ip_address address;

	if (ip_parse(value, &address) < 0 || ip_family_of(&address) != family ||
	    ip_is_any(&address))
		return err_set(e, ERR_INVALID, -EINVAL, "invalid IPv%d address: %s",
			       family == IP_V4 ? 4 : 6, value);
	return put_text(field, arena, value);
}

int endpoint_set_ip(struct endpoint_request *request, struct arena *arena, const char *value,
		    struct err *e)
{
	return set_address(&request->ip_address, IP_V4, arena, value, e);
}

int endpoint_set_ip6(struct endpoint_request *request, struct arena *arena, const char *value,
		     struct err *e)
{
	return set_address(&request->ip6_address, IP_V6, arena, value, e);
}

int endpoint_set_mac(struct endpoint_request *request, struct arena *arena, const char *value,
		     struct err *e)
{
	uint8_t mac[MAC_SIZE];
	char text[MAC_TEXT_SIZE];

	if (mac_parse(value, mac) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "%s is not a valid mac address", value);
	mac_format(mac, text);
	return put_text(&request->mac_address, arena, text);
}

int endpoint_set_driver_option(struct endpoint_request *request, struct arena *arena,
			       const char *value, struct err *e)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid key value pair format: %s",
			       value);
	strv_env_set(&request->driver_options, arena, value);
	return arena_ok(arena);
}

int endpoint_set_priority(struct endpoint_request *request, struct arena *arena,
			  const char *value, struct err *e)
{
	int64_t priority;

	(void)arena;
	if (parse_i64(value, INT32_MIN, INT32_MAX, &priority) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid gw-priority: %s", value);
	request->gateway_priority = (int32_t)priority;
	return 0;
}

/* --- the long form ----------------------------------------------------------------------- */

/* Whether there is such a network is seen later. */
static int set_network(struct endpoint_request *request, struct arena *arena, const char *value,
		       struct err *e)
{
	if (!isalnum((unsigned char)value[0]) || strpbrk(value, ":/, "))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid network mode: none, host, container:NAME or the name "
			       "of a network");
	return put_text(&request->network, arena, value);
}

static int refuse_link_local(struct endpoint_request *request, struct arena *arena,
			     const char *value, struct err *e)
{
	(void)request;
	(void)arena;
	(void)value;
	return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "link-local-ip is not supported yet");
}

static const struct {
	const char *key;
	int (*set)(struct endpoint_request *request, struct arena *arena, const char *value,
		   struct err *e);
} fields[] = {
	{ "name", set_network },
	{ "alias", endpoint_set_alias },
	{ "ip", endpoint_set_ip },
	{ "ip6", endpoint_set_ip6 },
	{ "mac-address", endpoint_set_mac },
	{ "driver-opt", endpoint_set_driver_option },
	{ "gw-priority", endpoint_set_priority },
	{ "link-local-ip", refuse_link_local },
};

static int set_field(struct endpoint_request *request, struct arena *arena, char *field,
		     struct err *e)
{
	char *equals = strchr(field, '=');

	if (!equals || equals == field)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid field %s", field);
	*equals = '\0';
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(fields[i].key, field) == 0)
			return fields[i].set(request, arena, equals + 1, e);
	}
	return err_set(e, ERR_INVALID, -EINVAL, "invalid field key %s", field);
}

int endpoint_parse(const char *value, struct arena *arena, struct endpoint_request *ret,
		   struct err *e)
{
	struct endpoint_request request = { 0 };
	char *parts[NETWORK_FIELDS_MAX];
	char *copy = arena_copy(arena, value);
	int count;
	int r = 0;

	if (!copy)
		return -ENOMEM;
	if (!strchr(value, '=')) {
		r = set_network(&request, arena, value, e);
	} else {
		count = csv_split(copy, parts, NETWORK_FIELDS_MAX);
		if (count < 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "not a list of at most %d fields", NETWORK_FIELDS_MAX);
		for (int i = 0; i < count && r == 0; i++)
			r = set_field(&request, arena, parts[i], e);
		if (r == 0 && !request.network)
			r = err_set(e, ERR_INVALID, -EINVAL,
				    "network name/id is not specified");
	}
	if (r == 0)
		*ret = request;
	return r;
}
