/*
 * See resolver_text.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/resolver_text.h"

#include <string.h>

#include "engine/container_names.h"
#include "proto/dns.h"

enum { NAME_LEN_MAX = 253 };

struct writing {
	struct str *out;
	size_t name_count;
};

static bool is_name(const char *text, size_t len)
{
	if (len == 0 || len > NAME_LEN_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)
			return false;
	return true;
}

static void add_address(struct str *out, const struct endpoint_address *address)
{
	char text[IP_TEXT_SIZE];

	if (!ip_is_set(&address->address)) {
		str_add(out, " -");
		return;
	}
	ip_format(&address->address, text);
	str_printf(out, " %s/%u", text, address->prefix);
}

static void add_name(struct writing *writing, const char *name)
{
	if (!is_name(name, strlen(name)))
		return;
	str_printf(writing->out, "name %s\n", name);
	writing->name_count++;
}

/* "CONTAINER:ALIAS", where an id means the container that has its beginning for a name. */
static void add_link(struct writing *writing, const char *link)
{
	const char *colon = strchr(link, ':');
	size_t len = colon ? (size_t)(colon - link) : 0;

	if (!colon || !is_name(link, len) || !is_name(colon + 1, strlen(colon + 1)))
		return;
	if (len == ID_SIZE - 1)
		len = ID_SHORT_LEN;
	str_printf(writing->out, "link %s %.*s\n", colon + 1, (int)len, link);
	writing->name_count++;
}

static void add_network(struct writing *writing, const struct container_names *names)
{
	const struct endpoint *endpoint = names->endpoint;

	str_printf(writing->out, "network %s %s %s", endpoint->network_id, endpoint->network,
		   endpoint->is_internal ? "internal" : "open");
	add_address(writing->out, &endpoint->addresses[IP_V4]);
	add_address(writing->out, &endpoint->addresses[IP_V6]);
	str_add_char(writing->out, '\n');
	/* On the default network there are none, and links are lines of /etc/hosts. */
	if (names->names.count == 0)
		return;
	for (size_t i = 0; i < names->names.count; i++)
		add_name(writing, names->names.items[i]);
	for (size_t i = 0; i < names->links.count; i++)
		add_link(writing, names->links.items[i]);
}

int resolver_text(const struct record *record, const struct endpoints *endpoints,
		  bool keeps_short, struct str *out, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct strv *servers = &record->config.dns;
	struct writing writing = { .out = out };
	struct container_names *names = NULL;
	size_t count = 0;
	int r = container_names_list(record, endpoints, &arena, &names, &count);

	str_add(out, DNS_TEXT_FIRST);
	str_printf(out, "container %s\n", record->id);
	for (size_t i = 0; i < servers->count && i < DNS_SERVERS_MAX; i++)
		str_printf(out, "server %s\n", servers->items[i]);
	if (keeps_short)
		str_add(out, "keep-short\n");
	for (size_t i = 0; i < count && r == 0; i++)
		add_network(&writing, &names[i]);
	if (r == 0)
		r = str_ok(out);
	if (r < 0)
		return err_sys(e, r, "list the names of container %s", record->name);
	if (writing.name_count > DNS_NAMES_MAX || out->len > DNS_TEXT_MAX)
		return err_set(e, ERR_CONFLICT, -E2BIG,
			       "container %s has more than %d names and links, or long ones",
			       record->name, DNS_NAMES_MAX);
	return 0;
}
