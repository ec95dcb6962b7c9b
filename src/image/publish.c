/*
 * See publish.h.
 *
 * Runs in: cli (engine).
 */
#include "image/publish.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "format/json.h"
#include "format/reference.h"
#include "image/blob.h"
#include "image/ref.h"
#include "image/sweep.h"

#define MEDIA_TYPE_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_TYPE_CONFIG   "application/vnd.oci.image.config.v1+json"

struct documents {
	struct str config;
	struct str manifest;
	struct image_record record;
};

int publish_reference(const char *name, struct arena *arena, char **ret, struct err *e)
{
	struct reference reference;
	char full[REFERENCE_SIZE * 2];
	int r;

	if (!name) {
		*ret = NULL;
		return 0;
	}
	r = reference_parse(name, &reference, e);
	if (r < 0)
		return r;
	if (reference.digest[0])
		return err_set(e, ERR_INVALID, -EINVAL,
			       "refusing to create a reference with a digest: %s", name);
	reference_full(&reference, full);
	*ret = arena_copy(arena, full);
	return arena_ok(arena);
}

int publish_open_blob(const struct work *work, struct err *e)
{
	int fd;

	FAULT("open");
	fd = openat(work->fd, PUBLISH_BLOB, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? err_sys(e, errno, "make %s/tmp/%s/%s", work->state->root, work->name,
				PUBLISH_BLOB)
		      : fd;
}

static void descriptor_emit(struct json_writer *w, const char *key, const char *media_type,
			    const char *digest, uint64_t size)
{
	json_begin_object(w, key);
	json_write_text(w, "mediaType", media_type);
	json_write_text(w, "digest", digest);
	json_write_u64(w, "size", size);
	json_end_object(w);
}

static void manifest_emit(const struct image_record *record, size_t config_len, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_i64(&w, "schemaVersion", 2);
	json_write_text(&w, "mediaType", MEDIA_TYPE_MANIFEST);
	descriptor_emit(&w, "config", MEDIA_TYPE_CONFIG, record->id, config_len);
	json_begin_array(&w, "layers");
	for (size_t i = 0; i < record->layer_count; i++)
		descriptor_emit(&w, NULL, record->layers[i].media_type, record->layers[i].blob,
				record->layers[i].blob_size);
	json_end_array(&w);
	json_end_object(&w);
}

static void record_add_layer(struct image_record *record, const struct tool_result *layer,
			     struct arena *arena)
{
	struct image_record_layer *to = &record->layers[record->layer_count++];

	(void)str_copy(to->diff_id, sizeof(to->diff_id), layer->diff_id);
	(void)str_copy(to->blob, sizeof(to->blob), layer->blob);
	to->blob_size = layer->blob_size;
	to->size = layer->size;
	to->media_type = arena_copy(arena, layer->media_type);
}

/* Config, manifest and record as they will be written, and the digests of the first two. */
static int documents_make(const struct publication *p, struct arena *arena,
			  struct documents *ret, struct err *e)
{
	size_t below = p->base ? p->base->layer_count : 0;
	struct image_record *record = &ret->record;

	image_config_emit(p->config, &ret->config);
	record->layers = arena_array(arena, below + 1, sizeof(record->layers[0]));
	if (!record->layers || str_ok(&ret->config) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM,
			       "no memory for an image's configuration");
	blob_digest(ret->config.data, ret->config.len, record->id);
	if (p->base) {
		(void)str_copy(record->parent, sizeof(record->parent), p->base->id);
		memcpy(record->layers, p->base->layers, below * sizeof(record->layers[0]));
		record->layer_count = below;
	}
	if (p->layer)
		record_add_layer(record, p->layer, arena);
	if (clock_parse(p->config->created, &record->created_ns) < 0)
		record->created_ns = clock_wall_ns();
	manifest_emit(record, ret->config.len, &ret->manifest);
	if (str_ok(&ret->manifest) < 0 || arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's manifest");
	blob_digest(ret->manifest.data, ret->manifest.len, record->manifest);
	return 0;
}

/* Only what is not there yet: the rest is somebody else's. */
static void announce_lines(const struct publication *p, const struct documents *documents,
			   struct str *lines)
{
	const struct state *state = p->work->state;
	const struct image_record *record = &documents->record;

	if (!image_record_exists(state, record->id))
		str_printf(lines, "image %s\n", record->id);
	if (!blob_exists(state, record->id))
		str_printf(lines, "blob %s\n", record->id);
	if (!blob_exists(state, record->manifest))
		str_printf(lines, "blob %s\n", record->manifest);
	if (p->layer && !blob_exists(state, p->layer->blob))
		str_printf(lines, "blob %s\n", p->layer->blob);
	if (p->layer && layer_find(state, p->layer->diff_id) == -ENOENT)
		str_printf(lines, "layer %s\n", p->layer->diff_id);
}

static int publish_layer(const struct publication *p, struct err *e)
{
	const struct state *state = p->work->state;
	int r;

	if (!p->layer)
		return 0;
	r = blob_adopt(state, p->work->fd, PUBLISH_BLOB, p->layer->blob, e);
	return r < 0 ? r
		     : layer_publish(state, p->work->name, p->layer->diff_id, p->layer->size,
				     e);
}

static int publish_all(const struct publication *p, const struct documents *documents,
		       struct err *e)
{
	const struct state *state = p->work->state;
	char digest[DIGEST_SIZE];
	int r = publish_layer(p, e);

	if (r == 0)
		r = blob_write(state, documents->config.data, documents->config.len, digest, e);
	if (r == 0)
		r = blob_write(state, documents->manifest.data, documents->manifest.len, digest,
			       e);
	if (r == 0)
		r = image_record_write(state, &documents->record, e);
	if (r == 0 && p->reference)
		r = ref_write(state, p->reference, documents->record.id, e);
	return r;
}

static int publish_locked(const struct publication *p, const struct documents *documents,
			  struct err *e)
{
	AUTO_STR struct str lines = { 0 };
	AUTO_CLOSE int lock = images_lock(p->work->state, true, e);
	int r;

	if (lock < 0)
		return lock;
	announce_lines(p, documents, &lines);
	r = str_ok(&lines);
	if (r == 0)
		r = work_announce(p->work, &lines, e);
	if (r < 0)
		return r;
	r = publish_all(p, documents, e);
	if (r < 0 && lines.data && sweep_withdraw(p->work->state, lines.data, NULL) < 0)
		work_abandon(p->work);
	return r;
}

int image_publish(const struct publication *p, char ret_id[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct documents documents = { 0 };
	int r = documents_make(p, &arena, &documents, e);

	/* The layer's files and the blob at once: thousands of fsync would take seconds. */
	if (r == 0 && p->layer)
		r = FAULT_OR("syncfs", syncfs(p->work->fd) < 0 ? -errno : 0);
	if (r < 0)
		r = err_sys(e, r, "sync %s", p->work->state->root);
	if (r == 0)
		r = publish_locked(p, &documents, e);
	if (r == 0)
		memcpy(ret_id, documents.record.id, DIGEST_SIZE);
	str_done(&documents.config);
	str_done(&documents.manifest);
	return r;
}
