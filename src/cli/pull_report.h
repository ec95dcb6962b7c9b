/*
 * What pull prints: docker's lines where nobody looks, and on a terminal a line for each layer with
 * a bar, and one for all of them with the speed, drawn again and again in place.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_PULL_REPORT_H
#define HOY_CLI_PULL_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"
#include "engine/engine.h"
#include "format/reference.h"

enum pull_layer_state { LAYER_IS_WAITING, LAYER_IS_FETCHED, LAYER_IS_HERE, LAYER_IS_COMPLETE };

struct pull_report_layer {
	const char *digest;
	uint64_t size;
	uint64_t bytes;
	enum pull_layer_state state;
	bool is_elsewhere; /* another pull fetches it */
};

struct pull_report {
	FILE *to;
	bool is_quiet;
	bool is_terminal;
	struct arena arena; /* of the image that is being pulled */
	struct pull_report_layer *layers;
	size_t count;
	size_t drawn;	   /* how many lines stand there to be drawn over */
	uint64_t begin_ns; /* monotonic */
	uint64_t drawn_ns;
	uint64_t resumed;	       /* bytes that were there at the beginning */
	char full[REFERENCE_SIZE * 2]; /* the latest image's name; "": none yet */
};

/* `to`: stdout for pull, stderr for run. */
void pull_report_init(struct pull_report *report, FILE *to, bool is_quiet);
void pull_report_done(struct pull_report *report);

/* As image_pull_request.progress and .pulled; the context is the report. */
void pull_report_progress(void *context, const struct pull_progress *progress);
void pull_report_pulled(void *context, const struct image_pulled *pulled);
/* As .failed: to stderr. */
void pull_report_failed(void *context, const char *tag, const struct err *problem);

#endif
