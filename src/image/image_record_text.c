/*
 * The record of an image as text. Read without a tree: `images` reads all of them.
 *
 * Runs in: cli (engine).
 * See: image_record.h; spec/member.h.
 */
#include <stddef.h>
#include <string.h>

#include "format/json.h"
#include "image/image_record.h"
#include "spec/member.h"

enum {
	/* had one manifest, whose blobs stood among the layers */
	IMAGE_RECORD_VERSION_1 = 1,
	IMAGE_RECORD_VERSION = 2
};

/* The document as it is written. */
struct raw_layer {
	char *diff_id;
	uint64_t size;
	char *blob; /* these three only in the first version */
	uint64_t blob_size;
	char *media_type;
};

struct raw_blob {
	char *digest;
	uint64_t size;
	char *media_type;
};

struct raw_manifest {
	char *digest;
	struct raw_blob *blobs;
	size_t blob_count;
};

struct raw_record {
	uint32_t version;
	char *manifest; /* only in the first version */
	char *parent;
	uint64_t created;
	struct raw_layer *layers;
	size_t layer_count;
	struct raw_manifest *manifests;
	size_t manifest_count;
};

static int read_layer(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("diffId", struct raw_layer, diff_id), .read = member_text },
		{ MEMBER("size", struct raw_layer, size), .read = member_integer,
		  .max = INT64_MAX },
		{ MEMBER("blob", struct raw_layer, blob), .read = member_text },
		{ MEMBER("blobSize", struct raw_layer, blob_size), .read = member_integer,
		  .max = INT64_MAX },
		{ MEMBER("mediaType", struct raw_layer, media_type), .read = member_text },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}

static int read_blob(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("digest", struct raw_blob, digest), .read = member_text },
		{ MEMBER("size", struct raw_blob, size), .read = member_integer,
		  .max = INT64_MAX },
		{ MEMBER("mediaType", struct raw_blob, media_type), .read = member_text },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}

static int read_manifest(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("digest", struct raw_manifest, digest), .read = member_text },
		{ MEMBER_ARRAY("blobs", struct raw_manifest, blobs, blob_count, read_blob,
			       IMAGE_LAYERS_MAX) },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}

static const struct member record_members[] = {
	{ MEMBER("version", struct raw_record, version), .read = member_integer,
	  .max = UINT32_MAX },
	{ MEMBER("manifest", struct raw_record, manifest), .read = member_text },
	{ MEMBER("parent", struct raw_record, parent), .read = member_text },
	{ MEMBER("created", struct raw_record, created), .read = member_integer,
	  .max = INT64_MAX },
	{ MEMBER_ARRAY("layers", struct raw_record, layers, layer_count, read_layer,
		       IMAGE_LAYERS_MAX) },
	{ MEMBER_ARRAY("manifests", struct raw_record, manifests, manifest_count, read_manifest,
		       IMAGE_MANIFESTS_MAX) },
	{ 0 },
};

/* --- from the document ------------------------------------------------------------------- */

static int set_digest(char to[DIGEST_SIZE], const char *text, const char *what, struct err *e)
{
	if (!text || !digest_is_valid(text))
		return err_set(e, ERR_INTERNAL, -EINVAL, "image record: %s is not a digest",
			       what);
	return str_copy(to, DIGEST_SIZE, text);
}

/* The first version has the blobs where the layers are. */
static void move_blobs(struct raw_record *raw, struct arena *arena)
{
	struct raw_manifest *manifest = arena_alloc(arena, sizeof(*manifest));
	struct raw_blob *blobs = arena_array(arena, raw->layer_count, sizeof(*blobs));

	if (!manifest || !blobs)
		return;
	for (size_t i = 0; i < raw->layer_count; i++)
		blobs[i] = (struct raw_blob){ raw->layers[i].blob, raw->layers[i].blob_size,
					      raw->layers[i].media_type };
	*manifest = (struct raw_manifest){ raw->manifest, blobs, raw->layer_count };
	raw->manifests = manifest;
	raw->manifest_count = 1;
}

static int take_layer(const struct raw_layer *layer, const struct raw_blob *blob,
		      struct image_record_layer *ret, struct err *e)
{
	int r = set_digest(ret->diff_id, layer->diff_id, "diffId", e);

