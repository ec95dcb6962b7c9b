/*
 * hoy system df: what everything takes on the disk.
 *
 * Runs in: cli.
 * See: docker system df.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/image_row.h"
#include "cli/listing.h"
#include "cli/listing_json.h"
#include "cli/ps_row.h"
#include "cli/volume_json.h"
#include "engine/disk_usage.h"
#include "format/json.h"
#include "format/reference.h"
#include "format/size.h"
#include "format/text.h"

struct df_options {
	bool is_verbose;
	char *format;
};

#define FIELD(name) offsetof(struct df_options, name)
static const struct option df_option_table[] = {
	{ "format", 0, OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or "
	  "'TEMPLATE'" },
	{ "verbose", 'v', OPTION_BOOL, FIELD(is_verbose), NULL, NULL,
	  "Show detailed information on space usage" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static void put(struct json_object *row, const char *field, const char *text)
{
	(void)json_object_object_add(row, field, json_new_text(text));
}

static void put_size(struct json_object *row, const char *field, uint64_t bytes)
{
	char text[SIZE_TEXT_SIZE];

	size_text(bytes, text);
	put(row, field, text);
}

/* Of an image or a container, as docker. */
static void put_short_size(struct json_object *row, uint64_t bytes)
{
	char text[SIZE_TEXT_SIZE];

	size_text_short(bytes, text);
	put(row, "Size", text);
}

static void put_count(struct json_object *row, const char *field, size_t count)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%zu", count);
	put(row, field, text);
}

static int add_row(struct json_object *rows, struct json_object *row)
{
	return !row || json_object_array_add(rows, row) < 0 ? -ENOMEM : 0;
}

/* --- the summary ------------------------------------------------------------------------- */

static const struct listing_title df_titles[] = {
	{ "Type", "TYPE" }, { "TotalCount", "TOTAL" },	      { "Active", "ACTIVE" },
	{ "Size", "SIZE" }, { "Reclaimable", "RECLAIMABLE" }, { NULL, NULL },
};

static int add_summary(struct json_object *rows, const char *type,
		       const struct usage_row *usage)
{
	struct json_object *row = json_object_new_object();
	char size[SIZE_TEXT_SIZE];
	char text[SIZE_TEXT_SIZE + 16];

	if (!row)
		return -ENOMEM;
	put(row, "Type", type);
	put_count(row, "TotalCount", usage->total);
	put_count(row, "Active", usage->active);
	put_size(row, "Size", usage->bytes);
	size_text(usage->reclaimable, size);
	if (usage->bytes > 0)
		(void)snprintf(text, sizeof(text), "%s (%llu%%)", size,
			       (unsigned long long)(usage->reclaimable * 100 / usage->bytes));
	else
		(void)snprintf(text, sizeof(text), "%s", size);
	put(row, "Reclaimable", text);
	return add_row(rows, row);
}

static int df_print(const struct df_options *o, const struct disk_usage *usage, struct err *e)
{
	static const struct usage_row no_cache;
	const struct listing listing = {
		.titles = df_titles,
		.standard = "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t"
			    "{{.Reclaimable}}",
		.format = o->format,
	};
	const struct {
		const char *type;
		const struct usage_row *row;
	} parts[] = {
		{ "Images", &usage->images },
		{ "Containers", &usage->containers },
		{ "Local Volumes", &usage->volumes },
		{ "Build Cache", &no_cache },
		{ "Logs", &usage->logs },
		{ "Downloads", &usage->downloads },
		{ "Other", &usage->other },
	};
	AUTO_JSON struct json_object *rows = json_object_new_array();
	int r = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == 0; i++)
		r = add_summary(rows, parts[i].type, parts[i].row);
	return r < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a table")
		     : listing_print(&listing, rows, e);
}

/* --- everything -------------------------------------------------------------------------- */

static const struct listing_title df_volume_titles[] = {
	{ "Name", "VOLUME NAME" },
	{ "Links", "LINKS" },
	{ "Size", "SIZE" },
	{ NULL, NULL },
};

static struct json_object *image_item(const struct usage_image *item, bool is_truncating)
{
	struct reference reference = { 0 };
	char familiar[REFERENCE_SIZE * 2];
	struct image_name name = { NULL };
	struct json_object *row;

	if (item->image.references.count > 0 &&
	    reference_parse(item->image.references.items[0], &reference, NULL) == 0) {
		reference_familiar_name(&reference, familiar);
		name.repository = familiar;
		name.tag = reference.tag[0] ? reference.tag : NULL;
	}
	row = image_row(&item->image, &name, clock_wall_ns(), is_truncating);
	if (row) {
		put(row, "Digest", "");
		put_short_size(row, item->bytes);
		put_size(row, "VirtualSize", item->bytes);
		put_size(row, "SharedSize", item->shared);
		put_size(row, "UniqueSize", item->bytes - item->shared);
		put_count(row, "Containers", item->containers);
	}
	return row;
}

