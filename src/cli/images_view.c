/*
 * See images_view.h.
 *
 * Runs in: cli.
 */
#include "cli/images_view.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "cli/filter.h"
#include "format/reference.h"

static const char *const images_filter_keys[] = { "before",    "dangling", "label", "label!",
						  "reference", "since",	   "until", NULL };

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

/* As docker: one without a tag is dangling, which is what `image prune` takes; one that is not
 * has a name, if only by a digest. */
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

static bool matches_text(const char *name, const struct reference *reference,
			 const char *pattern)
{
	AUTO_STR struct str text = { 0 };

	str_printf(&text, "%s%s%s", name, reference->tag[0] ? ":" : "@",
		   reference->tag[0] ? reference->tag : reference->digest);
	return fnmatch(pattern, name, FNM_PATHNAME) == 0 ||
	       fnmatch(pattern, str_text(&text), FNM_PATHNAME) == 0;
}

/* As docker: the pattern against "name" and against "name:tag"; "*" does not cross a "/". A
 * whole name ("docker.io/library/busybox") is taken, too. */
static bool matches_reference(const char *full, const char *pattern)
{
	struct reference reference;
	char familiar[REFERENCE_SIZE * 2];
	char whole[sizeof(reference.registry) + sizeof(reference.repository) + 1];

	if (reference_parse(full, &reference, NULL) < 0)
		return false;
	reference_familiar_name(&reference, familiar);
	(void)snprintf(whole, sizeof(whole), "%s/%s", reference.registry, reference.repository);
	return matches_text(familiar, &reference, pattern) ||
	       matches_text(whole, &reference, pattern);
}

bool images_view_wants(const struct images_view *view, const struct image *image)
{
	const struct strv *filters = &view->filters;

	return (view->is_all || !is_intermediate(view, image)) &&
	       filter_any(filters, "dangling", matches_dangling, image) &&
	       filter_wants_labels(filters, &image->config.labels) &&
	       (view->before_ns == 0 || image->created_ns < view->before_ns) &&
	       (view->since_ns == 0 || image->created_ns > view->since_ns);
}

bool images_view_wants_name(const struct images_view *view, const char *full)
{
	bool is_wanted = view->patterns.count == 0;

	for (size_t i = 0; i < view->patterns.count && !is_wanted; i++)
		is_wanted = matches_reference(full, view->patterns.items[i]);
	return is_wanted;
}

/* --- reading ----------------------------------------------------------------------------- */

/* As Go's path.Match, which docker asks: brackets are closed and have something in them, and a
 * backslash has something behind it. fnmatch takes the rest literally. */
static bool pattern_is_valid(const char *pattern)
{
	bool is_inside = false;

	for (const char *c = pattern; *c; c++) {
		if (c[0] == '\\' && *++c == '\0')
			return false;
		if (!is_inside && c[0] == '[') {
			is_inside = true;
			c += c[1] == '^' || c[1] == '!';
			if (c[1] == ']')
				return false;
		} else if (c[0] == ']') {
			is_inside = false;
		}
	}
	return !is_inside;
}

static int check_patterns(const struct images_view *view, struct err *e)
{
	for (size_t i = 0; i < view->patterns.count; i++)
		if (!pattern_is_valid(view->patterns.items[i]))
			return err_set(e, ERR_INVALID, -EINVAL, "syntax error in pattern %s",
				       view->patterns.items[i]);
	return 0;
}

/* As it is written, and as what a pull of it may have brought. */
static void add_pattern(struct cli *cli, struct images_view *view, const char *pattern)
{
	strv_add_borrowed(&view->patterns, &cli->arena, pattern);
	image_short_patterns(pattern, &cli->arena, &view->patterns);
}

static void add_patterns(struct cli *cli, struct images_view *view)
{
	static const char reference[] = "reference=";

	for (size_t i = 0; i < view->filters.count; i++)
		if (str_starts(view->filters.items[i], reference))
			add_pattern(cli, view, view->filters.items[i] + strlen(reference));
	if (view->name)
		add_pattern(cli, view, view->name);
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
	const struct strv *filters = &view->filters;
	int r = 0;

	for (size_t i = 0; i < filters->count && r == 0; i++)
		r = images_time(cli, engine, view, filters->items[i], e);
	return r;
}

int images_view_read(struct cli *cli, struct images_view *view, bool has_configs, struct err *e)
{
	const struct strv *filters = &view->filters;
	struct image *images = NULL;
	struct engine *engine;
	int r = filter_check(filters, images_filter_keys, e);

	if (r == 0)
		r = filter_check_bool(filters, "dangling", e);
	if (r == 0)
		r = cli_engine(cli, &engine, e);
	if (r == 0)
		r = images_times(cli, engine, view, e);
	if (r < 0)
		return r;
	add_patterns(cli, view);
	r = check_patterns(view, e);
	if (r < 0)
		return r;
	has_configs |= filter_has(filters, "label") || filter_has(filters, "label!");
	r = image_list(&engine->state, has_configs, &cli->arena, &images, &view->count, e);
	view->images = images;
	return r;
}