	if (r == 0)
		r = set_digest(ret->blob, blob->digest, "blob", e);
	ret->size = layer->size;
	ret->blob_size = blob->size;
	ret->media_type = blob->media_type;
	return r;
}

static int take_manifest(const struct raw_record *raw, const struct raw_manifest *manifest,
			 struct arena *arena, struct image_record_manifest *ret, struct err *e)
{
	int r = set_digest(ret->digest, manifest->digest, "manifest", e);

	if (r == 0 && manifest->blob_count != raw->layer_count)
		r = err_set(e, ERR_INTERNAL, -EINVAL, "image record: %zu layers and %zu blobs",
			    raw->layer_count, manifest->blob_count);
	ret->layers = arena_array(arena, raw->layer_count, sizeof(ret->layers[0]));
	for (size_t i = 0; r == 0 && ret->layers && i < raw->layer_count; i++)
		r = take_layer(&raw->layers[i], &manifest->blobs[i], &ret->layers[i], e);
	return r;
}

static int take_record(struct raw_record *raw, struct arena *arena, struct image_record *ret,
		       struct err *e)
{
	int r = 0;

	if (raw->version == IMAGE_RECORD_VERSION_1)
		move_blobs(raw, arena);
	else if (raw->version != IMAGE_RECORD_VERSION)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "image record: version %u is not known", raw->version);
	if (raw->manifest_count == 0)
		return err_set(e, ERR_INTERNAL, -EINVAL, "image record: no manifest");
	if (raw->parent)
		r = set_digest(ret->parent, raw->parent, "parent", e);
	ret->created_ns = raw->created;
	ret->layer_count = raw->layer_count;
	ret->manifest_count = raw->manifest_count;
	ret->manifests = arena_array(arena, raw->manifest_count, sizeof(ret->manifests[0]));
	for (size_t i = 0; r == 0 && ret->manifests && i < raw->manifest_count; i++)
		r = take_manifest(raw, &raw->manifests[i], arena, &ret->manifests[i], e);
	return r;
}

int image_record_parse(const char *text, size_t len, struct arena *arena,
		       struct image_record *ret, struct err *e)
{
	struct strv warnings = { 0 };
	struct err ignored = { 0 };
	struct reading in = { .arena = arena, .warnings = &warnings, .e = e ? e : &ignored };
	struct raw_record raw = { 0 };
	struct json_walk walk;
	int r = json_walk_begin(text, len, IMAGE_RECORD_MAX, "image record", &walk, in.e);

	if (r < 0)
		return r;
	r = reading_expect(&in, JSON_OBJECT, &walk);
	if (r == 0)
		r = members_read(record_members, &walk, &in, &raw);
	if (r < 0)
		return err_wrap(in.e, r, "image record");
	r = take_record(&raw, arena, ret, in.e);
	return r == 0 && arena_ok(arena) < 0
		       ? err_set(in.e, ERR_INTERNAL, -ENOMEM, "no memory for an image record")
		       : r;
}

/* --- to it ------------------------------------------------------------------------------- */

static void emit_manifest(const struct image_record_manifest *manifest, size_t count,
			  struct json_writer *w)
{
	json_begin_object(w, NULL);
	json_write_text(w, "digest", manifest->digest);
	json_begin_array(w, "blobs");
	for (size_t i = 0; i < count; i++) {
		json_begin_object(w, NULL);
		json_write_text(w, "digest", manifest->layers[i].blob);
		json_write_u64(w, "size", manifest->layers[i].blob_size);
		json_write_text(w, "mediaType", manifest->layers[i].media_type);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

void image_record_emit(const struct image_record *record, struct str *out)
{
	const struct image_record_layer *layers = record->manifests[0].layers;
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_i64(&w, "version", IMAGE_RECORD_VERSION);
	if (record->parent[0])
		json_write_text(&w, "parent", record->parent);
	json_write_u64(&w, "created", record->created_ns);
	json_begin_array(&w, "layers");
	for (size_t i = 0; i < record->layer_count; i++) {
		json_begin_object(&w, NULL);
		json_write_text(&w, "diffId", layers[i].diff_id);
		json_write_u64(&w, "size", layers[i].size);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_begin_array(&w, "manifests");
	for (size_t i = 0; i < record->manifest_count; i++)
		emit_manifest(&record->manifests[i], record->layer_count, &w);
	json_end_array(&w);
	json_end_object(&w);
}
