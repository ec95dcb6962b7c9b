/*
 * The end of a container's things: its kernel objects, and in the end itself.
 *
 * All of it can be repeated and continued by whoever comes next, and needs no free disk space:
 * names derive from the id, what is gone already is fine.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_CONTAINER_END_H
#define HOY_ENGINE_CONTAINER_END_H

#include "engine/engine.h"
#include "store/container_dir.h"

enum { CGROUP_PATH_SIZE = 96 };

/* "/<instance>/<id>": the container's path in every cgroup hierarchy. */
void container_cgroup_path(const struct engine *engine, const char *id,
			   char path[CGROUP_PATH_SIZE]);

/* Kill what is left in the cgroups, remove them and the run directory. The caller holds the
 * container's lock. */
int container_clear(struct engine *engine, const char *id, struct err *e);

/*
 * Remove an unpublished one whole: cgroups, run directory, names, its anonymous volumes unless
 * it is marked to keep them (container_dir_keep_volumes), directory; and the layers that were
 * kept for it if its image is gone. Nobody may hold the lock of all images. `dir` stays the
 * caller's to close.
 */
int container_destroy(struct engine *engine, struct container_dir *dir, struct err *e);

/* Everything in pending/ and tmp/ that nobody works on. Cheap when they are empty; waits for
 * nobody who works on a container, and only for moments for who has images or volumes locked. */
int container_repair(struct engine *engine, struct err *e);

/* One whose monitor was lost: kill what is left; with --rm it becomes debris, which the next
 * command removes. Does nothing while a verb is at work on it. */
void container_bury(struct engine *engine, const struct record *record);

#endif
