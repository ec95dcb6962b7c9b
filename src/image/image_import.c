/*
 * Import: a root file system in a tar becomes an image of one layer.
 *
 * Runs in: cli (engine).
 */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "image/download.h"
#include "image/image_store.h"
#include "image/publish.h"
#include "image/worker.h"
#include "spec/platform.h"

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

/* One import on its way. */
struct import {
	const struct image_import_request *request;
	const struct interrupt *interrupt;
	off_t begin; /* where in its file the archive begins; negative: it is a pipe */
	int blob_fd; /* the layer's blob, borrowed */
	struct publication publication;
	struct image_config config;
	struct arena arena;
};

/* How far it is, of `size` bytes (0: nobody knows). */
static void import_tell(const struct import *import, enum load_event event, uint64_t bytes,
			uint64_t size)
{
	const struct load_watcher *watcher = &import->request->watcher;
	const struct load_progress progress = { .event = event, .bytes = bytes, .size = size };

	if (watcher->tell)
		watcher->tell(watcher->context, &progress);
}

/* The worker reads a file with our offset; what comes from a pipe is written to the blob, or the
 * tar inside of it. */
static void import_tick(void *context)
{
	const struct import *import = context;
	off_t at = lseek(import->request->input_fd, 0, SEEK_CUR);

	at = at < 0 ? lseek(import->blob_fd, 0, SEEK_CUR) : at - import->begin;
	import_tell(import, LOAD_READING, at > 0 ? (uint64_t)at : 0, 0);
}

static void import_came(void *context, uint64_t bytes, uint64_t size)
{
	import_tell(context, LOAD_READING, bytes, size);
}

/* Run the worker; its input is the request's, or a download. */
static int import_run(struct import *import, struct worker_request *request,
		      struct tool_result *ret, struct err *e)
{
	AUTO_DOWNLOAD struct download download = DOWNLOAD_NONE;
	const struct worker_watch watch = { .interrupt = import->interrupt,
					    .tick = import_tick,
					    .context = import };
	struct worker worker;
	int r = 0;

	if (import->request->url) {
		download.progress = import_came;
		download.context = import;
		r = download_begin(&download, import->request->url, import->interrupt, e);
		request->input_fd = download.fd;
	}
	if (r == 0)
		r = worker_start(request, &worker, e);
	/* The worker's alone now, so that hoy-fetch sees that nobody reads any more. */
	download.fd = fd_close(download.fd);
	if (r < 0)
		return r;
	r = download.registry ? download_await(&download, &worker, import->interrupt, e)
			      : worker_await(&worker, &watch, e);
	if (r == 0)
		r = worker_wait(&worker, ret, e);
	worker_kill(&worker);
	return download_end(&download, r, e);
}

static int import_unpack(struct import *import, struct layer_place *place,
			 struct tool_result *ret, struct err *e)
{
	const struct publication *p = &import->publication;
	struct worker_request worker = { .verb = "unpack",
					 .input_fd = import->request->input_fd,
					 .lock_fd = p->work->lock_fd };
	int r = layer_place_open(p->work, p->driver, true, place, e);

	if (r < 0)
		return r;
	worker.output_fd = import->blob_fd = place->blob_fd;
	worker.directory_fd = place->target_fd;
	worker_unpack_words(&worker, p->driver->form == LAYER_EROFS, true);
	worker_add_word(&worker, "untyped");
	r = import_run(import, &worker, ret, e);
	import_tell(import, LOAD_READ, 0, 0);
	return r;
}

/* Unpack, then the documents that follow from it, then all of it appears. */
static int import_publish(struct import *import, char ret_id[DIGEST_SIZE], struct err *e)
{
	struct publication *publication = &import->publication;
	struct layer_place place = LAYER_PLACE_NONE;
	struct documents documents = { 0 };
	struct tool_result layer = { 0 };
	int r = import_unpack(import, &place, &layer, e);

	if (r == 0) {
		strv_add(&import->config.diff_ids, &import->arena, layer.diff_id);
		r = documents_make(&import->config, NULL, &layer, &import->arena, &documents,
				   e);
	}
	publication->documents = &documents;
	if (r == 0)
		r = publish_made(publication, &place, &layer, ret_id, e);
	publication->documents = NULL;
	documents_done(&documents);
	layer_place_close(&place);
	return r;
}

/* Everything that can be wrong with the request is found before the first byte is read. */
static int import_begin(struct import *import, const struct state *state, struct work *work,
			struct err *e)
{
	struct publication *publication = &import->publication;
	char *reference;
	int r = publish_reference(import->request->reference, &import->arena, &reference, e);

	if (r == 0)
		r = import_config(import->request, &import->arena, &import->config, e);
	if (r == 0)
		r = layer_driver_choose(state, NULL, &publication->driver, e);
	if (r == 0)
		r = work_begin(state, work, e);
	if (r == 0 && reference)
		strv_add_borrowed(&publication->references, &import->arena, reference);
	return r;
}

int image_import(const struct state *state, const struct image_import_request *request,
		 char ret_id[DIGEST_SIZE], struct err *e)
{
	AUTO_INTERRUPT struct interrupt interrupt = { .fd = -EBADF };
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct import import = { .request = request,
				 .interrupt = &interrupt,
				 .begin = lseek(request->input_fd, 0, SEEK_CUR),
				 .publication = { .work = &work } };
	int r;

	interrupt_begin(&interrupt);
	r = import_begin(&import, state, &work, e);
	if (r == 0)
		r = import_publish(&import, ret_id, e);
	arena_done(&import.arena);
	return r;
}
