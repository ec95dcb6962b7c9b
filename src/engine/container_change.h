/*
 * A change of a published container that touches more than one place: its names, its networks.
 *
 * The record is written once in between, and is what counts: everything else follows from it.
 * So the change is marked while it lasts, and when its command was killed the next one settles
 * the rest, forward or back.
 *
 * Runs in: cli (engine).
 * See: store/container_dir.h, container_dir_mark; container_joined.h.
 */
#ifndef HOY_ENGINE_CONTAINER_CHANGE_H
#define HOY_ENGINE_CONTAINER_CHANGE_H

#include "engine/engine.h"
#include "store/container_dir.h"

enum change_part { CHANGE_NAMES = 1, CHANGE_NETWORKS = 2 };

struct container_change {
	struct engine *engine;
	unsigned int parts; /* enum change_part: what is to be settled */
	struct arena arena;
	struct container container; /* its record may be changed, and is then written */
	struct container_dir dir;   /* locked */
};

#define AUTO_CHANGE __attribute__((cleanup(container_change_close)))

/* Find and lock it. ERR_NOT_FOUND. */
int container_change_open(struct container_change *change, struct engine *engine,
			  const char *container, struct err *e);
void container_change_close(struct container_change *change);
bool container_change_is_running(const struct container_change *change);

/* From here on a crash is repaired. */
int container_change_begin(struct container_change *change, enum change_part part,
			   struct err *e);
int container_change_write(struct container_change *change, struct err *e);
/* Make everything as the record in memory says. */
int container_change_settle(struct container_change *change, struct err *e);
/* It is done, for the record says so: what goes wrong now is a warning, and the next command's
 * work. Settles first unless all of it is so already. */
void container_change_finish(struct container_change *change, bool is_settled);
/* After a failure: back to the record that is on disk. What cannot be settled now stays
 * marked. */
void container_change_abandon(struct container_change *change);

/* Finish or undo what a killed command left of container `id`, unless a command is at work
 * on it. */
int container_change_repair(struct engine *engine, const char *id, struct err *e);

#endif
