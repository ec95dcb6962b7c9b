/*
 * The records of all containers, for whoever is about to remove what containers need: those that
 * are being made too.
 *
 * Images, layers and volumes are held by a shared lock from when a command looks them up until its
 * container's record is written. So whoever has the exclusive one sees every container that needs
 * anything here.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_RECORD_LIST_H
#define HOY_ENGINE_RECORD_LIST_H

#include "engine/engine.h"

struct listed_record {
	struct record record;
	bool is_running; /* or being made */
};

struct record_list {
	struct listed_record *items;
	size_t count;
};

/* In the arena, in no order; one may be listed twice. Damaged ones are left out. Returns 0 or
 * -errno. */
int record_list_read(struct engine *engine, struct arena *arena, struct record_list *ret);

#endif
