/*
 * See image_users.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/image_users.h"

#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "proto/exit_file.h"
#include "store/container_dir.h"

void image_users_done(struct image_user_list *list)
{
	arena_done(&list->arena);
	*list = (struct image_user_list){ 0 };
}

static void users_add(struct image_user_list *list, const struct record *record,
		      bool is_running)
{
	struct strv *layers = arena_alloc(&list->arena, sizeof(*layers));

	if (!layers)
		return;
	*layers = record->layers;
	list->items[list->count] = (struct image_user){ .is_running = is_running,
							.image_id = record->image_id,
							.layers = layers };
	memcpy(list->items[list->count++].container_id, record->id, ID_SIZE);
}

/*
 * One that is being made or removed. Without a (whole) record it has no layers yet, or none any
 * more; one that has ended is only waiting to be deleted, and its image may go before it (rmi
 * right after run --rm).
 */
static void users_add_pending(struct engine *engine, struct image_user_list *list,
			      const char *id)
{
	AUTO_FREE char *text = NULL;
	char path[CONTAINER_PATH_SIZE];
	struct record record = { 0 };
	size_t len;

	container_path(path, DIR_PENDING, id, EXIT_FILE_NAME);
	if (faccessat(engine->state.root_fd, path, F_OK, 0) == 0)
		return;
	container_path(path, DIR_PENDING, id, "record.json");
	if (file_read(engine->state.root_fd, path, RECORD_MAX, &text, &len) == 0 &&
	    record_parse(text, len, &list->arena, &record, NULL) == 0)
		users_add(list, &record, true);
}

static int users_read_pending(struct image_user_list *list, const struct strv *pending)
{
	list->items = arena_array(&list->arena, pending->count, sizeof(list->items[0]));
	for (size_t i = 0; list->items && i < pending->count; i++)
		users_add_pending(list->engine, list, pending->items[i]);
	return arena_ok(&list->arena);
}

static int users_read(struct image_user_list *list)
{
	struct container *containers = NULL;
	struct strv pending = { 0 };
	size_t count = 0;
	/* Pending ones first: one that is published in between is then seen twice, not never.
	 */
	int r = container_dir_list(&list->engine->state, DIR_PENDING, &list->arena, &pending,
				   NULL);

	if (r == 0)
		r = users_read_pending(list, &pending);
	if (r == 0)
		r = engine_list(list->engine, &list->arena, &containers, &count, NULL);
	if (r < 0)
		return r;
	const struct image_user *making = list->items;
	size_t making_count = list->count;

	list->items = arena_array(&list->arena, making_count + count, sizeof(list->items[0]));
	if (!list->items || arena_ok(&list->arena) < 0)
		return -ENOMEM;
	if (making_count > 0)
		memcpy(list->items, making, making_count * sizeof(*making));
	for (size_t i = 0; i < count; i++) {
		enum container_status status = containers[i].liveness.status;

		if (!containers[i].is_damaged)
			users_add(list, &containers[i].record,
				  status == STATUS_RUNNING || status == STATUS_PAUSED ||
					  status == STATUS_RESTARTING);
	}
	return arena_ok(&list->arena);
}

static enum image_use users_is_used(void *context, const char *digest,
				    char ret_container_id[ID_SIZE])
{
	struct image_user_list *list = context;
	enum image_use use = IMAGE_UNUSED;

	if (!list->is_read && users_read(list) < 0) {
		(void)str_copy(ret_container_id, ID_SIZE, "");
		return IMAGE_USED_RUNNING;
	}
	list->is_read = true;
	for (size_t i = 0; i < list->count; i++) {
		const struct image_user *user = &list->items[i];

		if (!str_equal(user->image_id, digest) && !strv_has(user->layers, digest))
			continue;
		if (use == IMAGE_UNUSED || user->is_running)
			memcpy(ret_container_id, user->container_id, ID_SIZE);
		if (user->is_running)
			return IMAGE_USED_RUNNING;
		use = IMAGE_USED_STOPPED;
	}
	return use;
}

struct image_users image_users_of(struct image_user_list *list, struct engine *engine)
{
	*list = (struct image_user_list){ .engine = engine };
	return (struct image_users){ .is_used = users_is_used, .context = list };
}
