/*
 * See pull_report.h.
 *
 * Runs in: cli.
 */
#include "cli/pull_report.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/bar.h"
#include "format/text.h"

enum {
	REPORT_ROWS_SPARE = 3, /* for the total and the lines around */
	REPORT_ROWS = 24
};

#define REPORT_REDRAW_NS (UINT64_C(100) * 1000000)

void pull_report_init(struct pull_report *report, FILE *to, bool is_quiet)
{
	*report = (struct pull_report){ .to = to,
					.is_quiet = is_quiet,
					.is_terminal = isatty(fileno(to)) == 1 };
}

void pull_report_done(struct pull_report *report)
{
	arena_done(&report->arena);
}

static void print_id(const struct pull_report *report, const struct pull_report_layer *layer)
{
	AUTO_STR struct str id = { 0 };

	text_short_id(layer->digest, &id);
	(void)fputs(str_text(&id), report->to);
}

/* --- plain lines ------------------------------------------------------------------------- */

static void print_plain(const struct pull_report *report, size_t n, const char *text)
{
	if (report->is_quiet || report->is_terminal)
		return;
	print_id(report, &report->layers[n]);
	(void)fprintf(report->to, ": %s\n", text);
	(void)fflush(report->to);
}

/* --- bars -------------------------------------------------------------------------------- */

static size_t terminal_rows(const struct pull_report *report)
{
	struct winsize size;

	if (ioctl(fileno(report->to), TIOCGWINSZ, &size) < 0 || size.ws_row == 0)
		return REPORT_ROWS;
	return size.ws_row;
}

static void draw_layer(const struct pull_report *report, const struct pull_report_layer *layer)
{
	print_id(report, layer);
	(void)fputs(": ", report->to);
	switch (layer->state) {
	case LAYER_IS_WAITING:
		(void)fputs(layer->is_elsewhere ? "Waiting for another pull" : "Waiting",
			    report->to);
		break;
	case LAYER_IS_HERE:
		(void)fputs("Already exists", report->to);
		break;
	case LAYER_IS_COMPLETE:
		(void)fputs("Pull complete", report->to);
		break;
	case LAYER_IS_FETCHED:
		(void)fputs("Downloading ", report->to);
		bar_print(report->to, layer->bytes, layer->size);
		break;
	}
	(void)fputs("\033[K\n", report->to);
}

static void draw_total(const struct pull_report *report)
{
	uint64_t done = 0;
	uint64_t all = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct pull_report_layer *layer = &report->layers[i];

		if (layer->state == LAYER_IS_HERE)
			continue;
		done += layer->bytes;
		all += layer->size;
	}
	bar_print_total(report->to, done, all,
			done < report->resumed ? 0 : done - report->resumed,
			clock_monotonic_ns() - report->begin_ns);
}

/* Of more layers than there are rows those that are complete are left out, the oldest first. */
static void draw(struct pull_report *report, bool is_final)
{
	size_t rows = terminal_rows(report);
	size_t room = rows > REPORT_ROWS_SPARE ? rows - REPORT_ROWS_SPARE : 1;
	size_t hidden = !is_final && report->count > room ? report->count - room : 0;
	size_t lines = 0;

	if (report->drawn > 0)
		(void)fprintf(report->to, "\033[%zuA", report->drawn);
	for (size_t i = 0; i < report->count && (is_final || lines < room); i++) {
		const struct pull_report_layer *layer = &report->layers[i];

		if (hidden > 0 && layer->state >= LAYER_IS_HERE) {
			hidden--;
			continue;
		}
		draw_layer(report, layer);
		lines++;
	}
	if (!is_final) {
		draw_total(report);
		lines++;
	}
	(void)fputs("\033[J", report->to);
	(void)fflush(report->to);
	report->drawn = is_final ? 0 : lines;
	report->drawn_ns = clock_monotonic_ns();
}

