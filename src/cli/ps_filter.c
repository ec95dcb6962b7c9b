/*
 * See ps_filter.h.
 *
 * Runs in: cli.
 */
#include "cli/ps_filter.h"

#include <stdio.h>
#include <string.h>

#include "cli/filter.h"
#include "cli/port_text.h"
#include "engine/networks.h"
#include "format/json.h"
#include "spec/port_mapping.h"

struct ps_ancestor {
	const char *name; /* as given */
	/* diff ids; a container whose layers begin with them descends from it */
	struct strv layers;
};

static const char *const ps_filter_keys[] = { "id",	"name",	    "label",   "status",
					      "exited", "ancestor", "before",  "since",
					      "volume", "network",  "publish", "expose",
					      NULL };

/* Docker: unknown words are an error, because they could never match. */
static int ps_filter_check_status(const struct strv *filters, struct err *e)
{
	static const char *const known[] = { "created", "restarting", "running", "removing",
					     "paused",	"exited",     "dead" };

	for (size_t i = 0; i < filters->count; i++) {
		const char *value = filters->items[i] + strlen("status=");
		bool is_known = !str_starts(filters->items[i], "status=");

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			is_known = is_known || strcmp(known[k], value) == 0;
		if (!is_known)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid filter 'status=%s'",
				       value);
	}
	return 0;
}

static int ps_filter_check_exited(const struct strv *filters, struct err *e)
{
	uint64_t code;

	for (size_t i = 0; i < filters->count; i++) {
		if (str_starts(filters->items[i], "exited=") &&
		    parse_u64(filters->items[i] + 7, 0, 255, &code) < 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "invalid filter '%s': an exit code is from 0 to 255",
				       filters->items[i]);
	}
	return 0;
}

/* before= and since= name a container. */
static int ps_filter_time(struct engine *engine, const struct strv *filters, const char *key,
			  struct arena *arena, uint64_t *ret_ns, struct err *e)
{
	size_t len = strlen(key);
	struct container container;
	int r;

	for (size_t i = 0; i < filters->count; i++) {
		if (strncmp(filters->items[i], key, len) != 0)
			continue;
		r = engine_get(engine, filters->items[i] + len, arena, &container, e);
		if (r < 0)
			return r;
		*ret_ns = container.record.created_ns;
	}
	return 0;
}

/* What the image is made of; one that does not exist matches by its name only. */
static int ps_filter_ancestor(struct engine *engine, const char *name, struct arena *arena,
			      struct ps_ancestor *ret)
{
	AUTO_JSON struct json_object *image = NULL;
	struct json_object *rootfs = NULL;
	struct err e = { 0 };

	ret->name = name;
	if (engine_image_inspect(engine, name, &image, &e) < 0)
		return 0;
	if (json_get_object(image, "", "RootFS", &rootfs, &e) < 0 || !rootfs)
		return 0;
	return json_get_strings(rootfs, "RootFS", "Layers", arena, &ret->layers, &e);
}

static int ps_filter_ancestors(struct ps_filter *filter, struct engine *engine,
			       struct arena *arena)
{
	int r = 0;

	filter->ancestors =
		arena_array(arena, filter->filters->count + 1, sizeof(*filter->ancestors));
	if (!filter->ancestors)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < filter->filters->count; i++) {
		if (str_starts(filter->filters->items[i], "ancestor="))
			r = ps_filter_ancestor(
				engine, filter->filters->items[i] + strlen("ancestor="), arena,
				&filter->ancestors[filter->ancestor_count++]);
	}
	return r;
}

static int ps_filter_ports(const struct strv *filters, const char *key, struct arena *arena,
			   struct strv *ret, struct err *e)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < filters->count; i++) {
		if (strncmp(filters->items[i], key, len) != 0)
			continue;
		if (port_exposed_parse(filters->items[i] + len, arena, ret, NULL) < 0)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid filter '%s'",
				       filters->items[i]);
	}
	return arena_ok(arena);
}

int ps_filter_init(struct ps_filter *filter, struct engine *engine, const struct strv *filters,
		   bool is_all, struct arena *arena, struct err *e)
{
	int r = filter_check(filters, ps_filter_keys, e);

	filter->filters = filters;
	filter->engine = engine;
	/* Asking for a state is asking for all containers in it. */
	filter->is_all =
		is_all || filter_has(filters, "status") || filter_has(filters, "exited");
	if (r == 0)
		r = ps_filter_check_status(filters, e);
	if (r == 0)
		r = ps_filter_check_exited(filters, e);
	if (r == 0)
		r = ps_filter_time(engine, filters, "before=", arena, &filter->before_ns, e);
	if (r == 0)
		r = ps_filter_time(engine, filters, "since=", arena, &filter->since_ns, e);
	if (r == 0)
		r = ps_filter_ports(filters, "publish=", arena, &filter->published, e);
	if (r == 0)
		r = ps_filter_ports(filters, "expose=", arena, &filter->exposed, e);
	return r < 0 ? r : ps_filter_ancestors(filter, engine, arena);
}

