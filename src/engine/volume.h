/*
 * Named volumes, as `hoy volume` sees them: directories that outlive containers,
 * ROOT/volumes/NAME/{volume.json,_data/}.
 *
 * Runs in: cli.
 * See: Docker Engine API, Volume.
 */
#ifndef HOY_ENGINE_VOLUME_H
#define HOY_ENGINE_VOLUME_H

#include "engine/engine.h"

struct volume {
	char name[RECORD_NAME_SIZE];
	uint64_t created_ns; /* wall clock */
	bool is_anonymous;
	struct strv labels; /* "key=value" */
	char *mountpoint;   /* absolute path of _data */
};

/* `name` NULL: 64 hex digits. One that exists already is fine, as with docker (its labels
 * stay). Returns 0 with its name. */
int engine_volume_create(struct engine *engine, const char *name, const struct strv *labels,
			 char ret_name[RECORD_NAME_SIZE], struct err *e);
/* -ENOENT, ERR_NOT_FOUND: "no such volume: X". Everything lives in `arena`. */
int engine_volume_get(struct engine *engine, const char *name, struct arena *arena,
		      struct volume *ret, struct err *e);
/* All of them, by name. */
int engine_volume_list(struct engine *engine, struct arena *arena, struct volume **ret,
		       size_t *ret_count, struct err *e);
/* -EBUSY, ERR_CONFLICT: "remove X: volume is in use - [ID]". `is_forced`: one that does not
 * exist is no error. */
int engine_volume_remove(struct engine *engine, const char *name, bool is_forced,
			 struct err *e);
/* The anonymous ones of a container that is being removed, unless others need them too. Of one
 * without a record (`config` is NULL) those that say that they were made for it. */
int volumes_remove_with(struct engine *engine, const char *container_id,
			const struct container_config *config, struct err *e);

#endif
