/*
 * Removing containers, and what is done when one has ended.
 *
 * Runs in: cli (engine).
 * See: engine.h, container_end.h.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "engine/container_end.h"
#include "linux/namespace.h"
#include "runtime/cgroup.h"
#include "store/names.h"
#include "store/run_dir.h"

enum { REMOVE_TRIES = 8, UNPUBLISH_STEP_NS = 50000, UNPUBLISH_STEP_PART = 16 };

#define KILL_TIMEOUT_NS	     (UINT64_C(10) * 1000000000)
#define UNPUBLISH_TIMEOUT_NS (UINT64_C(10) * 1000000000)

static int not_found(const char *container, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, -ENOENT, "No such container: %s", container);
}

static int kill_running(struct engine *engine, const char *id, struct err *e)
{
	char path[CGROUP_PATH_SIZE];
	struct cgroup cgroup;
	int r;

	container_cgroup_path(engine, id, path);
	r = cgroup_init(&cgroup, path, e);
	if (r < 0)
		return r;
	r = cgroup_open(&cgroup, e);
	if (r == 0)
		r = cgroup_kill(&cgroup, KILL_TIMEOUT_NS, e);
	cgroup_done(&cgroup);
	if (r < 0)
		return r;
	r = run_dir_wait(&engine->state, id, KILL_TIMEOUT_NS);
	return r < 0 ? err_sys(e, r, "wait for the monitor of container %.12s", id) : 0;
}

static bool is_self_removing(struct engine *engine, const char *id)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct record record;

	return record_read(&engine->state, id, &arena, &record, NULL) == 0 &&
	       record.config.auto_remove;
}

/* With the lock held: nobody starts it meanwhile. */
static int remove_locked(struct engine *engine, struct container_dir *dir, bool with_volumes,
			 struct err *e)
{
	int r = container_dir_keep_volumes(
		dir, !with_volumes && !is_self_removing(engine, dir->id), e);

	if (r == 0)
		r = container_dir_unpublish(&engine->state, dir, e);
	if (r == 0)
		r = container_destroy(engine, dir, e);
	return r;
}

int engine_remove(struct engine *engine, const char *container, bool is_forced,
		  bool with_volumes, struct err *e)
{
	char id[ID_SIZE];
	int r = engine_find(engine, container, id, e);

	for (int i = 0; i < REMOVE_TRIES && r >= 0; i++) {
		struct container_dir dir;

		if (is_forced && run_dir_is_alive(&engine->state, id)) {
			r = kill_running(engine, id, e);
			if (r < 0)
				return r;
		}
		r = container_dir_lock(&engine->state, DIR_CONTAINERS, id, true, &dir);
		/* somebody else was faster, --rm perhaps: with -f that is as good */
		if (r == -ENOENT)
			return is_forced ? 0 : not_found(container, e);
		if (r < 0)
			return err_sys(e, r, "lock container %s", container);
		if (!run_dir_is_alive(&engine->state, id)) {
			r = remove_locked(engine, &dir, with_volumes, e);
			container_dir_close(&dir);
			return r;
		}
		container_dir_close(&dir);
		if (!is_forced)
			return err_set(e, ERR_CONFLICT, -EBUSY,
				       "cannot remove container \"%s\": container is running: "
				       "stop the container before "
				       "removing or force remove",
				       container);
	}
	return r < 0 ? r
		     : err_set(e, ERR_CONFLICT, -EBUSY,
			       "container %s is started again and again", container);
}

/* The reaper has the lock: it unpublishes first, so this takes as long as one rename, which on a
 * busy disk is seconds. We look again after a sixteenth of the time that has passed. */
static int wait_unpublished(struct engine *engine, const char *id, struct err *e)
{
	uint64_t step_ns;

	for (uint64_t waited_ns = 0; waited_ns < UNPUBLISH_TIMEOUT_NS; waited_ns += step_ns) {
		if (!container_dir_is_published(&engine->state, id))
			return 0;
		step_ns = waited_ns / UNPUBLISH_STEP_PART;
		if (step_ns < UNPUBLISH_STEP_NS)
			step_ns = UNPUBLISH_STEP_NS;
		(void)nanosleep(&(struct timespec){ .tv_nsec = (long)step_ns }, NULL);
	}
	return err_set(e, ERR_INTERNAL, -ETIMEDOUT, "container %.12s is still being removed",
		       id);
}

int engine_finish_run(struct engine *engine, const char *id, struct err *e)
{
	struct container_dir dir;
	int r = container_dir_lock(&engine->state, DIR_CONTAINERS, id, false, &dir);

	if (r == 0)
		r = container_dir_unpublish(&engine->state, &dir, e);
	else if (r == -EWOULDBLOCK)
		r = wait_unpublished(engine, id, e);
	else
		r = r == -ENOENT ? 0 : err_sys(e, r, "lock container %.12s", id);
	if (r == 0 && engine->started_name[0])
		r = name_release(&engine->state, engine->started_name, id);
	container_dir_close(&dir);
	return r;
}

int engine_reap(struct engine *engine, const char *id, struct err *e)
{
	struct container_dir dir;
	int r;

	if (!id_is_valid(id))
		return err_set(e, ERR_INVALID, -EINVAL, "%s is not an id", id);
	r = container_dir_lock(&engine->state, DIR_CONTAINERS, id, true, &dir);
	if (r == -ENOENT) {
		/* Unpublished by its client already, or never published: what is pending goes
		 * whole. */
		r = container_dir_lock(&engine->state, DIR_PENDING, id, true, &dir);
		if (r < 0)
			return 0;
		r = container_destroy(engine, &dir, e);
	} else if (r == 0 && !run_dir_is_alive(&engine->state, id)) {
		/* Its next run may have begun already: then there is nothing to do here. */
		if (is_self_removing(engine, id))
			r = remove_locked(engine, &dir, true, e);
		else
			r = container_clear(engine, id, e);
	}
	container_dir_close(&dir);
	return r;
}
