/*
 * hoy images: list images.
 *
 * Runs in: cli.
 */
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/image_row.h"
#include "cli/listing.h"
#include "format/json.h"
#include "format/reference.h"

struct images_options {
	bool is_all;
	bool has_digests;
	bool is_untruncated;
	bool is_quiet;
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
	{ "tree", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "history", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "names", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "noheading", 'n', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "sort", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static const char *const images_filter_keys[] = { "before",    "dangling", "label", "label!",
						  "reference", "since",	   "until", NULL };

struct images_view {
	const struct images_options *options;
	const struct image *images;
	size_t count;
	uint64_t before_ns; /* 0: no such filter */
	uint64_t since_ns;
	const char *pattern; /* REPOSITORY[:TAG]; NULL */
	uint64_t now_ns;
};

/* An image that others were committed from and that has no name is only shown with -a. */
static bool is_intermediate(const struct images_view *view, const struct image *image)
{
	if (image->references.count > 0)
		return false;
	for (size_t i = 0; i < view->count; i++)
		if (strcmp(view->images[i].parent, image->id) == 0)
			return true;
	return false;
}

/* As docker: one without a tag is dangling, which is what `image prune` takes; one that is not has
 * a name, if only by a digest. */
static bool matches_dangling(const void *context, const char *value)
{
	const struct image *image = context;

	if (!filter_is_true(value))
		return image->references.count > 0;
	for (size_t i = 0; i < image->references.count; i++)
		if (!strchr(image->references.items[i], '@'))
			return false;
	return true;
}

/* As docker: the pattern against "name" and against "name:tag"; "*" does not cross a "/". */
static bool matches_reference(const void *full, const char *pattern)
{
	struct reference reference;
	char familiar[REFERENCE_SIZE * 2];
	AUTO_STR struct str text = { 0 };

	if (reference_parse(full, &reference, NULL) < 0)
		return false;
	reference_familiar_name(&reference, familiar);
	str_printf(&text, "%s%s%s", familiar, reference.tag[0] ? ":" : "@",
		   reference.tag[0] ? reference.tag : reference.digest);
	return fnmatch(pattern, familiar, FNM_PATHNAME) == 0 ||
	       fnmatch(pattern, str_text(&text), FNM_PATHNAME) == 0;
}

static bool is_wanted(const struct images_view *view, const struct image *image)
{
	const struct strv *filters = &view->options->filters;

	return (view->options->is_all || !is_intermediate(view, image)) &&
	       filter_any(filters, "dangling", matches_dangling, image) &&
	       filter_wants_labels(filters, &image->config.labels) &&
	       (view->before_ns == 0 || image->created_ns < view->before_ns) &&
	       (view->since_ns == 0 || image->created_ns > view->since_ns);
}

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

static bool is_named(const struct images_view *view, const char *full)
{
	return (!view->pattern || matches_reference(full, view->pattern)) &&
	       filter_any(&view->options->filters, "reference", matches_reference, full);
}

static int images_add(const struct images_view *view, const struct image *image,
		      const struct image_name *name, struct json_object *rows)
{
	struct json_object *row =
		image_row(image, name, view->now_ns, !view->options->is_untruncated);

	return !row || json_object_array_add(rows, row) < 0 ? -ENOMEM : 0;
}

/* A tag with each digest that its repository has for this image, if they are wanted. */
static int images_add_tag(const struct images_view *view, const struct image *image,
			  const struct images_reference *list, size_t index,
			  struct json_object *rows)
{
	struct image_name name = list[index].name;
	bool has_digest = false;
	int r = 0;

	for (size_t i = 0; view->options->has_digests && i < image->references.count && r == 0;
	     i++) {
		if (!list[i].name.digest ||
		    !str_equal(list[i].name.repository, name.repository))
			continue;
		name.digest = list[i].name.digest;
		has_digest = true;
		r = images_add(view, image, &name, rows);
	}
	return has_digest || r < 0 ? r : images_add(view, image, &name, rows);
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
static int images_add_digest(const struct images_view *view, const struct image *image,
			     const struct images_reference *list, size_t index,
			     struct json_object *rows)
{
	struct image_name name = list[index].name;

	if (has_other(list, image->references.count, false, name.repository))
		return 0;
	if (!view->options->has_digests) {
		name.digest = NULL;
		if (has_other(list, index, true, name.repository))
			return 0;
	}
	return images_add(view, image, &name, rows);
}

static int images_add_image(const struct images_view *view, const struct image *image,
			    struct arena *arena, struct json_object *rows)
{
	struct images_reference *list = images_references(image, arena);
	int r = list ? 0 : -ENOMEM;

	for (size_t i = 0; i < image->references.count && r == 0; i++) {
		if (!is_named(view, list[i].full))
			continue;
		r = list[i].name.digest ? images_add_digest(view, image, list, i, rows)
					: images_add_tag(view, image, list, i, rows);
	}
	return r;
}

static int images_rows(const struct images_view *view, struct arena *arena,
		       struct json_object *rows)
{
	bool is_by_name = view->pattern || filter_has(&view->options->filters, "reference");
	int r = 0;

	for (size_t i = 0; i < view->count && r == 0; i++) {
		const struct image *image = &view->images[i];

		if (!is_wanted(view, image))
			continue;
		r = images_add_image(view, image, arena, rows);
		if (r == 0 && image->references.count == 0 && !is_by_name)
			r = images_add(view, image, &(struct image_name){ NULL }, rows);
	}
	return r;
}

/* Of several times before which an image must have been made the earliest counts. */
static void images_before(struct images_view *view, uint64_t time_ns)
{
	if (view->before_ns == 0 || time_ns < view->before_ns)
		view->before_ns = time_ns;
}

static int images_time(struct cli *cli, struct engine *engine, struct images_view *view,
		       const char *filter, struct err *e)
{
	struct image image;
	uint64_t until_ns;
	int r = 0;

	if (str_starts(filter, "until=")) {
		r = filter_time(filter, view->now_ns, &until_ns, e);
		if (r == 0)
			images_before(view, until_ns);
	} else if (str_starts(filter, "before=") || str_starts(filter, "since=")) {
		r = image_find(&engine->state, strchr(filter, '=') + 1, &cli->arena, &image, e);
		if (r == 0 && filter[0] == 'b')
			images_before(view, image.created_ns);
		else if (r == 0 && image.created_ns > view->since_ns)
			view->since_ns = image.created_ns;
	}
	return r;
}

/* before=IMAGE, since=IMAGE and until=TIME become points in time. */
static int images_times(struct cli *cli, struct engine *engine, struct images_view *view,
			struct err *e)
{
	const struct strv *filters = &view->options->filters;
	int r = 0;

	for (size_t i = 0; i < filters->count && r == 0; i++)
		r = images_time(cli, engine, view, filters->items[i], e);
	return r;
}

static int images_print(struct cli *cli, struct images_view *view, struct err *e)
{
	const struct images_options *o = view->options;
	const struct listing listing = {
		.titles = image_titles,
		.standard = o->has_digests ? IMAGE_DIGESTS : IMAGE_STANDARD,
		.quiet = "{{.ID}}",
		.format = o->format,
		.is_quiet = o->is_quiet,
	};
	AUTO_JSON struct json_object *rows = json_object_new_array();
	struct image *images = NULL;
	struct engine *engine;
	int r = filter_check(&o->filters, images_filter_keys, e);

	if (r == 0)
		r = filter_check_bool(&o->filters, "dangling", e);
	if (r == 0)
		r = cli_engine(cli, &engine, e);
	if (r == 0)
		r = images_times(cli, engine, view, e);
	if (r == 0)
		r = image_list(&engine->state,
			       filter_has(&o->filters, "label") ||
				       filter_has(&o->filters, "label!"),
			       &cli->arena, &images, &view->count, e);
	view->images = images;
	if (r == 0 && images_rows(view, &cli->arena, rows) < 0)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the list of images");
	return r < 0 ? r : listing_print(&listing, rows, e);
}

int cmd_images(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = images_option_table, .max = 1 };
	struct images_options o = { 0 };
	struct images_view view = { .options = &o, .now_ns = clock_wall_ns() };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	view.pattern = args.count > 0 ? args.items[0] : NULL;
	return images_print(cli, &view, &e) < 0 ? cli_report(&e) : 0;
}
