/*
 * See ps_row.h.
 *
 * Runs in: cli.
 */
#include "cli/ps_row.h"

#include <string.h>

#include "format/json.h"
#include "format/size.h"
#include "format/text.h"

enum { PS_COMMAND_LEN = 20, PS_MOUNT_LEN = 15 };

const struct listing_title ps_titles[] = {
	{ "ID", "CONTAINER ID" },
	{ "Image", "IMAGE" },
	{ "Command", "COMMAND" },
	{ "CreatedAt", "CREATED AT" },
	{ "RunningFor", "CREATED" },
	{ "Ports", "PORTS" },
	{ "State", "STATE" },
	{ "Status", "STATUS" },
	{ "Names", "NAMES" },
	{ "Labels", "LABELS" },
	{ "Mounts", "MOUNTS" },
	{ "LocalVolumes", "LOCAL VOLUMES" },
	{ "Networks", "NETWORKS" },
	{ "Size", "SIZE" },
	{ NULL, NULL },
};

void ps_status(const struct container *container, uint64_t now_ns, struct str *out)
{
	const struct liveness *l = &container->liveness;
	char text[SIZE_TEXT_SIZE];

	switch (container->is_damaged ? STATUS_DEAD : l->status) {
	case STATUS_CREATED:
		str_add(out, "Created");
		break;
	case STATUS_RUNNING:
	case STATUS_PAUSED:
		duration_text(now_ns > l->started_ns ? now_ns - l->started_ns : 0, text);
		str_printf(out, "Up %s%s", text, l->status == STATUS_PAUSED ? " (Paused)" : "");
		break;
	case STATUS_RESTARTING:
	case STATUS_EXITED:
		str_printf(out, "%s (%d) ",
			   l->status == STATUS_EXITED ? "Exited" : "Restarting", l->exit_code);
		text_ago(now_ns, l->finished_ns, out);
		break;
	case STATUS_REMOVING:
		str_add(out, "Removal In Progress");
		break;
	case STATUS_DEAD:
		str_add(out, container->is_damaged ? "Damaged" : "Dead");
		break;
	}
}

/* "path arg 'arg with spaces'", shortened, in quotes. */
static void ps_command(const struct record *record, bool is_truncating, struct str *out)
{
	AUTO_STR struct str command = { 0 };
	AUTO_STR struct str shown = { 0 };

	str_add(&command, record->path ? record->path : "");
	for (size_t i = 0; i < record->args.count; i++)
		str_printf(&command, strchr(record->args.items[i], ' ') ? " '%s'" : " %s",
			   record->args.items[i]);
	text_truncate(str_text(&command), is_truncating ? PS_COMMAND_LEN : SIZE_MAX, &shown);
	text_quote(str_text(&shown), out);
}

static void ps_image(const struct record *record, bool is_truncating, struct str *out)
{
	const char *image = record->config.image ? record->config.image : "";

	if (is_truncating && str_starts(image, "sha256:"))
		text_short_id(image, out);
	else
		str_add(out, image);
}

static void ps_mounts(const struct container_config *config, bool is_truncating,
		      struct str *out)
{
	for (size_t i = 0; i < config->mount_count; i++) {
		const struct mount_request *mount = &config->mounts[i];

		if (mount->kind == MOUNT_TMPFS || !mount->source)
			continue;
		if (out->len > 0)
			str_add_char(out, ',');
		text_truncate(mount->source, is_truncating ? PS_MOUNT_LEN : SIZE_MAX, out);
	}
}

/* Those that it is on; host or none when it is to have none. */
static void ps_networks(const struct container_config *config, struct str *out)
{
	for (size_t i = 0; i < config->network_count; i++)
		str_printf(out, "%s%s", i > 0 ? "," : "", config->networks[i].network);
	if (config->network_count == 0 && (str_equal(config->network_mode, "host") ||
					   str_equal(config->network_mode, "none")))
		str_add(out, config->network_mode);
}

static int ps_volume_count(const struct container_config *config)
{
	int count = 0;

	for (size_t i = 0; i < config->mount_count; i++)
		count += config->mounts[i].kind == MOUNT_VOLUME;
	return count;
}

static void ps_labels(const struct strv *labels, struct str *out)
{
	for (size_t i = 0; i < labels->count; i++)
		str_printf(out, "%s%s", i > 0 ? "," : "", labels->items[i]);
}

void ps_row_add_ports(struct json_object *row, const char *ports)
{
	(void)json_object_object_add(row, "Ports", json_new_text(ports));
}

void ps_row_add_label(struct json_object *row, const struct strv *labels)
{
	(void)json_object_object_add(row, "Label", json_new_map(labels));
}

/* Put what `s` collected and empty it for the next field. */
static void ps_put(struct json_object *row, const char *field, struct str *s)
{
	(void)json_object_object_add(row, field, json_new_text(str_text(s)));
	str_clear(s);
}

static void ps_put_record(struct json_object *row, const struct record *record, uint64_t now_ns,
			  bool is_truncating, struct str *s)
{
	const struct container_config *config = &record->config;

	ps_command(record, is_truncating, s);
	ps_put(row, "Command", s);
	text_created_at(record->created_ns, s);
	ps_put(row, "CreatedAt", s);
	ps_image(record, is_truncating, s);
	ps_put(row, "Image", s);
	ps_labels(&config->labels, s);
	ps_put(row, "Labels", s);
	str_printf(s, "%d", ps_volume_count(config));
	ps_put(row, "LocalVolumes", s);
	ps_mounts(config, is_truncating, s);
	ps_put(row, "Mounts", s);
	str_add(s, record->name);
	ps_put(row, "Names", s);
	ps_networks(config, s);
	ps_put(row, "Networks", s);
	text_ago(now_ns, record->created_ns, s);
	ps_put(row, "RunningFor", s);
}

struct json_object *ps_row(const struct container *container, uint64_t now_ns,
			   bool is_truncating)
{
	struct json_object *row = json_object_new_object();
	AUTO_STR struct str s = { 0 };

	if (!row)
		return NULL;
	/* Of a damaged one only the id is known; empty fields, not missing ones. */
	ps_put_record(row, &container->record, now_ns, is_truncating, &s);
	str_add_bytes(&s, container->record.id,
		      strnlen(container->record.id, is_truncating ? ID_SHORT_LEN : ID_LEN));
	ps_put(row, "ID", &s);
	ps_put(row, "Ports", &s);
	str_add(&s, "0B");
	ps_put(row, "Size", &s);
	str_add(&s, container->is_damaged ? "dead"
					  : container_status_text(container->liveness.status));
	ps_put(row, "State", &s);
	ps_status(container, now_ns, &s);
	ps_put(row, "Status", &s);
	return row;
}
