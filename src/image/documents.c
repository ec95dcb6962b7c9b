/*
 * See documents.h.
 *
 * Runs in: cli (engine).
 */
#include "image/documents.h"

#include <string.h>

#include "base/clock.h"
#include "format/json.h"
#include "image/blob.h"
#include "spec/descriptor.h"

void documents_done(struct documents *documents)
{
	str_done(&documents->config);
	str_done(&documents->manifest);
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
	const struct image_record_layer *layers = record->manifests[0].layers;
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_i64(&w, "schemaVersion", 2);
	json_write_text(&w, "mediaType", MEDIA_TYPE_OCI_MANIFEST);
	descriptor_emit(&w, "config", MEDIA_TYPE_OCI_CONFIG, record->id, config_len);
	json_begin_array(&w, "layers");
	for (size_t i = 0; i < record->layer_count; i++)
		descriptor_emit(&w, NULL, layers[i].media_type, layers[i].blob,
				layers[i].blob_size);
	json_end_array(&w);
	json_end_object(&w);
}

static int documents_record(struct documents *documents, struct image_record_layer *layers,
			    size_t count, struct arena *arena, struct err *e)
{
	struct image_record *record = &documents->record;

	record->manifests = arena_alloc(arena, sizeof(record->manifests[0]));
	if (!record->manifests || str_ok(&documents->config) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM,
			       "no memory for an image's configuration");
	record->manifest_count = 1;
	record->manifests->layers = layers;
	record->layer_count = count;
	blob_digest(documents->config.data, documents->config.len, record->id);
	if (documents->manifest.len > 0)
		blob_digest(documents->manifest.data, documents->manifest.len,
			    record->manifests->digest);
	return 0;
}

int documents_finish(struct documents *documents, struct err *e)
{
	struct image_record *record = &documents->record;

	if (documents->manifest.len == 0)
		manifest_emit(record, documents->config.len, &documents->manifest);
	if (str_ok(&documents->manifest) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's manifest");
	blob_digest(documents->manifest.data, documents->manifest.len,
		    record->manifests->digest);
	return 0;
}

static void documents_created(struct image_record *record, const char *created)
{
	/* Not said, or nonsense: it is new to us. */
	if (!created || clock_parse(created, &record->created_ns) < 0)
		record->created_ns = clock_wall_ns();
}

static void layer_fill(struct image_record_layer *to, const struct tool_result *from,
		       struct arena *arena)
{
	(void)str_copy(to->diff_id, sizeof(to->diff_id), from->diff_id);
	(void)str_copy(to->blob, sizeof(to->blob), from->blob);
	to->blob_size = from->blob_size;
	to->size = from->size;
	to->media_type = arena_copy(arena, from->media_type);
}

int documents_make(const struct image_config *config, const struct image_record *base,
		   const struct tool_result *layer, struct arena *arena, struct documents *ret,
		   struct err *e)
{
	size_t below = base ? base->layer_count : 0;
	struct image_record_layer *layers = arena_array(arena, below + 1, sizeof(*layers));
	int r;

	if (!layers)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's layers");
	if (below > 0)
		memcpy(layers, base->manifests[0].layers, below * sizeof(*layers));
	if (layer)
		layer_fill(&layers[below], layer, arena);
	image_config_emit(config, &ret->config);
	r = documents_record(ret, layers, below + (layer ? 1 : 0), arena, e);
	if (r == 0)
		r = documents_finish(ret, e);
	if (r < 0)
		return r;
	if (base)
		memcpy(ret->record.parent, base->id, sizeof(ret->record.parent));
	documents_created(&ret->record, config->created);
	return arena_ok(arena) < 0
		       ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's layers")
		       : 0;
}

int documents_begin(struct documents *documents, struct image_record_layer *layers,
		    size_t count, struct arena *arena, struct err *e)
{
	struct image_config config;
	int r = image_config_parse(documents->config.data, documents->config.len, arena,
				   &config, e);

	if (r < 0)
		return r;
	if (count == 0 || count > IMAGE_LAYERS_MAX)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the image has %zu layers; from 1 to %d can be kept", count,
			       IMAGE_LAYERS_MAX);
	if (config.diff_ids.count != count)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the image has %zu layers, and its config speaks of %zu", count,
			       config.diff_ids.count);
	for (size_t i = 0; i < count; i++)
		(void)str_copy(layers[i].diff_id, sizeof(layers[i].diff_id),
			       config.diff_ids.items[i]);
	documents_created(&documents->record, config.created);
	return documents_record(documents, layers, count, arena, e);
}
