/*
 * See image_ensure.h.
 *
 * Runs in: cli.
 */
#include "cli/image_ensure.h"

#include <stdio.h>

#include "cli/pull_report.h"
#include "format/reference.h"

/* 0, or -ENOENT. */
static int find(struct engine *engine, const struct run_options *options, struct image *ret,
		struct arena *arena, struct err *e)
{
	return image_find(&engine->state, options->config.image, arena, ret, e);
}

/* A name without an index behind it brings whatever it is for. */
static int check_platform(struct engine *engine, const struct run_options *options,
			  struct arena *arena, struct err *e)
{
	struct image image;
	int r;

	if (!options->platform)
		return 0;
	r = find(engine, options, &image, arena, e);
	return r < 0 ? r
		     : image_platform_runs(&image, options->config.image, options->platform, e);
}

static int pull(struct engine *engine, struct run_options *options, struct arena *arena,
		struct err *e)
{
	struct pull_report report;
	const struct image_pull_request request = { .name = options->config.image,
						    .platform = options->platform,
						    .progress = pull_report_progress,
						    .pulled = pull_report_pulled,
						    .context = &report };
	struct image image;
	int r;

	pull_report_init(&report, stderr, options->is_quiet);
	r = image_pull(&engine->state, &request, e);
	pull_report_done(&report);
	if (r < 0)
		return r;
	/* An alias of the operator's leads to another name. */
	if (find(engine, options, &image, arena, NULL) == -ENOENT)
		options->config.image = arena_copy(arena, report.full);
	r = arena_ok(arena);
	return r < 0 ? r : check_platform(engine, options, arena, e);
}

int image_ensure(struct engine *engine, struct run_options *options, struct arena *arena,
		 struct err *e)
{
	struct image image;
	int r;

	if (options->pull == PULL_ALWAYS)
		return pull(engine, options, arena, e);
	if (!options->platform || find(engine, options, &image, arena, NULL) < 0)
		return 0;
	if (options->pull == PULL_NEVER)
		return check_platform(engine, options, arena, e);
	r = image_platform_is(&image, options->platform, e);
	return r == 0 ? pull(engine, options, arena, e) : r < 0 ? r : 0;
}

/* "busybox:latest", as docker says it. */
static void say_missing(const char *name)
{
	struct reference reference;
	char familiar[REFERENCE_SIZE * 2];

	if (reference_parse(name, &reference, NULL) < 0)
		return;
	reference_familiar_name(&reference, familiar);
	(void)fprintf(stderr, "Unable to find image '%s%s%s' locally\n", familiar,
		      reference.digest[0] ? "@" : ":",
		      reference.digest[0] ? reference.digest : reference.tag);
}

int image_ensure_missing(struct engine *engine, struct run_options *options, int r,
			 struct arena *arena, struct err *e)
{
	struct image image;

	/* Something else may be missing: a network, another container. */
	if (r != -ENOENT || options->pull != PULL_MISSING ||
	    find(engine, options, &image, arena, NULL) != -ENOENT)
		return r;
	if (e)
		*e = (struct err){ 0 };
	if (!options->is_quiet)
		say_missing(options->config.image);
	return pull(engine, options, arena, e);
}