/* --- matching ---------------------------------------------------------------------------- */

static bool ps_matches_name(const void *context, const char *value)
{
	char name[RECORD_NAME_SIZE + 1];

	/* Docker knows names with a slash in front, and scripts filter by "^/web$". */
	(void)snprintf(name, sizeof(name), "/%s", (const char *)context);
	return filter_matches_text(context, value) || filter_matches_text(name, value);
}

static bool ps_matches_status(const void *context, const char *value)
{
	const struct container *container = context;

	return strcmp(container->is_damaged ? "dead"
					    : container_status_text(container->liveness.status),
		      value) == 0;
}

static bool ps_matches_exited(const void *context, const char *value)
{
	const struct container *container = context;
	uint64_t code;

	return container->liveness.status == STATUS_EXITED &&
	       parse_u64(value, 0, 255, &code) == 0 &&
	       (uint64_t)container->liveness.exit_code == code;
}

static bool ps_matches_volume(const void *context, const char *value)
{
	const struct container_config *config = context;

	for (size_t i = 0; i < config->mount_count; i++) {
		if (str_equal(config->mounts[i].source, value) ||
		    str_equal(config->mounts[i].destination, value))
			return true;
	}
	return false;
}

static bool ps_matches_network(const void *context, const char *value)
{
	const struct container_config *config = context;

	for (size_t i = 0; i < config->network_count; i++) {
		if (str_equal(config->networks[i].network, value))
			return true;
	}
	return config->network_count == 0 && str_equal(config->network_mode, value);
}

static bool ps_descends(const struct ps_ancestor *ancestor, const struct record *record)
{
	if (str_equal(record->config.image, ancestor->name))
		return true;
	if (ancestor->layers.count == 0 || ancestor->layers.count > record->layers.count)
		return false;
	for (size_t i = 0; i < ancestor->layers.count; i++) {
		if (strcmp(ancestor->layers.items[i], record->layers.items[i]) != 0)
			return false;
	}
	return true;
}

static bool ps_matches_ancestor(const struct ps_filter *filter, const struct record *record)
{
	for (size_t i = 0; i < filter->ancestor_count; i++) {
		if (ps_descends(&filter->ancestors[i], record))
			return true;
	}
	return filter->ancestor_count == 0;
}

static bool has_common(const struct strv *a, const struct strv *b)
{
	for (size_t i = 0; i < a->count; i++) {
		if (strv_has(b, a->items[i]))
			return true;
	}
	return false;
}

/* Is one of these host ports, or container ports, that of a mapping? */
static bool is_mapped(const struct endpoints *endpoints, const struct strv *wanted,
		      bool is_on_host)
{
	for (size_t i = 0; i < endpoints->port_count; i++) {
		struct port_mapping port = endpoints->ports[i];
		char key[PORT_KEY_SIZE];

		if (is_on_host)
			port.container_port = port.host_port;
		port_text_key(&port, key);
		if (strv_has(wanted, key))
			return true;
	}
	return false;
}

/* As docker: only what runs has ports. */
static bool ps_matches_ports(const struct ps_filter *filter, const struct container *container)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoints endpoints = { 0 };

	if (filter->published.count == 0 && filter->exposed.count == 0)
		return true;
	if (engine_endpoints(filter->engine, container, &arena, &endpoints) < 0)
		return false;
	if (filter->published.count > 0 && !is_mapped(&endpoints, &filter->published, true))
		return false;
	return filter->exposed.count == 0 || is_mapped(&endpoints, &filter->exposed, false) ||
	       has_common(&container->record.config.exposed_ports, &filter->exposed);
}

bool ps_filter_matches(const struct ps_filter *filter, const struct container *container)
{
	const struct record *record = &container->record;

	if (!filter->is_all &&
	    (container->is_damaged || (container->liveness.status != STATUS_RUNNING &&
				       container->liveness.status != STATUS_PAUSED &&
				       container->liveness.status != STATUS_RESTARTING)))
		return false;
	if (filter->before_ns > 0 && record->created_ns >= filter->before_ns)
		return false;
	if (filter->since_ns > 0 && record->created_ns <= filter->since_ns)
		return false;
	return filter_any(filter->filters, "id", filter_matches_text, record->id) &&
	       filter_any(filter->filters, "name", ps_matches_name, record->name) &&
	       filter_all(filter->filters, "label", filter_matches_label,
			  &record->config.labels) &&
	       filter_any(filter->filters, "status", ps_matches_status, container) &&
	       filter_any(filter->filters, "exited", ps_matches_exited, container) &&
	       filter_any(filter->filters, "volume", ps_matches_volume, &record->config) &&
	       filter_any(filter->filters, "network", ps_matches_network, &record->config) &&
	       ps_matches_ancestor(filter, record) && ps_matches_ports(filter, container);
}
