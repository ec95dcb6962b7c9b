/*
 * What everything takes on the disk, as du(1) counts, so that the parts add up to what du says of
 * ROOT: images, containers, their logs, volumes, unfinished downloads, and the rest.
 *
 * Runs in: cli (engine).
 * See: docker system df.
 */
#ifndef HOY_ENGINE_DISK_USAGE_H
#define HOY_ENGINE_DISK_USAGE_H

#include "engine/engine.h"
#include "engine/volume.h"

struct usage_row {
	size_t total;
	size_t active;	      /* in use: by a container; of containers: running */
	uint64_t bytes;	      /* what is shared counts once */
	uint64_t reclaimable; /* what pruning all that is not active would free */
};

struct usage_image {
	struct image image;
	uint64_t bytes;	 /* of its layers and blobs */
	uint64_t shared; /* with other images */
	size_t containers;
};

struct usage_container {
	struct container container;
	uint64_t bytes; /* without its log */
	uint64_t log_bytes;
};

struct usage_volume {
	struct volume volume;
	uint64_t bytes;
	size_t links; /* containers that name it */
};

struct disk_usage {
	struct usage_row images;
	struct usage_row containers;
	struct usage_row volumes;
	struct usage_row logs;
	struct usage_row downloads;
	struct usage_row other; /* what hoy keeps besides: names, networks, compiled filters */
	struct usage_image *image_items; /* newest first, as images lists them */
	struct usage_container *container_items;
	struct usage_volume *volume_items;
};

/* Everything lives in `arena`. Walks all trees: milliseconds for each thousand files. */
int engine_disk_usage(struct engine *engine, struct arena *arena, struct disk_usage *ret,
		      struct err *e);

/* Of one container with its log, and of one volume; 0 when it is not there. */
uint64_t engine_container_bytes(struct engine *engine, const char *id);
uint64_t engine_volume_bytes(struct engine *engine, const char *name);

#endif
