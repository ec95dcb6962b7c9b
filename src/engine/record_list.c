/*
 * See record_list.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/record_list.h"

#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "proto/exit_file.h"
#include "store/container_dir.h"

/*
 * One that is being made or removed. Without a (whole) record it needs nothing yet; one that has
 * ended is only waiting to be deleted, and what it needed may go before it (rmi right after
 * run --rm). That it has ended is looked for first: of one that is being deleted the file that
 * says so may be gone already.
 */
static void add_pending(struct engine *engine, struct arena *arena, const char *id,
			struct record_list *list)
{
	AUTO_FREE char *text = NULL;
	char path[CONTAINER_PATH_SIZE];
	struct record record = { 0 };
	size_t len;

	container_path(path, DIR_PENDING, id, EXIT_FILE_NAME);
	if (faccessat(engine->state.root_fd, path, F_OK, 0) == 0 ||
	    container_dir_is_going(&engine->state, id))
		return;
	container_path(path, DIR_PENDING, id, "record.json");
	if (file_read(engine->state.root_fd, path, RECORD_MAX, &text, &len) == 0 &&
	    record_parse(text, len, arena, &record, NULL) == 0)
		list->items[list->count++] =
			(struct listed_record){ .record = record, .is_running = true };
}

static void add_published(const struct container *container, struct record_list *list)
{
	enum container_status status = container->liveness.status;

	if (!container->is_damaged)
		list->items[list->count++] = (struct listed_record){
			.record = container->record,
			.is_running = status == STATUS_RUNNING || status == STATUS_PAUSED ||
				      status == STATUS_RESTARTING,
		};
}

int record_list_read(struct engine *engine, struct arena *arena, struct record_list *ret)
{
	struct record_list making = { 0 };
	struct record_list all = { 0 };
	struct container *containers = NULL;
	struct strv pending = { 0 };
	size_t count = 0;
	/* Pending ones first: one that is published in between is then seen twice, not never.
	 */
	int r = container_dir_list(&engine->state, DIR_PENDING, arena, &pending, NULL);

	if (r < 0)
		return r;
	making.items = arena_array(arena, pending.count + 1, sizeof(*making.items));
	for (size_t i = 0; making.items && i < pending.count; i++)
		add_pending(engine, arena, pending.items[i], &making);
	r = engine_list(engine, arena, &containers, &count, NULL);
	if (r < 0)
		return r;
	all.items = arena_array(arena, making.count + count + 1, sizeof(*all.items));
	if (!all.items || arena_ok(arena) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < making.count; i++)
		all.items[all.count++] = making.items[i];
	for (size_t i = 0; i < count; i++)
		add_published(&containers[i], &all);
	*ret = all;
	return 0;
}
