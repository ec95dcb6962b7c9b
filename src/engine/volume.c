/*
 * See volume.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/volume.h"

#include <string.h>

#include "base/fd.h"
#include "engine/record_list.h"
#include "engine/volume_store.h"

int engine_volume_create(struct engine *engine, const char *name, const struct strv *labels,
			 char ret_name[RECORD_NAME_SIZE], struct err *e)
{
	char random[ID_SIZE];
	struct volume_making making = { .name = name, .labels = labels };
	int r;

	if (!name) {
		r = id_make(random);
		if (r < 0)
			return err_sys(e, r, "make a volume name");
		making.name = random;
		making.owner = ""; /* anonymous, of no container */
	} else if (!name_is_valid(name)) {
		return err_set(e, ERR_INVALID, -EINVAL,
			       "\"%s\" includes invalid characters for a local volume name, "
			       "only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" "
			       "are allowed",
			       name);
	}
	r = volume_make(&engine->state, &making, e);
	if (r < 0)
		return r;
	return str_copy(ret_name, RECORD_NAME_SIZE, making.name);
}

int engine_volume_get(struct engine *engine, const char *name, struct arena *arena,
		      struct volume *ret, struct err *e)
{
	return volume_read(&engine->state, name, arena, ret, NULL, e);
}

int engine_volume_list(struct engine *engine, struct arena *arena, struct volume **ret,
		       size_t *ret_count, struct err *e)
{
	struct strv names = { 0 };
	struct volume *volumes;
	size_t count = 0;
	int r = volume_names(&engine->state, arena, &names, e);

	if (r < 0)
		return r;
	volumes = arena_array(arena, names.count + 1, sizeof(*volumes));
	if (!volumes)
		return -ENOMEM;
	for (size_t i = 0; i < names.count; i++) {
		r = volume_read(&engine->state, names.items[i], arena, &volumes[count], NULL,
				e);
		if (r == 0)
			count++;
		else if (r != -ENOENT) /* one that went away meanwhile is no error */
			return r;
	}
	*ret = volumes;
	*ret_count = count;
	return 0;
}

static bool config_uses(const struct container_config *config, const char *name)
{
	for (size_t i = 0; i < config->mount_count; i++)
		if (config->mounts[i].kind == MOUNT_VOLUME &&
		    str_equal(config->mounts[i].source, name))
			return true;
	return false;
}

/* 0, or -EBUSY when a container but `except` (NULL: none) has it. With the exclusive lock. */
static int volume_is_free(struct engine *engine, const char *name, const char *except,
			  struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct record_list records;
	int r = record_list_read(engine, &arena, &records);

	if (r < 0)
		return err_sys(e, r, "look for the containers that use volume %s", name);
	for (size_t i = 0; i < records.count; i++) {
		const struct record *record = &records.items[i].record;

		if (config_uses(&record->config, name) && !str_equal(record->id, except))
			return err_set(e, ERR_CONFLICT, -EBUSY,
				       "remove %s: volume is in use - [%s]", name, record->id);
	}
	return 0;
}

static int volume_remove(struct engine *engine, const char *name, const char *except,
			 struct err *e)
{
	char gone[VOLUME_GONE_SIZE] = "";
	int lock = volumes_lock(&engine->state, true, e);
	int r;

	if (lock < 0)
		return lock;
	r = volume_is_free(engine, name, except, e);
	if (r == 0)
		r = volume_hide(&engine->state, name, gone, e);
	(void)fd_close(lock);
	return r < 0 ? r : volume_erase(&engine->state, gone, e);
}

int engine_volume_remove(struct engine *engine, const char *name, bool is_forced, struct err *e)
{
	if (!name_is_valid(name) || !volume_exists(&engine->state, name))
		return is_forced
			       ? 0
			       : err_set(e, ERR_NOT_FOUND, -ENOENT, "no such volume: %s", name);
	return volume_remove(engine, name, NULL, e);
}

static int remove_own(struct engine *engine, const char *name, const char *container_id,
		      int result, struct err *e)
{
	int r = volume_remove(engine, name, container_id, result == 0 ? e : NULL);

	/* One that another container has too stays for that. */
	return r < 0 && r != -EBUSY && result == 0 ? r : result;
}

static int remove_made_for(struct engine *engine, const char *container_id, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv names = { 0 };
	int result = volume_names(&engine->state, &arena, &names, e);

	for (size_t i = 0; i < names.count; i++) {
		struct volume volume;
		char *owner = NULL;

		if (volume_read(&engine->state, names.items[i], &arena, &volume, &owner,
				NULL) == 0 &&
		    str_equal(owner, container_id))
			result = remove_own(engine, names.items[i], container_id, result, e);
	}
	return result;
}

int volumes_remove_with(struct engine *engine, const char *container_id,
			const struct container_config *config, struct err *e)
{
	int result = 0;

	if (!config)
		return remove_made_for(engine, container_id, e);
	for (size_t i = 0; i < config->mount_count; i++) {
		const struct mount_request *m = &config->mounts[i];

		if (m->kind == MOUNT_VOLUME && m->is_anonymous && !str_is_empty(m->source))
			result = remove_own(engine, m->source, container_id, result, e);
	}
	return result;
}
