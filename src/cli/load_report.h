/*
 * What load prints, and pull when it loads: docker's words, and on a terminal how far it is. A
 * line for each layer that is being loaded is drawn over; when the layer is there, it stays.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_LOAD_REPORT_H
#define HOY_CLI_LOAD_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/read_report.h"
#include "engine/engine.h"

struct load_report {
	struct read_report reading;
	size_t drawn;	   /* how many lines stand there to be drawn over */
	uint64_t begin_ns; /* of this image's layers; 0: not yet */
};

/*
 * Let `request` be told to stdout: names as docker says them, and how far it is if that is a
 * terminal. Both are borrowed until the load is over. `fd`: the archive, or -EBADF.
 */
void load_report_init(struct load_report *report, struct archive_load_request *request, int fd);

/* As archive_load_request.loaded: only the name, or the id of an image without one. */
void load_report_quietly(void *context, const char *name, const char *id);

#endif
