/*
 * Giving a container another name.
 *
 * The new name is reserved, then the record says it, then the old one is given back: in between
 * both lead to the container, and after a crash the record decides.
 *
 * Runs in: cli (engine).
 * See: engine.h.
 */
#include <string.h>

#include "engine/container_change.h"
#include "store/names.h"

static int take_name(struct container_change *change, const char *name, struct err *e)
{
	int r = container_change_begin(change, CHANGE_NAMES, e);

	if (r == 0)
		r = name_reserve(&change->engine->state, name, change->dir.id, NULL, e);
	if (r == 0)
		r = str_copy(change->container.record.name,
			     sizeof(change->container.record.name), name);
	return r < 0 ? r : container_change_write(change, e);
}

int engine_rename(struct engine *engine, const char *container, const char *name, struct err *e)
{
	AUTO_CHANGE struct container_change change;
	int r;

	if (name[0] == '/')
		name++;
	if (!name_is_valid(name))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "Invalid container name (%.260s), only "
			       "[a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
			       name);
	r = container_change_open(&change, engine, container, e);
	if (r < 0)
		return r;
	if (strcmp(change.container.record.name, name) == 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "Renaming a container with the same name as its current name");
	r = take_name(&change, name, e);
	if (r < 0) {
		container_change_abandon(&change);
		return r;
	}
	container_change_finish(&change, false);
	return 0;
}