static void redraw(struct pull_report *report, bool is_now)
{
	if (report->is_quiet || !report->is_terminal || report->count == 0)
		return;
	if (is_now || clock_monotonic_ns() - report->drawn_ns >= REPORT_REDRAW_NS)
		draw(report, false);
}

/* --- events ------------------------------------------------------------------------------ */

static void begin_layers(struct pull_report *report, const struct pull_progress *progress)
{
	arena_done(&report->arena);
	report->layers =
		arena_array(&report->arena, progress->count, sizeof(report->layers[0]));
	report->count = report->layers ? progress->count : 0;
	report->drawn = 0;
	report->resumed = 0;
	report->begin_ns = clock_monotonic_ns();
	for (size_t i = 0; i < report->count; i++)
		report->layers[i] = (struct pull_report_layer){
			.digest = arena_copy(&report->arena, progress->layers[i].digest),
			.size = progress->layers[i].size,
		};
	if (arena_ok(&report->arena) < 0)
		report->count = 0;
	redraw(report, true);
}

/* A layer that an image has twice is told of once. */
static void set_state(struct pull_report *report, size_t n, enum pull_layer_state state)
{
	for (size_t i = 0; i < report->count; i++)
		if (strcmp(report->layers[i].digest, report->layers[n].digest) == 0)
			report->layers[i].state = state;
}

static void take_bytes(struct pull_report *report, const struct pull_progress *progress)
{
	struct pull_report_layer *layer = &report->layers[progress->n];

	if (layer->state == LAYER_IS_WAITING) {
		print_plain(report, progress->n, "Pulling fs layer");
		report->resumed += progress->bytes;
	}
	layer->is_elsewhere = false;
	layer->bytes = progress->bytes;
	set_state(report, progress->n, LAYER_IS_FETCHED);
	redraw(report, false);
}

static void take_layer_event(struct pull_report *report, const struct pull_progress *progress)
{
	struct pull_report_layer *layer = &report->layers[progress->n];

	switch (progress->event) {
	case PULL_EXISTS:
		print_plain(report, progress->n, "Already exists");
		set_state(report, progress->n, LAYER_IS_HERE);
		break;
	case PULL_WAITING:
		if (!layer->is_elsewhere)
			print_plain(report, progress->n, "Waiting for another pull");
		layer->is_elsewhere = true;
		break;
	case PULL_FETCHING:
		take_bytes(report, progress);
		return;
	case PULL_DONE:
		layer->bytes = layer->size;
		print_plain(report, progress->n, "Pull complete");
		set_state(report, progress->n, LAYER_IS_COMPLETE);
		break;
	case PULL_TAG:
	case PULL_LAYERS:
		return;
	}
	redraw(report, true);
}

void pull_report_progress(void *context, const struct pull_progress *progress)
{
	struct pull_report *report = context;

	if (progress->event == PULL_TAG) {
		if (!report->is_quiet)
			(void)fprintf(report->to, "%s: Pulling from %s\n", progress->name,
				      progress->repository);
		(void)fflush(report->to);
	} else if (progress->event == PULL_LAYERS) {
		begin_layers(report, progress);
	} else if (progress->n < report->count) {
		take_layer_event(report, progress);
	}
}

/* What is drawn stays, and is drawn over no more. */
static void end_layers(struct pull_report *report)
{
	if (report->is_terminal && !report->is_quiet && report->count > 0)
		draw(report, true);
	report->count = 0;
}

void pull_report_pulled(void *context, const struct image_pulled *pulled)
{
	struct pull_report *report = context;

	(void)str_copy(report->full, sizeof(report->full), pulled->full);
	end_layers(report);
	if (report->is_quiet)
		return;
	(void)fprintf(report->to, "Digest: %s\nStatus: %s for %s\n", pulled->digest,
		      pulled->is_new ? "Downloaded newer image" : "Image is up to date",
		      pulled->name);
	(void)fflush(report->to);
}

void pull_report_failed(void *context, const char *tag, const struct err *problem)
{
	end_layers(context);
	(void)fprintf(stderr, "hoy: %s: %s\n", tag, problem->text);
}
