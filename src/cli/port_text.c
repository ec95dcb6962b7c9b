/*
 * See port_text.h.
 *
 * Runs in: cli.
 */
#include "cli/port_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void port_text_key(const struct port_mapping *port, char key[PORT_KEY_SIZE])
{
	(void)snprintf(key, PORT_KEY_SIZE, "%u/%s", port->container_port,
		       port_protocol_text(port->protocol));
}

static bool is_next(const struct port_mapping *a, const struct port_mapping *b, unsigned int n)
{
	return a->protocol == b->protocol && ip_equal(&a->address, &b->address) &&
	       b->host_port == a->host_port + n && b->container_port == a->container_port + n;
}

static void add_separator(struct str *out)
{
	if (out->len > 0)
		str_add(out, ", ");
}

static void add_range(const struct port_mapping *first, unsigned int n, struct str *out)
{
	char address[IP_SUBNET_TEXT_SIZE];

	ip_format_host(&first->address, address);
	add_separator(out);
	if (n == 1)
		str_printf(out, "%s:%u->%u/%s", address, first->host_port,
			   first->container_port, port_protocol_text(first->protocol));
	else
		str_printf(out, "%s:%u-%u->%u-%u/%s", address, first->host_port,
			   first->host_port + n - 1, first->container_port,
			   first->container_port + n - 1, port_protocol_text(first->protocol));
}

/* Those of a range need not stand together: between two of one family is one of the other. */
static void add_published(const struct port_mapping *ports, size_t count, bool *is_done,
			  struct str *out)
{
	for (size_t i = 0; i < count; i++) {
		unsigned int n = 1;

		if (is_done[i])
			continue;
		for (size_t at = i + 1; at < count; at++) {
			if (is_done[at] || !is_next(&ports[i], &ports[at], n))
				continue;
			is_done[at] = true;
			n++;
		}
		add_range(&ports[i], n, out);
	}
}

static bool is_published(const struct port_mapping *ports, size_t count, const char *exposed)
{
	for (size_t i = 0; i < count; i++) {
		char key[PORT_KEY_SIZE];

		port_text_key(&ports[i], key);
		if (str_equal(key, exposed))
			return true;
	}
	return false;
}

/* One of those that are exposed and no more, `step` behind `text` ("80/tcp"). */
static bool is_only_exposed(const struct port_mapping *ports, size_t count,
			    const struct strv *exposed, const char *text, int step)
{
	long number = strtol(text, NULL, 10) + step;
	char key[PORT_KEY_SIZE];

	(void)snprintf(key, sizeof(key), "%ld%s", number, text + strcspn(text, "/"));
	return strv_has(exposed, key) && !is_published(ports, count, key);
}

static void add_exposed(const struct port_mapping *ports, size_t count,
			const struct strv *exposed, struct str *out)
{
	for (size_t i = 0; i < exposed->count; i++) {
		const char *text = exposed->items[i];
		int more = 0;

		/* In a range it was said with the first. */
		if (!is_only_exposed(ports, count, exposed, text, 0) ||
		    is_only_exposed(ports, count, exposed, text, -1))
			continue;
		while (is_only_exposed(ports, count, exposed, text, more + 1))
			more++;
		add_separator(out);
		if (more == 0)
			str_add(out, text);
		else
			str_printf(out, "%ld-%ld%s", strtol(text, NULL, 10),
				   strtol(text, NULL, 10) + more, text + strcspn(text, "/"));
	}
}

void port_text_list(const struct port_mapping *ports, size_t count, const struct strv *exposed,
		    struct arena *arena, struct str *out)
{
	bool *is_done = arena_array(arena, count + 1, sizeof(*is_done));

	if (!is_done) {
		out->is_broken = true;
		return;
	}
	add_published(ports, count, is_done, out);
	add_exposed(ports, count, exposed, out);
}
