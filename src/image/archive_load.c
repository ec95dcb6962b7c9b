/*
 * Load: the images of an archive into the store.
 *
 * First the archive is looked through, and what came only once is kept (archive_index.h); then
 * image after image is made of its pieces. An image appears when all of it is there; those that
 * were loaded before one that is damaged stay.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "format/reference.h"
#include "image/archive.h"
#include "image/archive_index.h"
#include "image/blob.h"
#include "image/pipeline.h"
#include "image/publish.h"
#include "spec/descriptor.h"

struct made_layer {
	bool is_made;
	bool has_layer;
	bool has_blob;
	struct layer_place place;
	struct tool_result result;
};

struct load {
	const struct archive_index *index;
	const char *wanted; /* of docker's archive: the full name that is wanted; NULL: all */
	const struct archive_content *content;
	const struct interrupt *interrupt;
	const struct load_watcher *watcher;
	uint64_t bytes; /* of layers that are made, as they came */
	uint64_t size;	/* of all that were not there */
	struct arena arena;
	struct documents documents;
	struct publication publication;
	struct image_record_layer *layers;
	struct made_layer *made; /* by layer */
};

/* --- how far it is ----------------------------------------------------------------------- */

static struct load_layer load_layer_of(const struct load *load, size_t n, uint64_t bytes)
{
	uint64_t size = load->content->layers[n].size;

	return (struct load_layer){ .diff_id = load->layers[n].diff_id,
				    .size = size,
				    .bytes = bytes < size ? bytes : size };
}

static void load_tell(const struct load *load, enum load_event event,
		      const struct load_layer *layers, size_t count)
{
	struct load_progress progress = { .event = event,
					  .bytes = load->bytes,
					  .size = load->size,
					  .layers = layers,
					  .count = count };

	for (size_t i = 0; event == LOAD_LAYERS && i < count; i++)
		progress.bytes += layers[i].bytes;
	load->watcher->tell(load->watcher->context, &progress);
}

static void load_running(void *context, const struct pipeline_running *running, size_t count)
{
	const struct load *load = context;
	struct load_layer layers[PIPELINE_JOBS];

	for (size_t i = 0; i < count; i++)
		layers[i] = load_layer_of(load, running[i].n, running[i].bytes);
	load_tell(load, LOAD_LAYERS, layers, count);
}

static void load_tell_made(struct load *load, const struct pipeline_layer *layer)
{
	const struct load_layer made =
		load_layer_of(load, layer->n, load->content->layers[layer->n].size);

	if (!layer->result) { /* it was there */
		load->size -= made.size;
		return;
	}
	load->bytes += made.size;
	if (load->watcher->tell)
		load_tell(load, LOAD_LAYER, &made, 1);
}

static bool is_repeated(const struct load *load, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(load->layers[i].diff_id, load->layers[n].diff_id) == 0 &&
		    strcmp(load->layers[i].blob, load->layers[n].blob) == 0)
			return true;
	return false;
}

static void load_measure(struct load *load)
{
	for (size_t i = 0; i < load->content->layer_count; i++)
		if (!is_repeated(load, i))
			load->size += load->content->layers[i].size;
}

/* --- where the bytes are ----------------------------------------------------------------- */

static int load_open(void *context, size_t n, bool is_kept, struct pipeline_bytes *ret,
		     struct err *e)
{
	struct load *load = context;
	const struct archive_piece *piece = &load->content->layers[n];

	(void)is_kept;
	*ret = (struct pipeline_bytes){ .output_fd = -EBADF,
					.is_file = archive_piece_is_blob(piece),
					.is_untyped = piece->is_untyped };
	ret->input_fd = archive_open(load->index, piece, e);
	if (ret->input_fd < 0)
		return ret->input_fd;
	ret->is_range = piece->file < 0;
	ret->offset = piece->offset;
	ret->size = piece->size;
	return 0;
}

static int load_done(void *context, const struct pipeline_layer *layer, struct err *e)
{
	struct load *load = context;
	struct made_layer *made = &load->made[layer->n];

	(void)e;
	load_tell_made(load, layer);
	if (!layer->result)
		return 0;
	*made = (struct made_layer){ .is_made = true,
				     .has_layer = layer->has_layer,
				     .has_blob = layer->has_blob,
				     .place = *layer->place,
				     .result = *layer->result };
	return 0;
}

/* --- layers that are here already -------------------------------------------------------- */

