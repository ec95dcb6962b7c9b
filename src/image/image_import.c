/*
 * Import: a root file system in a tar becomes an image of one layer.
 *
 * Runs in: cli (engine).
 */
#include <string.h>
#include <sys/utsname.h>

#include "base/clock.h"
#include "base/fd.h"
#include "image/image_store.h"
#include "image/publish.h"
#include "image/worker.h"

/* Go's name of the machine's architecture, as images carry it. */
static char *machine_architecture(struct arena *arena)
{
	static const char *const names[][2] = {
		{ "x86_64", "amd64" },
		{ "aarch64", "arm64" },
		{ "i686", "386" },
		{ "armv7l", "arm" },
	};
	struct utsname machine;

	if (uname(&machine) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(machine.machine, names[i][0]) == 0)
			return arena_copy(arena, names[i][1]);
	return arena_copy(arena, machine.machine);
}

/* As docker: the message, or where it came from. */
static const char *import_comment(const struct image_import_request *request,
				  struct arena *arena)
{
	if (!str_is_empty(request->message))
		return request->message;
	return arena_printf(arena, "Imported from %s",
			    request->source_name ? request->source_name : "-");
}

static int import_config(const struct image_import_request *request, struct arena *arena,
			 struct image_config *ret, struct err *e)
{
	char created[CLOCK_TEXT_SIZE];

	clock_text(clock_wall_ns(), created);
	ret->created = arena_copy(arena, created);
	ret->architecture = machine_architecture(arena);
	ret->os = arena_copy(arena, "linux");
	ret->comment = arena_copy(arena, import_comment(request, arena));
	for (size_t i = 0; i < request->changes.count; i++) {
		int r = image_config_change(ret, arena, request->changes.items[i], e);

		if (r < 0)
			return r;
	}
	ret->history = arena_alloc(arena, sizeof(*ret->history));
	if (!ret->history || arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM,
			       "no memory for an image's configuration");
	ret->history_count = 1;
	*ret->history =
		(struct image_history){ .created = ret->created, .comment = ret->comment };
	return 0;
}

static int import_unpack(const struct work *work, const struct layer_driver *driver,
			 int input_fd, struct tool_result *ret, struct err *e)
{
	AUTO_CLOSE int blob_fd = publish_open_blob(work, e);
	AUTO_CLOSE int directory_fd = -EBADF;
	struct worker_request worker = { .verb = "unpack",
					 .input_fd = input_fd,
					 .lock_fd = work->lock_fd };

	if (blob_fd < 0)
		return blob_fd;
	directory_fd = layer_begin(work->state, driver->form, work->name, e);
	if (directory_fd < 0)
		return directory_fd;
	worker.output_fd = blob_fd;
	worker.directory_fd = directory_fd;
	worker_unpack_words(&worker, driver->form == LAYER_EROFS, true);
	return worker_run(&worker, ret, e);
}

int image_import(const struct state *state, const struct image_import_request *request,
		 char ret_id[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct image_config config = { 0 };
	struct tool_result layer = { 0 };
	struct publication publication = { .work = &work, .config = &config, .layer = &layer };
	char *reference;
	/* Everything that can be wrong with the request is found before the first byte is read.
	 */
	int r = publish_reference(request->reference, &arena, &reference, e);

	if (r == 0)
		r = import_config(request, &arena, &config, e);
	if (r == 0)
		r = layer_driver_choose(state, NULL, &publication.driver, e);
	if (r == 0)
		r = work_begin(state, &work, e);
	if (r == 0)
		r = import_unpack(&work, publication.driver, request->input_fd, &layer, e);
	if (r < 0)
		return r;
	strv_add(&config.diff_ids, &arena, layer.diff_id);
	if (arena_ok(&arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM,
			       "no memory for an image's configuration");
	publication.reference = reference;
	return image_publish(&publication, ret_id, e);
}
