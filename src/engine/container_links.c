/*
 * See container_links.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_links.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/endpoint.h"
#include "spec/port_mapping.h"

/* The request about the default network; NULL when the container is not on it. */
static const struct endpoint_request *default_request(const struct container_config *config)
{
	for (size_t i = 0; i < config->network_count; i++) {
		if (str_equal(config->networks[i].network, NETWORK_DEFAULT))
			return &config->networks[i];
	}
	return NULL;
}

/* "CONTAINER:ALIAS" in two. */
static int split(const char *link, struct arena *arena, char **ret_name, char **ret_alias)
{
	char *name = arena_copy(arena, link);
	char *colon = name ? strchr(name, ':') : NULL;

	if (!colon)
		return -EINVAL;
	*colon = '\0';
	*ret_name = name;
	*ret_alias = colon + 1;
	return 0;
}

int container_links_check(struct engine *engine, const struct container_config *config,
			  struct err *e)
{
	const struct endpoint_request *request = default_request(config);
	AUTO_ARENA struct arena arena = { 0 };
	int r = 0;

	for (size_t i = 0; request && i < request->links.count && r == 0; i++) {
		char id[ID_SIZE];
		char *alias;
		char *name;

		if (split(request->links.items[i], &arena, &name, &alias) < 0)
			return err_set(e, ERR_INVALID, -EINVAL, "bad format for links: %s",
				       request->links.items[i]);
		r = engine_find(engine, name, id, e);
		if (r < 0)
			return err_wrap(e, r, "could not get container for %s", name);
	}
	return r;
}

/* --- the environment --------------------------------------------------------------------- */

/* "80/tcp" as a mapping to any port of the host; an entry that is none is left out. */
static size_t parse_ports(const struct strv *ports, struct arena *arena,
			  struct port_mapping **ret)
{
	struct port_mapping *list = arena_array(arena, ports->count + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; list && i < ports->count; i++) {
		const char *canonical = arena_printf(arena, "::%s", ports->items[i]);

		count += canonical && port_mapping_read(canonical, &list[count]) == 0;
	}
	*ret = list;
	return count;
}

static int compare_ports(const void *a, const void *b)
{
	const struct port_mapping *left = a;
	const struct port_mapping *right = b;

	if (left->container_port != right->container_port)
		return left->container_port < right->container_port ? -1 : 1;
	return (int)left->protocol - (int)right->protocol;
}

static void add_port(const char *prefix, const char *address, const struct port_mapping *port,
		     struct arena *arena, struct strv *ret)
{
	const char *protocol = port_protocol_text(port->protocol);
	unsigned int number = port->container_port;
	const char *name = arena_printf(arena, "%s_PORT_%u_%s", prefix, number,
					port->protocol == PORT_UDP ? "UDP" : "TCP");

	strv_add_borrowed(
		ret, arena,
		arena_printf(arena, "%s=%s://%s:%u", name, protocol, address, number));
	strv_add_borrowed(ret, arena, arena_printf(arena, "%s_ADDR=%s", name, address));
	strv_add_borrowed(ret, arena, arena_printf(arena, "%s_PORT=%u", name, number));
	strv_add_borrowed(ret, arena, arena_printf(arena, "%s_PROTO=%s", name, protocol));
}

void container_link_env(const char *self, const char *alias, const char *address,
			const struct strv *ports, struct arena *arena, struct strv *ret)
{
	char *prefix = arena_copy(arena, alias);
	struct port_mapping *list;
	size_t count = parse_ports(ports, arena, &list);

	for (char *c = prefix; c && *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	if (count > 0) {
		qsort(list, count, sizeof(*list), compare_ports);
		strv_add_borrowed(ret, arena,
				  arena_printf(arena, "%s_PORT=%s://%s:%u", prefix,
					       port_protocol_text(list[0].protocol), address,
					       list[0].container_port));
	}
	for (size_t i = 0; i < count; i++)
		add_port(prefix, address, &list[i], arena, ret);
	strv_add_borrowed(ret, arena,
			  arena_printf(arena, "%s_NAME=/%s/%s", prefix, self, alias));
}

/* --- what a link leads to ---------------------------------------------------------------- */

/* The address of the other one on the default network. */
static int linked_address(struct engine *engine, const struct container *other,
			  const char *alias, struct arena *arena, char text[IP_TEXT_SIZE],
			  struct err *e)
{
	struct endpoints endpoints = { 0 };

	if (other->liveness.status != STATUS_RUNNING)
		return err_set(e, ERR_CONFLICT, -ESRCH,
			       "Cannot link to a non running container: /%s AS /%s",
			       other->record.name, alias);
	if (endpoints_read(&engine->state, other->record.id, arena, &endpoints) == 0) {
		for (size_t i = 0; i < endpoints.count; i++) {
			const struct endpoint *endpoint = &endpoints.items[i];

			if (strcmp(endpoint->network, NETWORK_DEFAULT) != 0)
				continue;
			ip_format(&endpoint->addresses[IP_V4].address, text);
			return 0;
		}
	}
	return err_set(e, ERR_CONFLICT, -ENOENT,
		       "container %s not attached to default bridge network",
		       other->record.name);
}

static int read_link(struct engine *engine, const struct record *record, const char *link,
		     struct arena *arena, struct str *hosts, struct strv *env, struct err *e)
{
	char address[IP_TEXT_SIZE];
	struct container other;
	char *alias;
	char *name;
	int r = split(link, arena, &name, &alias);

	if (r < 0)
		return err_set(e, ERR_INVALID, r, "bad format for links: %s", link);
	r = engine_get(engine, name, arena, &other, e);
	if (r == 0)
		r = linked_address(engine, &other, alias, arena, address, e);
	if (r < 0)
		return r;
	str_printf(hosts, "%s\t%s ", address, alias);
	if (str_is_empty(other.record.config.hostname))
		str_add_bytes(hosts, other.record.id, ID_SHORT_LEN);
	else
		str_add(hosts, other.record.config.hostname);
	if (strcmp(alias, other.record.name) != 0)
		str_printf(hosts, " %s", other.record.name);
	str_add_char(hosts, '\n');
	container_link_env(record->name, alias, address, &other.record.config.exposed_ports,
			   arena, env);
	return arena_ok(arena);
}

int container_links_read(struct engine *engine, const struct record *record,
			 struct arena *arena, struct str *hosts, struct strv *env,
			 struct err *e)
{
	const struct endpoint_request *request = default_request(&record->config);
	int r = 0;

	for (size_t i = 0; request && i < request->links.count && r == 0; i++)
		r = read_link(engine, record, request->links.items[i], arena, hosts, env, e);
	return r;
}
