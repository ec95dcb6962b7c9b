/*
 * See load_report.h.
 *
 * Runs in: cli.
 */
#include "cli/load_report.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/bar.h"
#include "format/text.h"

static void print_layer(const struct load_layer *layer)
{
	AUTO_STR struct str id = { 0 };

	text_short_id(layer->diff_id, &id);
	(void)printf("%s: Loading layer ", str_text(&id));
	bar_print(stdout, layer->bytes, layer->size);
	(void)fputs("\033[K\n", stdout);
}

static void erase(struct load_report *report)
{
	if (report->drawn > 0)
		(void)printf("\033[%zuA\033[J", report->drawn);
	report->drawn = 0;
}

static void draw_layers(struct load_report *report, const struct load_progress *progress)
{
	uint64_t now_ns = clock_monotonic_ns();

	if (progress->count == 0) {
		erase(report);
		report->begin_ns = 0;
		return;
	}
	if (report->drawn > 0)
		(void)printf("\033[%zuA", report->drawn);
	if (report->begin_ns == 0)
		report->begin_ns = now_ns;
	for (size_t i = 0; i < progress->count; i++)
		print_layer(&progress->layers[i]);
	bar_print_total(stdout, progress->bytes, progress->size, progress->bytes,
			now_ns - report->begin_ns);
	(void)fputs("\033[J", stdout);
	report->drawn = progress->count + 1;
}

static void load_report_progress(void *context, const struct load_progress *progress)
{
	struct load_report *report = context;

	switch (progress->event) {
	case LOAD_READING:
		read_report_draw(&report->reading, progress->bytes);
		break;
	case LOAD_READ:
		read_report_erase(&report->reading);
		break;
	case LOAD_LAYERS:
		draw_layers(report, progress);
		break;
	case LOAD_LAYER:
		erase(report);
		print_layer(&progress->layers[0]);
		break;
	}
	(void)fflush(stdout);
}

static void load_report_loaded(void *context, const char *name, const char *id)
{
	(void)context;
	if (name)
		(void)printf("Loaded image: %s\n", name);
	else
		(void)printf("Loaded image ID: %s\n", id);
	(void)fflush(stdout);
}

void load_report_init(struct load_report *report, struct archive_load_request *request, int fd)
{
	*report = (struct load_report){ 0 };
	read_report_init(&report->reading, stdout, "Reading", fd);
	request->loaded = load_report_loaded;
	request->context = report;
	if (isatty(STDOUT_FILENO) == 1)
		request->watcher = (struct load_watcher){ .tell = load_report_progress,
							  .context = report };
}

void load_report_quietly(void *context, const char *name, const char *id)
{
	(void)context;
	(void)puts(name ? name : id);
	(void)fflush(stdout);
}
