/*
 * See container_end.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_end.h"
#include "engine/container_change.h"
#include "engine/container_network.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "engine/image_users.h"
#include "engine/volume.h"
#include "image/image_store.h"
#include "runtime/cgroup.h"
#include "store/names.h"
#include "store/run_dir.h"

#define KILL_TIMEOUT_NS	  (UINT64_C(10) * 1000000000)
#define SETTLE_TIMEOUT_NS (UINT64_C(2) * 1000000000)

void container_cgroup_path(const struct engine *engine, const char *id,
			   char path[CGROUP_PATH_SIZE])
{
	(void)snprintf(path, CGROUP_PATH_SIZE, "/%s/%s", engine->state.instance, id);
}

/*
 * A process that was killed leaves its v1 cgroups some time after cgroup.procs stopped naming
 * it, and rmdir says EBUSY until then. Nothing tells when: ask again.
 */
static int cgroup_remove_settling(struct cgroup *cgroup, struct err *e)
{
	const struct timespec step = { .tv_nsec = 500000 };
	uint64_t end = clock_monotonic_ns() + SETTLE_TIMEOUT_NS;
	int r = cgroup_remove(cgroup, NULL);

	while (r == -EBUSY && clock_monotonic_ns() < end) {
		(void)nanosleep(&step, NULL);
		r = cgroup_remove(cgroup, NULL);
	}
	return r < 0 ? cgroup_remove(cgroup, e) : 0;
}

/* Removing has closed it. */
static int cgroup_kill_reopened(struct cgroup *cgroup, struct err *e)
{
	int r = cgroup_open(cgroup, e);

	return r < 0 ? r : cgroup_kill(cgroup, KILL_TIMEOUT_NS, e);
}

static int cgroup_clear(struct engine *engine, const char *id, struct err *e)
{
	char path[CGROUP_PATH_SIZE];
	struct cgroup cgroup;
	int r;

	container_cgroup_path(engine, id, path);
	r = cgroup_init(&cgroup, path, e);
	if (r < 0)
		return r;
	/* The usual case: nobody is in it. Else kill first. */
	r = cgroup_remove(&cgroup, NULL);
	if (r < 0) {
		r = r == -EBUSY ? cgroup_kill_reopened(&cgroup, e) : 0;
		if (r == 0)
			r = cgroup_remove_settling(&cgroup, e);
	}
	cgroup_done(&cgroup);
	return r;
}

int container_clear(struct engine *engine, const char *id, struct err *e)
{
	int r = cgroup_clear(engine, id, e);

	if (r == 0)
		r = container_network_leave(engine, id, e);
	if (r < 0)
		return r;
	r = run_dir_remove(&engine->state, id);
	return r < 0 ? err_sys(e, r, "remove the run directory of container %.12s", id) : 0;
}

/* The record in an unpublished directory; false when there is none that can be read. */
static bool pending_record(struct container_dir *dir, struct arena *arena, struct record *ret)
{
	AUTO_FREE char *text = NULL;
	size_t len;

	return file_read(dir->fd, "record.json", RECORD_MAX, &text, &len) == 0 &&
	       record_parse(text, len, arena, ret, NULL) == 0;
}

/* Its image may have been removed by force while it was needed: then what was kept for it goes
 * with it. NULL: nobody knows which image that was. */
static void sweep_after(struct engine *engine, const char *image_id)
{
	struct image_user_list list;
	struct image_users users = image_users_of(&list, engine);
	struct err why = { 0 };

	if (image_sweep_after(&engine->state, image_id, &users, &why) < 0)
		log_warn("remove the layers of an image that is gone: %s", why.text);
	image_users_done(&list);
}

int container_destroy(struct engine *engine, struct container_dir *dir, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct record record;
	bool has_record = pending_record(dir, &arena, &record);
	/* Somebody was killed while deleting it: the record may have been the first to go. */
	bool was_going = container_dir_is_going(&engine->state, dir->id);
	int r = container_clear(engine, dir->id, e);

	if (r < 0)
		return r;
	r = has_record ? name_release(&engine->state, record.name, dir->id)
		       : name_release_all(&engine->state, dir->id);
	if (r < 0)
		return err_sys(e, r, "release the name of container %.12s", dir->id);
	if (!container_dir_keeps_volumes(dir))
		r = volumes_remove_with(engine, dir->id, has_record ? &record.config : NULL, e);
	if (r == 0)
		r = container_dir_delete(&engine->state, dir, e);
	if (r == 0 && (has_record ? !str_is_empty(record.image_id) : was_going))
		sweep_after(engine, has_record ? record.image_id : NULL);
	return r;
}

int container_repair(struct engine *engine, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv marked = { 0 };
	struct strv ids = { 0 };
	struct err debris = { 0 };
	int r = container_dir_list_unfinished(&engine->state, &arena, &ids, &marked, e);

	for (size_t i = 0; i < ids.count && r >= 0; i++) {
		struct container_dir dir;
		struct err why = { 0 };

		if (container_dir_lock(&engine->state, DIR_PENDING, ids.items[i], false, &dir) <
		    0)
			continue;
		/* What cannot be removed now must not keep every other command from working. */
		if (container_destroy(engine, &dir, &why) < 0)
			log_warn("remove what is left of container %.12s: %s", ids.items[i],
				 why.text);
		container_dir_close(&dir);
	}
	for (size_t i = 0; i < marked.count && r >= 0; i++) {
		struct err why = { 0 };

		if (container_change_repair(engine, marked.items[i], &why) < 0)
			log_warn("finish the change of container %.12s: %s", marked.items[i],
				 why.text);
	}
	if (r >= 0 && image_recover(&engine->state, &debris) < 0)
		log_debug("%s", debris.text);
	return r;
}

void container_bury(struct engine *engine, const struct record *record)
{
	struct container_dir dir;
	char path[128];
	int r;

	(void)snprintf(path, sizeof(path), "containers/%s", record->id);
	if (faccessat(engine->state.runroot_fd, path, F_OK, 0) < 0)
		return;
	if (container_dir_lock(&engine->state, DIR_CONTAINERS, record->id, false, &dir) < 0)
		return;
	r = run_dir_is_alive(&engine->state, record->id)
		    ? -EBUSY
		    : container_clear(engine, record->id, NULL);
	/* The next command destroys it: we may be the one that looks for users of images, with
	 * their lock held. */
	if (r == 0 && record->config.auto_remove)
		(void)container_dir_unpublish(&engine->state, &dir, NULL);
	container_dir_close(&dir);
}