/* As what some image's layer with this diff id came; false: none has it. */
static bool find_known(const struct state *state, const struct strv *ids, struct arena *arena,
		       struct image_record_layer *layer)
{
	for (size_t i = 0; i < ids->count; i++) {
		struct image_record record;

		if (image_record_read(state, ids->items[i], arena, &record, NULL) < 0)
			continue;
		for (size_t n = 0; n < record.layer_count; n++) {
			const struct image_record_layer *other = &record.manifests[0].layers[n];

			if (strcmp(other->diff_id, layer->diff_id) != 0)
				continue;
			*layer = *other;
			return true;
		}
	}
	return false;
}

/* An archive without a manifest does not say what its blobs must be: layers that are here already
 * stay as they are. */
static int load_reuse(struct load *load, struct err *e)
{
	const struct state *state = load->publication.work->state;
	struct strv ids;
	int r = image_record_list(state, &load->arena, &ids, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < load->content->layer_count; i++)
		(void)find_known(state, &ids, &load->arena, &load->layers[i]);
	r = publish_announce(&load->publication, e);
	/* What was removed before we announced it is made of the archive. */
	for (size_t i = 0; i < load->content->layer_count && r == 0; i++)
		if (load->layers[i].blob[0] && !blob_exists(state, load->layers[i].blob))
			load->layers[i].blob[0] = '\0';
	return r;
}

/* --- one image --------------------------------------------------------------------------- */

/*
 * Docker's archive says names, and a wrong one is an error there. What a layout has is only a
 * text that may be a name.
 */
static int load_names(struct load *load, struct err *e)
{
	const struct strv *names = &load->content->names;

	for (size_t i = 0; i < names->count; i++) {
		struct err unnamed = { 0 };
		bool is_hint = load->content->has_manifest;
		char *full;
		int r = publish_reference(names->items[i], &load->arena, &full,
					  is_hint ? &unnamed : e);

		if (r < 0 && !is_hint)
			return r;
		if (r == 0 && (!load->wanted || strcmp(load->wanted, full) == 0))
			strv_add_borrowed(&load->publication.references, &load->arena, full);
	}
	return 0;
}

/* A layout was searched for its name by who read it; docker's archive has names of our own kind.
 */
static bool load_is_wanted(const struct load *load)
{
	return !load->wanted || load->publication.references.count > 0;
}

static int load_documents(struct load *load, struct err *e)
{
	const struct archive_content *content = load->content;
	int r = archive_text(load->index, &content->config, "config", IMAGE_CONFIG_MAX,
			     &load->documents.config, e);

	if (r == 0 && content->has_manifest)
		r = archive_text(load->index, &content->manifest, "manifest", MANIFEST_MAX,
				 &load->documents.manifest, e);
	if (r < 0)
		return r;
	load->layers = arena_array(&load->arena, content->layer_count, sizeof(load->layers[0]));
	load->made = arena_array(&load->arena, content->layer_count, sizeof(load->made[0]));
	if (!load->layers || !load->made)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for layers");
	for (size_t i = 0; i < content->layer_count; i++) {
		struct image_record_layer *layer = &load->layers[i];

		(void)str_copy(layer->blob, sizeof(layer->blob), content->layers[i].digest);
		layer->blob_size = content->layers[i].size;
		layer->media_type = content->layers[i].media_type;
	}
	return documents_begin(&load->documents, load->layers, content->layer_count,
			       &load->arena, e);
}

static int load_layers(struct load *load, struct err *e)
{
	const struct pipeline_source source = { .context = load,
						.open = load_open,
						.done = load_done,
						.running = load->watcher->tell ? load_running
									       : NULL,
						.event_fd = -EBADF };
	const struct pipeline pipeline = { .work = load->publication.work,
					   .driver = load->publication.driver,
					   .interrupt = load->interrupt,
					   .source = &source,
					   .layers = load->layers,
					   .count = load->content->layer_count,
					   .arena = &load->arena };
	int r = publish_announce(&load->publication, e);

	if (r == 0 && !load->content->has_manifest)
		r = load_reuse(load, e);
	load_measure(load);
	return r < 0 ? r : pipeline_run(&pipeline, e);
}

