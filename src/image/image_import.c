/*
 * Import: a root file system in a tar becomes an image of one layer.
 *
 * Runs in: cli (engine).
 */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/interrupt.h"
#include "image/image_store.h"
#include "image/publish.h"
#include "image/worker.h"
#include "spec/platform.h"

struct importing {
	const struct image_import_request *request;
	const struct interrupt *interrupt;
	struct publication publication;
};

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
	struct platform platform;

	if (request->platform) {
		int r = platform_parse(request->platform, &platform, e);

		if (r < 0)
			return r;
	} else {
		platform_host(&platform);
	}
	clock_text(clock_wall_ns(), created);
	ret->created = arena_copy(arena, created);
	ret->os = arena_copy(arena, platform.os);
	ret->architecture = arena_copy(arena, platform.architecture);
	if (platform.variant[0])
		ret->variant = arena_copy(arena, platform.variant);
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

/* How far it is, the file says to which what was read is written. */
struct reading {
	const struct load_watcher *watcher;
	int blob_fd;
};

static void reading_tell(const struct reading *reading, enum load_event event)
{
	off_t at = lseek(reading->blob_fd, 0, SEEK_CUR);
	const struct load_progress progress = { .event = event,
						.bytes = at > 0 ? (uint64_t)at : 0 };

	if (reading->watcher->tell)
		reading->watcher->tell(reading->watcher->context, &progress);
}

static void reading_tick(void *context)
{
	reading_tell(context, LOAD_READING);
}

static int import_run(const struct worker_request *request, const struct worker_watch *watch,
		      struct tool_result *ret, struct err *e)
{
	struct worker worker;
	int r = worker_start(request, &worker, e);

	if (r == 0)
		r = worker_await(&worker, watch, e);
	return r < 0 ? r : worker_wait(&worker, ret, e);
}

static int import_unpack(const struct importing *importing, struct layer_place *place,
			 struct tool_result *ret, struct err *e)
{
	const struct publication *p = &importing->publication;
	struct worker_request worker = { .verb = "unpack",
					 .input_fd = importing->request->input_fd,
					 .lock_fd = p->work->lock_fd };
	struct reading reading = { .watcher = &importing->request->watcher };
	const struct worker_watch watch = { .interrupt = importing->interrupt,
					    .tick = reading_tick,
					    .context = &reading };
	int r = layer_place_open(p->work, p->driver, true, place, e);

	if (r < 0)
		return r;
	reading.blob_fd = place->blob_fd;
	worker.output_fd = place->blob_fd;
	worker.directory_fd = place->target_fd;
	worker_unpack_words(&worker, p->driver->form == LAYER_EROFS, true);
	r = import_run(&worker, &watch, ret, e);
	reading_tell(&reading, LOAD_READ);
	return r;
}

/* Unpack, then the documents that follow from it, then all of it appears. */
static int import_publish(struct importing *importing, struct image_config *config,
			  struct arena *arena, char ret_id[DIGEST_SIZE], struct err *e)
{
	struct publication *publication = &importing->publication;
	struct layer_place place = LAYER_PLACE_NONE;
	struct documents documents = { 0 };
	struct tool_result layer = { 0 };
	int r = import_unpack(importing, &place, &layer, e);

	if (r == 0) {
		strv_add(&config->diff_ids, arena, layer.diff_id);
		r = documents_make(config, NULL, &layer, arena, &documents, e);
	}
	publication->documents = &documents;
	if (r == 0)
		r = publish_made(publication, &place, &layer, ret_id, e);
	publication->documents = NULL;
	documents_done(&documents);
	layer_place_close(&place);
	return r;
}

int image_import(const struct state *state, const struct image_import_request *request,
		 char ret_id[DIGEST_SIZE], struct err *e)
{
	AUTO_INTERRUPT struct interrupt interrupt = { .fd = -EBADF };
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct image_config config = { 0 };
	struct importing importing = { .request = request,
				       .interrupt = &interrupt,
				       .publication = { .work = &work } };
	char *reference;
	/* Everything that can be wrong with the request is found before the first byte is read.
	 */
	int r = publish_reference(request->reference, &arena, &reference, e);

	if (r == 0)
		r = import_config(request, &arena, &config, e);
	if (r == 0)
		r = layer_driver_choose(state, NULL, &importing.publication.driver, e);
	interrupt_begin(&interrupt);
	if (r == 0)
		r = work_begin(state, &work, e);
	if (r < 0)
		return r;
	if (reference)
		strv_add_borrowed(&importing.publication.references, &arena, reference);
	return import_publish(&importing, &config, &arena, ret_id, e);
}
