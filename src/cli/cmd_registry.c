/*
 * hoy registry tags, referrers, rm: what a registry has, and that it has it no longer.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/listing.h"
#include "engine/remote.h"
#include "format/json.h"
#include "format/size.h"
#include "format/text.h"

/* --- tags --------------------------------------------------------------------------------- */

int cmd_registry_tags(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .min = 1, .max = 1 };
	struct strv args = { 0 };
	struct strv tags = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	if (remote_tags(args.items[0], &cli->arena, &tags, &e) < 0)
		return cli_report(&e);
	for (size_t i = 0; i < tags.count; i++)
		(void)puts(tags.items[i]);
	return 0;
}

/* --- referrers ---------------------------------------------------------------------------- */

struct referrers_options {
	char *artifact_type;
	char *format;
};

#define FIELD(name) offsetof(struct referrers_options, name)
static const struct option referrers_option_table[] = {
	{ "artifact-type", 0, OPTION_TEXT, FIELD(artifact_type), NULL, NULL,
	  "Only show artifacts of this type" },
	{ "format", 0, OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or "
	  "'TEMPLATE'" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static const struct listing_title referrers_titles[] = {
	{ "Digest", "DIGEST" },
	{ "ArtifactType", "ARTIFACT TYPE" },
	{ "MediaType", "MEDIA TYPE" },
	{ "Size", "SIZE" },
	{ NULL, NULL },
};

/* What a stranger wrote, so that a terminal does nothing but show it. */
static void put_printable(struct json_object *row, const char *field, const char *text)
{
	AUTO_STR struct str s = { 0 };

	text_printable(text ? text : "", text ? strlen(text) : 0, &s);
	(void)json_object_object_add(row, field, json_new_text(str_text(&s)));
}

static struct json_object *referrers_row(const struct index_entry *entry)
{
	struct json_object *row = json_object_new_object();
	char size[SIZE_TEXT_SIZE];

	if (!row)
		return NULL;
	size_text(entry->descriptor.size, size);
	(void)json_object_object_add(row, "Digest", json_new_text(entry->descriptor.digest));
	put_printable(row, "ArtifactType", entry->artifact_type);
	put_printable(row, "MediaType", entry->descriptor.media_type);
	(void)json_object_object_add(row, "Size", json_new_text(size));
	return row;
}

int cmd_registry_referrers(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = referrers_option_table,
					   .min = 1,
					   .max = 1 };
	struct listing listing = {
		.titles = referrers_titles,
		.standard = "table {{.Digest}}\t{{.ArtifactType}}\t{{.Size}}",
	};
	AUTO_JSON struct json_object *rows = json_object_new_array();
	struct referrers_options o = { 0 };
	struct image_index index;
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = remote_referrers(args.items[0], o.artifact_type, &cli->arena, &index, &e);
	for (size_t i = 0; r == 0 && i < index.count; i++)
		if (json_object_array_add(rows, referrers_row(&index.entries[i])) < 0)
			r = err_set(&e, ERR_INTERNAL, -ENOMEM, "no memory for the list");
	listing.format = o.format;
	if (r == 0)
		r = listing_print(&listing, rows, &e);
	return r < 0 ? cli_report(&e) : 0;
}

/* --- rm ----------------------------------------------------------------------------------- */

struct rm_options {
	bool is_blob;
};

static const struct option rm_option_table[] = {
	{ "blob", 0, OPTION_BOOL, offsetof(struct rm_options, is_blob), NULL, NULL,
	  "The digests are those of blobs" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

int cmd_registry_rm(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = rm_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct rm_options o = { 0 };
	struct strv args = { 0 };
	int exit_code;
	int result = 0;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	for (size_t i = 0; i < args.count; i++) {
		struct err e = { 0 };

		if ((o.is_blob ? remote_remove_blob : remote_remove)(args.items[i], &e) < 0)
			result = cli_report(&e);
		else
			(void)puts(args.items[i]);
		(void)fflush(stdout);
	}
	return result;
}