static int publish_made_layer(const struct load *load, size_t n, struct err *e)
{
	const struct made_layer *made = &load->made[n];
	const struct work *work = load->publication.work;
	const struct archive_piece *piece = &load->content->layers[n];
	char path[LAYER_PLACE_SIZE + 8];
	char name[ARCHIVE_SPOOL_NAME];
	AUTO_CLOSE int tmp_fd =
		openat(work->state->root_fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct publish_blob blob = { .dir_fd = tmp_fd, .name = path };

	if (tmp_fd < 0)
		return err_sys(e, errno, "open %s/tmp", work->state->root);
	layer_place_blob(&made->place, path);
	if (archive_piece_is_blob(piece)) {
		archive_spool_name(piece->file, name);
		blob = (struct publish_blob){ .dir_fd = work->fd, .name = name };
	}
	return publish_layer(&load->publication, made->has_layer ? &made->place : NULL,
			     made->has_blob ? &blob : NULL, &made->result, e);
}

/* Everything is on the disk and known by now. */
static int load_publish(struct load *load, struct err *e)
{
	int r = documents_finish(&load->documents, e);

	if (r == 0)
		r = publish_announce(&load->publication, e);
	for (size_t i = 0; i < load->content->layer_count && r == 0; i++)
		if (load->made[i].is_made)
			r = publish_made_layer(load, i, e);
	return r < 0 ? r : publish_image(&load->publication, e);
}

static int load_image(struct load *load, struct err *e)
{
	int r = load_documents(load, e);

	load->publication.documents = &load->documents;
	if (r == 0)
		r = load_layers(load, e);
	if (r == 0)
		r = load_publish(load, e);
	if (r < 0)
		publish_withdraw(&load->publication);
	return r;
}

/* Names as users write them. */
static void load_say(const struct load *load, const struct archive_load_request *request)
{
	const struct strv *names = &load->publication.references;
	const char *id = load->documents.record.id;

	if (names->count == 0)
		request->loaded(request->context, NULL, id);
	for (size_t i = 0; i < names->count; i++) {
		struct reference reference = { 0 };
		char familiar[REFERENCE_SIZE * 2];
		char text[sizeof(familiar) + sizeof(reference.tag)];

		(void)reference_parse(names->items[i], &reference, NULL);
		reference_familiar_name(&reference, familiar);
		(void)snprintf(text, sizeof(text), "%s:%s", familiar, reference.tag);
		request->loaded(request->context, text, id);
	}
}

/* --- all of them ------------------------------------------------------------------------- */

/* Returns 1 when it was loaded, 0 when it is not wanted. */
static int load_one(struct load *load, const struct archive_load_request *request,
		    struct err *e)
{
	int r = 0;

	if (request->name && !load->content->has_manifest) {
		char *full;

		r = publish_reference(request->name, &load->arena, &full, e);
		load->wanted = full;
	}
	if (r == 0)
		r = load_names(load, e);
	if (r < 0 || !load_is_wanted(load))
		return r;
	r = load_image(load, e);
	if (r == 0)
		load_say(load, request);
	return r < 0 ? r : 1;
}

static int load_all(const struct archive_index *index, const struct layer_driver *driver,
		    const struct interrupt *interrupt,
		    const struct archive_load_request *request, struct work *work,
		    struct err *e)
{
	int loaded = 0;

	for (size_t i = 0; i < index->count; i++) {
		struct load load = { .index = index,
				     .content = &index->items[i],
				     .interrupt = interrupt,
				     .watcher = &request->watcher,
				     .publication = { .work = work, .driver = driver } };
		int r = load_one(&load, request, e);

		documents_done(&load.documents);
		arena_done(&load.arena);
		if (r < 0)
			return r;
		loaded += r;
	}
	return loaded > 0 || !request->name
		       ? 0
		       : err_set(e, ERR_NOT_FOUND, -ENOENT, "there is no image %s in it",
				 request->name);
}

int archive_load(const struct state *state, const struct archive_load_request *request,
		 struct err *e)
{
	AUTO_INTERRUPT struct interrupt interrupt = { .fd = -EBADF };
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	const struct layer_driver *driver;
	const struct archive_input_fds input = { request->archive_fd, request->layout_fd };
	const struct archive_index_request index_request = {
		.input = &input,
		.wanted = { request->platform, request->name },
		.interrupt = &interrupt,
		.watcher = &request->watcher,
	};
	struct archive_index index = { 0 };
	int r = layer_driver_choose(state, NULL, &driver, e);

	interrupt_begin(&interrupt);
	if (r == 0)
		r = work_begin(state, &work, e);
	if (r == 0)
		r = archive_index_read(&work, &index_request, &arena, &index, e);
	return r < 0 ? r : load_all(&index, driver, &interrupt, request, &work, e);
}
