/*
 * hoy history: how an image came to be.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "format/json.h"
#include "format/size.h"
#include "format/text.h"

enum { HISTORY_COMMAND_LEN = 45 };

struct history_options {
	bool is_human;
	bool is_untruncated;
	bool is_quiet;
	char *format;
	char *platform;
};

#define FIELD(name) offsetof(struct history_options, name)
static const struct option history_option_table[] = {
	{ "format", 0, OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or "
	  "'TEMPLATE'" },
	{ "human", 'H', OPTION_BOOL, FIELD(is_human), NULL, NULL,
	  "Print sizes and dates in human readable format (default true)" },
	{ "no-trunc", 0, OPTION_BOOL, FIELD(is_untruncated), NULL, NULL,
	  "Don't truncate output" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Only show image IDs" },
	{ "platform", 0, OPTION_TEXT, FIELD(platform), NULL, NULL,
	  "Only if the image is for the given platform: os[/arch[/variant]]" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static const struct listing_title history_titles[] = {
	{ "ID", "IMAGE" },
	{ "CreatedSince", "CREATED" },
	{ "CreatedAt", "CREATED AT" },
	{ "CreatedBy", "CREATED BY" },
	{ "Size", "SIZE" },
	{ "Comment", "COMMENT" },
	{ NULL, NULL },
};

/* The id of the image that ended with history line `index`: this one, one of its ancestors, or
 * nobody known. */
static const char *history_id(struct engine *engine, const struct image *image, size_t index,
			      struct arena *arena)
{
	struct image at = *image;

	while (at.config.history_count > index + 1 && at.parent[0]) {
		struct image parent;

		if (image_find(&engine->state, at.parent, arena, &parent, NULL) < 0)
			return NULL;
		at = parent;
	}
	return at.config.history_count == index + 1 ? arena_copy(arena, at.id) : NULL;
}

static void put(struct json_object *row, const char *field, struct str *s)
{
	(void)json_object_object_add(row, field, json_new_text(str_text(s)));
	str_clear(s);
}

/* Docker prints a line on one line. */
static void put_created_by(struct json_object *row, const struct history_options *o,
			   const char *created_by, struct str *s)
{
	AUTO_STR struct str line = { 0 };

	for (const char *c = created_by ? created_by : ""; *c; c++)
		str_add_char(&line, *c == '\t' ? ' ' : *c);
	text_truncate(str_text(&line), o->is_untruncated ? SIZE_MAX : HISTORY_COMMAND_LEN, s);
	put(row, "CreatedBy", s);
}

static void put_times(struct json_object *row, const struct history_options *o,
		      const char *created, struct str *s)
{
	uint64_t created_ns = 0;
	char text[CLOCK_TEXT_SIZE];

	(void)clock_parse(created ? created : "", &created_ns);
	clock_text(created_ns / 1000000000 * 1000000000, text);
	/* Without the fraction, as Go's time.RFC3339. */
	if (strchr(text, '.'))
		memcpy(strchr(text, '.'), "Z", sizeof("Z"));
	if (o->is_human)
		text_ago(clock_wall_ns(), created_ns, s);
	else
		str_add(s, text);
	put(row, "CreatedSince", s);
	str_add(s, text);
	put(row, "CreatedAt", s);
}

static struct json_object *history_row(const struct history_options *o,
				       const struct image_history *h, const char *id,
				       uint64_t size)
{
	struct json_object *row = json_object_new_object();
	AUTO_STR struct str s = { 0 };
	char text[SIZE_TEXT_SIZE];

	if (!row)
		return NULL;
	if (!id)
		str_add(&s, "<missing>");
	else if (o->is_untruncated)
		str_add(&s, id);
	else
		text_short_id(id, &s);
	put(row, "ID", &s);
	put_times(row, o, h->created, &s);
	put_created_by(row, o, h->created_by, &s);
	size_text_short(size, text);
	if (o->is_human)
		str_add(&s, text);
	else
		str_printf(&s, "%llu", (unsigned long long)size);
	put(row, "Size", &s);
	str_add(&s, h->comment ? h->comment : "");
	put(row, "Comment", &s);
	return row;
}

/* Newest first; lines that made a layer take the layers' sizes from the top down. */
static int history_rows(struct cli *cli, struct engine *engine, const struct history_options *o,
			const struct image *image, struct json_object *rows)
{
	size_t layer = image->config.diff_ids.count;

	for (size_t i = image->config.history_count; i > 0; i--) {
		const struct image_history *h = &image->config.history[i - 1];
		uint64_t size =
			!h->is_empty_layer && layer > 0 ? image->layer_sizes[--layer] : 0;
		struct json_object *row =
			history_row(o, h, history_id(engine, image, i - 1, &cli->arena), size);

		if (!row || json_object_array_add(rows, row) < 0)
			return -ENOMEM;
	}
	return 0;
}

int cmd_history(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = history_option_table,
					   .min = 1,
					   .max = 1 };
	struct history_options o = { .is_human = true };
	struct listing listing = {
		.titles = history_titles,
		.standard =
			"table "
			"{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
		.quiet = "{{.ID}}",
	};
	AUTO_JSON struct json_object *rows = json_object_new_array();
	struct strv args = { 0 };
	struct engine *engine;
	struct image image;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = image_find(&engine->state, args.items[0], &cli->arena, &image, &e);
	if (r == 0)
		r = image_platform_check(&image, args.items[0], o.platform, &e);
	if (r == 0 && history_rows(cli, engine, &o, &image, rows) < 0)
		r = err_set(&e, ERR_INTERNAL, -ENOMEM, "no memory for the history");
	if (!o.is_human)
		listing.standard =
			"table "
			"{{.ID}}\t{{.CreatedAt}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
	listing.format = o.format;
	listing.is_quiet = o.is_quiet;
	if (r == 0)
		r = listing_print(&listing, rows, &e);
	return r < 0 ? cli_report(&e) : 0;
}
