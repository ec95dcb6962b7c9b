/*
 * See image_users.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/image_users.h"

#include <string.h>

void image_users_done(struct image_user_list *list)
{
	arena_done(&list->arena);
	*list = (struct image_user_list){ 0 };
}

static enum image_use users_is_used(void *context, const char *digest,
				    char ret_container_id[ID_SIZE])
{
	struct image_user_list *list = context;
	enum image_use use = IMAGE_UNUSED;

	if (!list->is_read &&
	    record_list_read(list->engine, &list->arena, &list->records) < 0) {
		(void)str_copy(ret_container_id, ID_SIZE, "");
		return IMAGE_USED_RUNNING;
	}
	list->is_read = true;
	for (size_t i = 0; i < list->records.count; i++) {
		const struct listed_record *user = &list->records.items[i];

		if (!str_equal(user->record.image_id, digest) &&
		    !strv_has(&user->record.layers, digest))
			continue;
		if (use == IMAGE_UNUSED || user->is_running)
			memcpy(ret_container_id, user->record.id, ID_SIZE);
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
