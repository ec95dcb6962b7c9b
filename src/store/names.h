/*
 * The names of containers: ROOT/names/NAME is a symbolic link to an id, made with O_EXCL
 * semantics.
 *
 * A link whose container is neither published nor pending is debris of a killed command;
 * whoever wants the name takes it over.
 *
 * Runs in: cli (engine).
 * See: symlink(2).
 */
#ifndef HOY_STORE_NAMES_H
#define HOY_STORE_NAMES_H

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "store/state.h"

/* Reserve `name` for `id`. -EEXIST when another container has it, with its id in `ret_owner`
 * (may be NULL). */
int name_reserve(const struct state *state, const char *name, const char *id,
		 char ret_owner[ID_SIZE], struct err *e);
/* The id behind a name. Returns 0 or -ENOENT (also for what could not be a name). */
int name_find(const struct state *state, const char *name, char ret_id[ID_SIZE]);
/* Give the name back, unless somebody else has it by now. */
int name_release(const struct state *state, const char *name, const char *id);
/* Remove every name of `id`: for what was killed before it had a record. */
int name_release_all(const struct state *state, const char *id);
/* All names in use, in the arena: NAME and ID alternating. */
int name_list(const struct state *state, struct arena *arena, struct strv *ret, struct err *e);

#endif
