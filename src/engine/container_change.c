/*
 * See container_change.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_change.h"

#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "engine/container_joined.h"
#include "engine/container_network.h"
#include "engine/container_resolver.h"
#include "store/names.h"

static int read_locked(struct container_change *change, struct err *e)
{
	struct container *container = &change->container;
	int r = record_read(&change->engine->state, change->dir.id, &change->arena,
			    &container->record, e);

	return r < 0 ? r
		     : liveness_read(&change->engine->state, &container->record,
				     &container->liveness, e);
}

static void init(struct container_change *change, struct engine *engine)
{
	*change = (struct container_change){ .engine = engine };
	change->dir = (struct container_dir){ .fd = -EBADF, .lock_fd = -EBADF };
}

int container_change_open(struct container_change *change, struct engine *engine,
			  const char *container, struct err *e)
{
	char id[ID_SIZE];
	int r = engine_find(engine, container, id, e);

	init(change, engine);
	if (r < 0)
		return r;
	r = container_dir_lock(&engine->state, DIR_CONTAINERS, id, true, &change->dir);
	if (r == -ENOENT)
		return err_set(e, ERR_NOT_FOUND, r, "No such container: %s", container);
	if (r < 0)
		return err_sys(e, r, "lock container %s", container);
	return read_locked(change, e);
}

void container_change_close(struct container_change *change)
{
	container_dir_close(&change->dir);
	arena_done(&change->arena);
}

bool container_change_is_running(const struct container_change *change)
{
	return change->container.liveness.status == STATUS_RUNNING;
}

int container_change_begin(struct container_change *change, enum change_part part,
			   struct err *e)
{
	change->parts = part;
	return container_dir_mark(&change->engine->state, change->dir.id, e);
}

int container_change_write(struct container_change *change, struct err *e)
{
	return record_write(change->dir.fd, &change->container.record, e);
}

/* --- settling ---------------------------------------------------------------------------- */

/* A rename that was killed leaves two names: that of the record is the one. */
static int settle_names(struct container_change *change, struct err *e)
{
	const struct record *record = &change->container.record;
	struct strv names = { 0 };
	int r = name_list(&change->engine->state, &change->arena, &names, e);

	for (size_t i = 0; i + 1 < names.count && r == 0; i += 2) {
		if (strcmp(names.items[i + 1], record->id) != 0 ||
		    strcmp(names.items[i], record->name) == 0)
			continue;
		r = name_release(&change->engine->state, names.items[i], record->id);
		if (r < 0)
			r = err_sys(e, r, "release the name %s", names.items[i]);
	}
	return r;
}

static int settle_networks(struct container_change *change, struct err *e)
{
	AUTO_JOINED struct container_joined joined;
	int r = container_joined_open(&joined, change->engine, &change->container, &change->dir,
				      &change->arena, e);

	return r < 0 ? r : container_joined_settle(&joined, e);
}

int container_change_settle(struct container_change *change, struct err *e)
{
	int r = change->parts & CHANGE_NAMES ? settle_names(change, e) : 0;

	/* Of one that does not run whoever clears it away gives everything back. */
	if (r == 0 && change->parts & CHANGE_NETWORKS && container_change_is_running(change) &&
	    container_has_network(&change->container.record.config))
		r = settle_networks(change, e);
	return r;
}

/* What it is called, and where it is found. */
static int tell_resolver(struct container_change *change, struct err *e)
{
	if (!container_change_is_running(change) ||
	    !container_has_network(&change->container.record.config))
		return 0;
	return container_resolver_tell(change->engine, &change->container, &change->dir, e);
}

static int unmark(struct container_change *change, struct err *e)
{
	int r = tell_resolver(change, e);

	if (r < 0)
		return r;
	r = container_dir_unmark(&change->engine->state, change->dir.id);
	return r < 0 ? err_sys(e, r, "remove its mark") : 0;
}

static int settle_and_unmark(struct container_change *change, struct err *e)
{
	int r = container_change_settle(change, e);

	return r < 0 ? r : unmark(change, e);
}

static void warn_unfinished(const struct container_change *change, const struct err *why)
{
	log_warn("the next command goes on with the change of container %.12s: %s",
		 change->dir.id, why->text);
}

void container_change_finish(struct container_change *change, bool is_settled)
{
	struct err why = { 0 };

	if ((is_settled ? unmark(change, &why) : settle_and_unmark(change, &why)) < 0)
		warn_unfinished(change, &why);
}

void container_change_abandon(struct container_change *change)
{
	struct err why = { 0 };
	int r = read_locked(change, &why);

	if (r == 0)
		r = settle_and_unmark(change, &why);
	if (r < 0)
		warn_unfinished(change, &why);
}

int container_change_repair(struct engine *engine, const char *id, struct err *e)
{
	AUTO_CHANGE struct container_change change;
	int r;

	init(&change, engine);
	change.parts = CHANGE_NAMES | CHANGE_NETWORKS;
	r = container_dir_lock(&engine->state, DIR_CONTAINERS, id, false, &change.dir);
	if (r == -EWOULDBLOCK)
		return 0;
	/* It was removed since, and with it all that it had. */
	if (r == -ENOENT)
		return container_dir_exists(&engine->state, id)
			       ? 0
			       : container_dir_unmark(&engine->state, id);
	if (r < 0)
		return err_sys(e, r, "lock container %.12s", id);
	r = read_locked(&change, e);
	return r < 0 ? r : settle_and_unmark(&change, e);
}
