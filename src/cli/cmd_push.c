/*
 * hoy push: an image of the store to its registry.
 *
 * Runs in: cli.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/bar.h"
#include "cli/command.h"
#include "format/reference.h"
#include "format/text.h"

struct push_options {
	bool is_quiet;
	bool has_all_tags;
	char *platform;
};

#define FIELD(name) offsetof(struct push_options, name)
static const struct option push_option_table[] = {
	{ "all-tags", 'a', OPTION_BOOL, FIELD(has_all_tags), NULL, NULL,
	  "Push all tags of an image to the repository" },
	{ "platform", 0, OPTION_TEXT, FIELD(platform), NULL, NULL,
	  "Only if the image is for the given platform: os[/arch[/variant]]" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Suppress verbose output" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

struct push_report {
	size_t drawn;	   /* how many lines stand there to be drawn over */
	uint64_t begin_ns; /* of sending this image; 0: nothing of it was sent yet */
	/* What -q prints in the end: the whole name. */
	char repository[REFERENCE_SIZE * 2];
	char tag[sizeof(((struct reference *)NULL)->tag)];
};

static void print_id(const char *diff_id)
{
	AUTO_STR struct str id = { 0 };

	text_short_id(diff_id, &id);
	(void)printf("%s: ", str_text(&id));
}

static void print_layer(const char *diff_id, const char *what, const char *where)
{
	print_id(diff_id);
	(void)printf("%s%s\n", what, where);
}

/* What is drawn over goes, so that a line that stays can be printed. */
static void erase(struct push_report *report)
{
	if (report->drawn > 0)
		(void)printf("\033[%zuA\033[J", report->drawn);
	report->drawn = 0;
}

/* A line for each layer that is worked on just now, in the place of those before. */
static void draw_layers(struct push_report *report, const struct push_progress *progress,
			const char *what)
{
	if (report->drawn > 0)
		(void)printf("\033[%zuA", report->drawn);
	for (size_t i = 0; i < progress->count; i++) {
		const struct packing_layer *layer = &progress->layers[i];

		print_id(layer->diff_id);
		(void)fputs(what, stdout);
		bar_print(stdout, layer->bytes, layer->size);
		(void)fputs("\033[K\n", stdout);
	}
	report->drawn = progress->count;
}

static void draw_sending(struct push_report *report, const struct push_progress *progress)
{
	uint64_t now_ns = clock_monotonic_ns();

	if (report->begin_ns == 0)
		report->begin_ns = now_ns;
	draw_layers(report, progress, "Pushing ");
	bar_print_total(stdout, progress->done, progress->size, progress->done,
			now_ns - report->begin_ns);
	(void)fputs("\033[J", stdout);
	report->drawn++;
}

static void print_lasting(const struct push_progress *progress)
{
	switch (progress->event) {
	case PUSH_COMPRESSING:
	case PUSH_SENDING:
		break;
	case PUSH_REPOSITORY:
		(void)printf("The push refers to repository [%s]\n", progress->name);
		break;
	case PUSH_LAYER:
		print_layer(progress->digest, "Preparing", "");
		break;
	case PUSH_SENT:
		print_layer(progress->digest, "Pushed", "");
		break;
	case PUSH_EXISTED:
		print_layer(progress->digest, "Layer already exists", "");
		break;
	case PUSH_MOUNTED:
		print_layer(progress->digest, "Mounted from ", progress->name);
		break;
	case PUSH_IMAGE:
		(void)printf("%s: digest: %s size: %llu\n", progress->name, progress->digest,
			     (unsigned long long)progress->size);
		break;
	}
}

static void push_print(void *context, const struct push_progress *progress)
{
	struct push_report *report = context;

	if (progress->event == PUSH_COMPRESSING) {
		draw_layers(report, progress, "Compressing ");
		(void)fputs("\033[J", stdout);
	} else if (progress->event == PUSH_SENDING) {
		draw_sending(report, progress);
	} else {
		erase(report);
		print_lasting(progress);
	}
	if (progress->event == PUSH_IMAGE)
		report->begin_ns = 0;
	(void)fflush(stdout);
}

static void push_note(void *context, const struct push_progress *progress)
{
	struct push_report *report = context;

	if (progress->event == PUSH_REPOSITORY)
		(void)str_copy(report->repository, sizeof(report->repository), progress->name);
	else if (progress->event == PUSH_IMAGE)
		(void)str_copy(report->tag, sizeof(report->tag), progress->name);
}

static int push_image(struct cli *cli, const struct push_options *o, const char *name,
		      struct err *e)
{
	struct push_report report = { 0 };
	const struct image_push_request request = {
		.name = name,
		.platform = o->platform,
		.has_all_tags = o->has_all_tags,
		.are_bytes_told = !o->is_quiet && isatty(STDOUT_FILENO) == 1,
		.progress = o->is_quiet ? push_note : push_print,
		.context = &report,
	};
	struct engine *engine;
	int r = cli_engine(cli, &engine, e);

	if (r < 0)
		return r;
	if (!o->is_quiet && !o->has_all_tags && reference_means_latest(name))
		(void)puts("Using default tag: latest");
	(void)fflush(stdout);
	r = image_push(&engine->state, &request, e);
	if (r == 0 && o->is_quiet)
		(void)printf("%s%s%s\n", report.repository, o->has_all_tags ? "" : ":",
			     o->has_all_tags ? "" : report.tag);
	return r;
}

int cmd_push(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = push_option_table, .min = 1, .max = 1 };
	struct push_options o = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return push_image(cli, &o, args.items[0], &e) < 0 ? cli_report(&e) : 0;
}
