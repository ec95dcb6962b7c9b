/*
 * How far a load or an import is, for who wants to see it.
 *
 *   LOAD_READING    now and then while the archive is looked through: how much of it was read. Of
 *                   a URL how much has come, at least once when all of it has, and never before
 *                   something has
 *   LOAD_READ       there is no more of that, whatever became of it
 *   LOAD_LAYERS     now and then: the layers that are being made just now; at last none
 *   LOAD_LAYER      one has been made, which was not there
 *
 * How much was read the offsets of files say that hoy-image shares with us (tool.h), how much of
 * a URL hoy-fetch.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_LOAD_PROGRESS_H
#define HOY_IMAGE_LOAD_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

enum load_event { LOAD_READING, LOAD_READ, LOAD_LAYERS, LOAD_LAYER };

struct load_layer {
	const char *diff_id;
	uint64_t size; /* as it came */
	uint64_t bytes;
};

struct load_progress {
	enum load_event event;
	uint64_t bytes; /* READING: as they came; LAYERS: of all that are made of this image */
	uint64_t size;	/* LAYERS: that many will be; READING: of a URL that says it; 0 */
	const struct load_layer *layers; /* LAYERS; LAYER: the one */
	size_t count;
};

struct load_watcher {
	void (*tell)(void *context, const struct load_progress *progress); /* NULL: nobody */
	void *context;
};

#endif
