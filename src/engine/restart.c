/*
 * Stopping and starting as one.
 *
 * The container's lock is held from before it is stopped until it runs again, and nowhere else
 * does a verb wait for a container with a lock in its hand: whoever clears away one that
 * removes itself (`hoy internal reap`) waits for the lock, and then finds it alive. It is only
 * its own lock, so that nobody waits but those who would change the same container.
 *
 * Runs in: cli (engine).
 * See: engine.h.
 */
#include "engine/start.h"

static int lock(struct start *s, const char *container, struct err *e)
{
	struct engine *engine = s->engine;
	char id[ID_SIZE];
	int r = engine_find(engine, container, id, e);

	if (r < 0)
		return r;
	r = container_dir_lock(&engine->state, DIR_CONTAINERS, id, true, &s->dir);
	if (r == -ENOENT)
		return err_set(e, ERR_NOT_FOUND, r, "No such container: %s", container);
	return r < 0 ? err_sys(e, r, "lock container %s", container) : 0;
}

int engine_restart(struct engine *engine, const char *container, int signal, int timeout_s,
		   struct engine_stop_report *ret, struct err *e)
{
	const struct engine_start_request request = { 0 };
	AUTO_ARENA struct arena arena = { 0 };
	struct engine_started started;
	AUTO_START struct start s;
	int r;

	start_init(&s, engine, &arena);
	r = lock(&s, container, e);
	if (r == 0)
		r = engine_stop(engine, s.dir.id, signal, timeout_s, ret, e);
	if (r == 0)
		r = record_read(&engine->state, s.dir.id, &arena, &s.record, e);
	return r < 0 ? r : start_again(&s, &request, &started, e);
}
