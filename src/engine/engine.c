/*
 * Opening the engine, and finding containers.
 *
 * Runs in: cli (engine).
 * See: engine.h.
 */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/container_end.h"
#include "engine/image_users.h"
#include "image/driver.h"
#include "store/container_dir.h"
#include "store/names.h"

int engine_open(struct engine *engine, const char *root, const char *runroot, struct err *e)
{
	int r;

	*engine = (struct engine){ 0 };
	r = state_open(&engine->state, root, runroot, e);
	if (r < 0)
		return r;
	r = container_repair(engine, e);
	if (r < 0)
		state_close(&engine->state);
	return r;
}

/* An image that was removed while this command, or one that was killed, pushed or saved it. */
static void sweep_postponed(struct engine *engine)
{
	struct image_user_list list;
	struct image_users users = image_users_of(&list, engine);
	struct err why = { 0 };

	if (image_sweep_postponed(&engine->state, &users, &why) < 0)
		log_debug("%s", why.text);
	image_users_done(&list);
}

void engine_close(struct engine *engine)
{
	sweep_postponed(engine);
	state_close(&engine->state);
}

int engine_check_driver(const char *name, struct err *e)
{
	return layer_driver_find(name)
		       ? 0
		       : err_set(e, ERR_INVALID, -EINVAL,
				 "storage driver %.64s is not known: there are " DRIVER_NAMES,
				 name);
}

int engine_use_driver(struct engine *engine, const char *name, struct err *e)
{
	int r;

	if (!name)
		name = getenv("HOY_STORAGE_DRIVER");
	if (str_is_empty(name))
		return 0;
	r = engine_check_driver(name, e);
	if (r == 0)
		engine->state.driver = name;
	return r;
}

int engine_use_publish_address(struct engine *engine, const char *address, struct err *e)
{
	if (!address)
		address = getenv("HOY_PUBLISH_ADDRESS");
	if (str_is_empty(address))
		return 0;
	return ip_parse(address, &engine->publish_address) == 0
		       ? 0
		       : err_set(e, ERR_INVALID, -EINVAL,
				 "publish address %.64s is no IP address", address);
}

int engine_driver_name(struct engine *engine, const char **ret, struct err *e)
{
	const struct layer_driver *driver;
	int r = layer_driver_choose(&engine->state, NULL, &driver, e);

	if (r == 0)
		*ret = driver->name;
	return r;
}

static bool is_published(const struct engine *engine, const char *id)
{
	char path[CONTAINER_PATH_SIZE];

	container_path(path, DIR_CONTAINERS, id, NULL);
	return faccessat(engine->state.root_fd, path, F_OK, 0) == 0;
}

static int find_prefix(struct engine *engine, const char *prefix, char ret_id[ID_SIZE],
		       struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv ids = { 0 };
	const char *found = NULL;
	int r = container_dir_list(&engine->state, DIR_CONTAINERS, &arena, &ids, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ids.count; i++) {
		if (!str_starts(ids.items[i], prefix))
			continue;
		if (found)
			return err_set(e, ERR_INVALID, -ENOTUNIQ,
				       "multiple IDs found with provided prefix: %s", prefix);
		found = ids.items[i];
	}
	if (!found)
		return err_set(e, ERR_NOT_FOUND, -ENOENT, "No such container: %s", prefix);
	return str_copy(ret_id, ID_SIZE, found);
}

int engine_find(struct engine *engine, const char *container, char ret_id[ID_SIZE],
		struct err *e)
{
	const char *name = container[0] == '/' ? container + 1 : container;
	char id[ID_SIZE];

	if (id_is_valid(container) && is_published(engine, container))
		return str_copy(ret_id, ID_SIZE, container);
	if (name_find(&engine->state, name, id) == 0 && is_published(engine, id))
		return str_copy(ret_id, ID_SIZE, id);
	if (id_is_prefix(container))
		return find_prefix(engine, container, ret_id, e);
	return err_set(e, ERR_NOT_FOUND, -ENOENT, "No such container: %s", container);
}

/* The state of one container; what a lost monitor left behind is cleared away when it is seen.
 */
static int container_read(struct engine *engine, const char *id, struct arena *arena,
			  struct container *ret, struct err *e)
{
	int r = record_read(&engine->state, id, arena, &ret->record, e);

	if (r == 0)
		r = liveness_read(&engine->state, &ret->record, &ret->liveness, e);
	if (r == 0 && ret->liveness.is_monitor_lost)
		container_bury(engine, &ret->record);
	return r;
}

int engine_get(struct engine *engine, const char *container, struct arena *arena,
	       struct container *ret, struct err *e)
{
	struct container found = { 0 };
	char id[ID_SIZE];
	int r = engine_find(engine, container, id, e);

	if (r == 0)
		r = container_read(engine, id, arena, &found, e);
	if (r == -ENOENT)
		return err_set(e, ERR_NOT_FOUND, -ENOENT, "No such container: %s", container);
	if (r == 0)
		*ret = found;
	return r;
}

static int compare_newest(const void *a, const void *b)
{
	const struct container *left = a;
	const struct container *right = b;

	if (left->record.created_ns != right->record.created_ns)
		return left->record.created_ns < right->record.created_ns ? 1 : -1;
	return strcmp(left->record.id, right->record.id);
}

int engine_list(struct engine *engine, struct arena *arena, struct container **ret,
		size_t *ret_count, struct err *e)
{
	struct strv ids = { 0 };
	struct container *containers;
	size_t count = 0;
	int r = container_dir_list(&engine->state, DIR_CONTAINERS, arena, &ids, e);

	if (r < 0)
		return r;
	containers = arena_array(arena, ids.count + 1, sizeof(*containers));
	if (!containers)
		return -ENOMEM;
	for (size_t i = 0; i < ids.count; i++) {
		struct container *c = &containers[count];

		r = container_read(engine, ids.items[i], arena, c, e);
		if (r == -ENOMEM)
			return r;
		if (r == -ENOENT || (r == 0 && c->liveness.is_monitor_lost &&
				     !is_published(engine, ids.items[i]))) {
			*c = (struct container){ 0 };
			continue; /* gone meanwhile */
		}
		if (r < 0) {
			*c = (struct container){ .is_damaged = true };
			(void)str_copy(c->record.id, sizeof(c->record.id), ids.items[i]);
		}
		count++;
	}
	if (e)
		*e = (struct err){ 0 };
	qsort(containers, count, sizeof(*containers), compare_newest);
	*ret = containers;
	*ret_count = count;
	return 0;
}
