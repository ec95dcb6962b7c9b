/*
 * hoy images: list images.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/image_row.h"
#include "cli/images_tree.h"
#include "cli/images_view.h"
#include "cli/listing.h"
#include "format/json.h"
#include "format/reference.h"

struct images_options {
	bool is_all;
	bool has_digests;
	bool is_untruncated;
	bool is_quiet;
	bool is_tree;
	char *format;
	struct strv filters;
};

#define FIELD(name) offsetof(struct images_options, name)
static const struct option images_option_table[] = {
	{ "all", 'a', OPTION_BOOL, FIELD(is_all), NULL, NULL,
	  "Show all images (default hides intermediate images)" },
	{ "digests", 0, OPTION_BOOL, FIELD(has_digests), NULL, NULL, "Show digests" },
	{ "filter", 'f', OPTION_FILTER, FIELD(filters), NULL, "filter",
	  "Filter output based on conditions provided" },
	{ "format", 0, OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or "
	  "'TEMPLATE'" },
	{ "no-trunc", 0, OPTION_BOOL, FIELD(is_untruncated), NULL, NULL,
	  "Don't truncate output" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Only show image IDs" },
	{ "tree", 0, OPTION_BOOL, FIELD(is_tree), NULL, NULL,
	  "List each image with its platform, sizes and whether it is in use" },
	{ "history", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "names", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "noheading", 'n', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "sort", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* A reference of an image, taken apart. */
struct images_reference {
	const char *full;
	struct image_name name; /* a tag or a digest */
};

static struct images_reference *images_references(const struct image *image,
						  struct arena *arena)
{
	size_t count = image->references.count;
	struct images_reference *list = arena_array(arena, count, sizeof(*list));

	for (size_t i = 0; list && i < count; i++) {
		struct reference reference = { 0 };
		char familiar[REFERENCE_SIZE * 2];

		list[i].full = image->references.items[i];
		if (reference_parse(list[i].full, &reference, NULL) < 0)
			continue;
		reference_familiar_name(&reference, familiar);
		list[i].name.repository = arena_copy(arena, familiar);
		if (reference.digest[0])
			list[i].name.digest = arena_copy(arena, reference.digest);
		else
			list[i].name.tag = arena_copy(arena, reference.tag);
	}
	return list;
}

/* What is listed, and how. */
struct images_rows {
	const struct images_options *options;
	const struct images_view *view;
	struct json_object *array;
};

static int images_add(const struct images_rows *rows, const struct image *image,
		      const struct image_name *name)
{
	struct json_object *row =
		image_row(image, name, rows->view->now_ns, !rows->options->is_untruncated);

	return !row || json_object_array_add(rows->array, row) < 0 ? -ENOMEM : 0;
}

/* A tag with each digest that its repository has for this image, if they are wanted. */
static int images_add_tag(const struct images_rows *rows, const struct image *image,
			  const struct images_reference *list, size_t index)
{
	struct image_name name = list[index].name;
	bool has_digest = false;
	int r = 0;

	for (size_t i = 0; rows->options->has_digests && i < image->references.count && r == 0;
	     i++) {
		if (!list[i].name.digest ||
		    !str_equal(list[i].name.repository, name.repository))
			continue;
		name.digest = list[i].name.digest;
		has_digest = true;
		r = images_add(rows, image, &name);
	}
	return has_digest || r < 0 ? r : images_add(rows, image, &name);
}

/* Is there a reference of this repository before `end` that is a tag, or (`is_digest`) a digest?
 */
static bool has_other(const struct images_reference *list, size_t end, bool is_digest,
		      const char *repository)
{
	for (size_t i = 0; i < end; i++)
		if ((list[i].name.digest != NULL) == is_digest &&
		    str_equal(list[i].name.repository, repository))
			return true;
	return false;
}

