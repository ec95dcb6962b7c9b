/*
 * See volume.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/volume.h"

#include <string.h>

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

int engine_volume_remove(struct engine *engine, const char *name, bool is_forced, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container *containers;
	size_t count;
	int r;

	if (!name_is_valid(name) || !volume_exists(&engine->state, name))
		return is_forced
			       ? 0
			       : err_set(e, ERR_NOT_FOUND, -ENOENT, "no such volume: %s", name);
	r = engine_list(engine, &arena, &containers, &count, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		if (!containers[i].is_damaged &&
		    config_uses(&containers[i].record.config, name))
			return err_set(e, ERR_CONFLICT, -EBUSY,
				       "remove %s: volume is in use - [%s]", name,
				       containers[i].record.id);
	return volume_delete(&engine->state, name, e);
}