static struct json_object *container_item(const struct usage_container *item,
					  bool is_truncating)
{
	struct json_object *row = ps_row(&item->container, clock_wall_ns(), is_truncating);

	if (row)
		put_short_size(row, item->bytes + item->log_bytes);
	return row;
}

static struct json_object *volume_item(const struct usage_volume *item)
{
	struct json_object *row = volume_row(&item->volume);

	if (row) {
		put_count(row, "Links", item->links);
		put_size(row, "Size", item->bytes);
	}
	return row;
}

/* The rows of each kind, owned by `ret`, whose members are docker's. */
static int df_items(const struct disk_usage *usage, bool is_truncating, struct json_object *ret)
{
	struct json_object *images = json_object_new_array();
	struct json_object *containers = json_object_new_array();
	struct json_object *volumes = json_object_new_array();
	int r = 0;

	(void)json_object_object_add(ret, "Images", images);
	(void)json_object_object_add(ret, "Containers", containers);
	(void)json_object_object_add(ret, "Volumes", volumes);
	(void)json_object_object_add(ret, "BuildCache", json_object_new_array());
	for (size_t i = 0; i < usage->images.total && r == 0; i++)
		r = add_row(images, image_item(&usage->image_items[i], is_truncating));
	for (size_t i = 0; i < usage->containers.total && r == 0; i++)
		r = add_row(containers,
			    container_item(&usage->container_items[i], is_truncating));
	for (size_t i = 0; i < usage->volumes.total && r == 0; i++)
		r = add_row(volumes, volume_item(&usage->volume_items[i]));
	return r;
}

static int df_tables(struct json_object *items, struct err *e)
{
	const struct {
		const char *heading;
		const char *member;
		struct listing listing;
	} parts[] = {
		{ "Images space usage:\n",
		  "Images",
		  { .titles = image_titles,
		    .standard = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t"
				"{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t"
				"{{.Containers}}" } },
		{ "\nContainers space usage:\n",
		  "Containers",
		  { .titles = ps_titles,
		    .standard = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t"
				"{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}" } },
		{ "\nLocal Volumes space usage:\n",
		  "Volumes",
		  { .titles = df_volume_titles,
		    .standard = "table {{.Name}}\t{{.Links}}\t{{.Size}}" } },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == 0; i++) {
		(void)puts(parts[i].heading);
		r = listing_print(&parts[i].listing,
				  json_object_object_get(items, parts[i].member), e);
	}
	return r;
}

/* All of it as one object, whose members stand in docker's order. */
static int df_print_json(struct json_object *items, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r = 0;

	json_object_object_foreach(items, kind, rows)
	{
		if (r == 0) {
			str_printf(&text, "%s\"%s\":", text.len > 0 ? "," : "{", kind);
			r = listing_json_rows(rows, &text);
		}
	}
	if (r < 0 || str_ok(&text) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a table");
	(void)printf("%s}\n", str_text(&text));
	return 0;
}

/* As tables, or through a template that sees all of them at once. */
static int df_print_all(const struct df_options *o, const struct disk_usage *usage,
			struct err *e)
{
	AUTO_JSON struct json_object *items = json_object_new_object();
	bool is_table = !o->format || strcmp(o->format, "table") == 0;
	char logs[SIZE_TEXT_SIZE];
	char downloads[SIZE_TEXT_SIZE];
	int r;

	if (df_items(usage, is_table, items) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a table");
	if (listing_json_is_meant(o->format))
		return df_print_json(items, e);
	r = is_table ? df_tables(items, e) : listing_print_one(o->format, items, e);
	if (r < 0 || !is_table)
		return r;
	size_text(usage->logs.bytes, logs);
	size_text(usage->downloads.bytes, downloads);
	(void)printf("\nLogs usage: %s\nUnfinished downloads usage: %s\n", logs, downloads);
	return 0;
}

int cmd_system_df(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = df_option_table };
	struct df_options o = { 0 };
	struct disk_usage usage;
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (o.is_verbose && o.format && str_starts(o.format, "table ")) {
		(void)err_set(&e, ERR_INVALID, -EINVAL,
			      "--verbose has several tables and takes no columns for one");
		return cli_report_usage(cli, &e);
	}
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_disk_usage(engine, &cli->arena, &usage, &e);
	if (r == 0)
		r = o.is_verbose ? df_print_all(&o, &usage, &e) : df_print(&o, &usage, &e);
	return r < 0 ? cli_report(&e) : 0;
}