/* A digest has a row of its own only where its repository has no tag for the image. */
static int images_add_digest(const struct images_rows *rows, const struct image *image,
			     const struct images_reference *list, size_t index)
{
	struct image_name name = list[index].name;

	if (has_other(list, image->references.count, false, name.repository))
		return 0;
	if (!rows->options->has_digests) {
		name.digest = NULL;
		if (has_other(list, index, true, name.repository))
			return 0;
	}
	return images_add(rows, image, &name);
}

static int images_add_image(const struct images_rows *rows, const struct image *image,
			    struct arena *arena)
{
	struct images_reference *list = images_references(image, arena);
	int r = list ? 0 : -ENOMEM;

	for (size_t i = 0; i < image->references.count && r == 0; i++) {
		if (!images_view_wants_name(rows->view, list[i].full))
			continue;
		r = list[i].name.digest ? images_add_digest(rows, image, list, i)
					: images_add_tag(rows, image, list, i);
	}
	return r;
}

static int images_add_all(const struct images_rows *rows, struct arena *arena)
{
	const struct images_view *view = rows->view;
	int r = 0;

	for (size_t i = 0; i < view->count && r == 0; i++) {
		const struct image *image = &view->images[i];

		if (!images_view_wants(view, image))
			continue;
		r = images_add_image(rows, image, arena);
		/* One without a name is not what somebody asks for by a name. */
		if (r == 0 && image->references.count == 0 && view->patterns.count == 0)
			r = images_add(rows, image, &(struct image_name){ NULL });
	}
	return r;
}

/* Who writes `hoy images load` gets an empty list: it is a name that nothing has. */
static void images_hint(const struct cli *cli, const char *name)
{
	static const char *const verbs[] = { "history", "import", "inspect", "list", "load",
					     "ls",	"prune",  "pull",    "push", "rm",
					     "save",	"tag",	  "tree",    NULL };

	if (!name || strcmp(cli->command_name, "images") != 0)
		return;
	(void)fflush(stdout);
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(verbs[i], name) == 0)
			(void)fprintf(stderr,
				      "\nNo images found matching \"%s\": did you mean "
				      "\"hoy image %s\"?\n",
				      name, name);
}

static int images_list(struct cli *cli, const struct images_options *o,
		       struct images_view *view, struct err *e)
{
	const struct listing listing = {
		.titles = image_titles,
		.standard = o->has_digests ? IMAGE_DIGESTS : IMAGE_STANDARD,
		.quiet = "{{.ID}}",
		.format = o->format,
		.is_quiet = o->is_quiet,
	};
	AUTO_JSON struct json_object *array = json_object_new_array();
	const struct images_rows rows = { .options = o, .view = view, .array = array };
	int r = images_view_read(cli, view, false, e);

	if (r == 0 && images_add_all(&rows, &cli->arena) < 0)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the list of images");
	if (r == 0)
		r = listing_print(&listing, array, e);
	if (r == 0 && json_object_array_length(array) == 0)
		images_hint(cli, view->name);
	return r;
}

/* What the tree has no place for, the first as docker finds it. */
static int images_check_tree(const struct images_options *o, struct err *e)
{
	const char *flag = o->is_quiet	       ? "--quiet"
			   : o->is_untruncated ? "--no-trunc"
			   : o->has_digests    ? "--digests"
			   : o->format	       ? "--format"
					       : NULL;

	return flag ? err_set(e, ERR_INVALID, -EINVAL, "%s is not yet supported with --tree",
			      flag)
		    : 0;
}

int cmd_images(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = images_option_table, .max = 1 };
	struct images_options o = { 0 };
	struct images_view view = { .now_ns = clock_wall_ns() };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	view.is_all = o.is_all;
	view.filters = o.filters;
	view.name = args.count > 0 ? args.items[0] : NULL;
	r = o.is_tree ? images_check_tree(&o, &e) : 0;
	if (r == 0)
		r = o.is_tree ? images_tree_print(cli, &view, &e)
			      : images_list(cli, &o, &view, &e);
	return r < 0 ? cli_report(&e) : 0;
}
