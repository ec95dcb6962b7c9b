/*
 * See image_record.h.
 *
 * Runs in: cli (engine).
 */
#include "image/image_record.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "format/json.h"

enum {
	RECORD_FILE_MAX = 4 << 20,
	RECORD_PATH_SIZE = 96,
	/* 1 had one manifest, whose blobs stood among the layers */
	IMAGE_RECORD_VERSION_1 = 1,
	IMAGE_RECORD_VERSION = 2
};

#define RECORD_DIRECTORY "images/records"

static void record_path(const char *id, char path[RECORD_PATH_SIZE])
{
	(void)snprintf(path, RECORD_PATH_SIZE, "%s/%s", RECORD_DIRECTORY, digest_hex(id));
}

bool image_record_exists(const struct state *state, const char *id)
{
	char path[RECORD_PATH_SIZE];

	record_path(id, path);
	return faccessat(state->root_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A member that must be a digest; `is_optional`: or absent. */
static int record_digest(struct json_object *o, const char *key, bool is_optional,
			 char ret[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	char *text = NULL;
	int r = json_get_string(o, "image record", key, &arena, &text, e);

	if (r < 0)
		return r;
	if (!text && is_optional)
		return 0;
	if (!text || !digest_is_valid(text))
		return err_set(e, ERR_INTERNAL, -EINVAL, "image record: %s is not a digest",
			       key);
	return str_copy(ret, DIGEST_SIZE, text);
}

static int record_no_memory(struct err *e)
{
	return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image record");
}

/* An array of exactly `count` items. */
static int record_array(struct json_object *o, const char *key, size_t count,
			struct json_object **ret, struct err *e)
{
	int r = json_get_array(o, "image record", key, IMAGE_LAYERS_MAX, ret, e);

	if (r == 0 && (*ret ? json_object_array_length(*ret) : 0) != count)
		r = err_set(e, ERR_INTERNAL, -EINVAL, "image record: %s are not %zu", key,
			    count);
	return r;
}

static int record_parse_layers(struct json_object *o, struct image_record_layer *layers,
			       size_t count, struct err *e)
{
	struct json_object *array;
	int r = record_array(o, "layers", count, &array, e);

	for (size_t i = 0; i < count && r == 0; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		r = record_digest(item, "diffId", false, layers[i].diff_id, e);
		if (r == 0)
			r = json_get_u64(item, "image record", "size", INT64_MAX,
					 &layers[i].size, e);
	}
	return r;
}

/* What the layers came as: of the array `keys->array`, by members of these names. */
struct record_blob_keys {
	const char *array;
	const char *digest;
	const char *size;
};

static int record_parse_blobs(struct json_object *o, const struct record_blob_keys *keys,
			      struct image_record_layer *layers, size_t count,
			      struct arena *arena, struct err *e)
{
	struct json_object *array;
	int r = record_array(o, keys->array, count, &array, e);

	for (size_t i = 0; i < count && r == 0; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		r = record_digest(item, keys->digest, false, layers[i].blob, e);
		if (r == 0)
			r = json_get_u64(item, "image record", keys->size, INT64_MAX,
					 &layers[i].blob_size, e);
		if (r == 0)
			r = json_get_string(item, "image record", "mediaType", arena,
					    &layers[i].media_type, e);
	}
	return r;
}

static int record_parse_manifest(struct json_object *root, struct json_object *o,
				 struct arena *arena, size_t layer_count,
				 struct image_record_manifest *ret, struct err *e)
{
	static const struct record_blob_keys keys = { "blobs", "digest", "size" };
	static const struct record_blob_keys keys_1 = { "layers", "blob", "blobSize" };
	int r = record_digest(o, o == root ? "manifest" : "digest", false, ret->digest, e);

	ret->layers = arena_array(arena, layer_count, sizeof(ret->layers[0]));
	if (r == 0 && !ret->layers)
		r = record_no_memory(e);
	if (r == 0)
		r = record_parse_layers(root, ret->layers, layer_count, e);
	return r < 0 ? r
		     : record_parse_blobs(o, o == root ? &keys_1 : &keys, ret->layers,
					  layer_count, arena, e);
}

static int record_parse_manifests(struct json_object *o, bool is_version_1, struct arena *arena,
				  struct image_record *ret, struct err *e)
{
	struct json_object *layers = NULL;
	struct json_object *manifests = NULL;
	int r = json_get_array(o, "image record", "layers", IMAGE_LAYERS_MAX, &layers, e);

	if (r == 0)
		r = json_get_array(o, "image record", "manifests", IMAGE_MANIFESTS_MAX,
				   &manifests, e);
	if (r < 0)
		return r;
	ret->layer_count = layers ? json_object_array_length(layers) : 0;
	ret->manifest_count = is_version_1 ? 1
			      : manifests  ? json_object_array_length(manifests)
					   : 0;
	if (ret->manifest_count == 0)
		return err_set(e, ERR_INTERNAL, -EINVAL, "image record: no manifest");
	ret->manifests = arena_array(arena, ret->manifest_count, sizeof(ret->manifests[0]));
	if (!ret->manifests)
		return record_no_memory(e);
	for (size_t i = 0; i < ret->manifest_count && r == 0; i++)
		r = record_parse_manifest(
			o, is_version_1 ? o : json_object_array_get_idx(manifests, i), arena,
			ret->layer_count, &ret->manifests[i], e);
	return r;
}

static int record_parse(const char *text, size_t len, struct arena *arena,
			struct image_record *ret, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	uint64_t version = 0;
	int r = json_parse(text, len, RECORD_FILE_MAX, "image record", &o, e);

	if (r == 0)
		r = json_get_u64(o, "image record", "version", UINT32_MAX, &version, e);
	if (r == 0 && version != IMAGE_RECORD_VERSION && version != IMAGE_RECORD_VERSION_1)
		r = err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			    "image record: version %llu is not known",
			    (unsigned long long)version);
	if (r == 0)
		r = record_digest(o, "parent", true, ret->parent, e);
	if (r == 0)
		r = json_get_u64(o, "image record", "created", INT64_MAX, &ret->created_ns, e);
	return r < 0 ? r
		     : record_parse_manifests(o, version == IMAGE_RECORD_VERSION_1, arena, ret,
					      e);
}

int image_record_read(const struct state *state, const char *id, struct arena *arena,
		      struct image_record *ret, struct err *e)
{
	struct image_record record = { 0 };
	AUTO_FREE char *text = NULL;
	char path[RECORD_PATH_SIZE];
	size_t len;
	int r;

	record_path(id, path);
	r = file_read(state->root_fd, path, RECORD_FILE_MAX, &text, &len);
	if (r == -ENOENT)
		return r;
	if (r < 0)
		return err_sys(e, r, "read %s/%s", state->root, path);
	(void)str_copy(record.id, sizeof(record.id), id);
	r = record_parse(text, len, arena, &record, e);
	if (r < 0)
		return err_wrap(e, -EBADMSG, "image %.19s is damaged", id);
	*ret = record;
	return arena_ok(arena);
}

static void record_emit_manifest(const struct image_record_manifest *manifest, size_t count,
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

static void record_emit(const struct image_record *record, struct str *out)
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
		record_emit_manifest(&record->manifests[i], record->layer_count, &w);
	json_end_array(&w);
	json_end_object(&w);
}

int image_record_write(const struct state *state, const struct image_record *record,
		       struct err *e)
{
	AUTO_STR struct str text = { 0 };
	AUTO_CLOSE int fd = -EBADF;
	int r = dir_make(state->root_fd, RECORD_DIRECTORY, 0700);

	if (r < 0)
		return err_sys(e, r, "make %s/%s", state->root, RECORD_DIRECTORY);
	fd = openat(state->root_fd, RECORD_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open %s/%s", state->root, RECORD_DIRECTORY);
	record_emit(record, &text);
	r = str_ok(&text);
	if (r == 0)
		r = file_replace(fd, digest_hex(record->id), text.data, text.len, 0600,
				 FILE_DURABLE);
	return r < 0 ? err_sys(e, r, "write the record of image %s", record->id) : 0;
}

int image_record_remove(const struct state *state, const char *id)
{
	char path[RECORD_PATH_SIZE];

	FAULT("unlink");
	record_path(id, path);
	return unlinkat(state->root_fd, path, 0) < 0 && errno != ENOENT ? -errno : 0;
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int image_record_list(const struct state *state, struct arena *arena, struct strv *ret,
		      struct err *e)
{
	int fd = openat(state->root_fd, RECORD_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct strv ids = { 0 };
	struct dirent *entry;
	DIR *dir;

	*ret = ids;
	if (fd < 0)
		return errno == ENOENT
			       ? 0
			       : err_sys(e, errno, "open %s/%s", state->root, RECORD_DIRECTORY);
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a directory");
	}
	while ((entry = readdir(dir))) {
		char id[DIGEST_SIZE];

		(void)snprintf(id, sizeof(id), "sha256:%.64s", entry->d_name);
		if (strlen(entry->d_name) == DIGEST_HEX_LEN && digest_is_valid(id))
			strv_add(&ids, arena, id);
	}
	(void)closedir(dir);
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the list of images");
	if (ids.count > 1)
		qsort(ids.items, ids.count, sizeof(ids.items[0]), name_compare);
	*ret = ids;
	return 0;
}

const struct image_record_manifest *image_record_manifest(const struct image_record *record,
							  const char *digest)
{
	for (size_t i = 0; i < record->manifest_count; i++)
		if (strcmp(record->manifests[i].digest, digest) == 0)
			return &record->manifests[i];
	return &record->manifests[0];
}

uint64_t image_record_size(const struct image_record *record)
{
	uint64_t size = 0;

	for (size_t i = 0; i < record->layer_count; i++)
		size += record->manifests[0].layers[i].size;
	return size;
}
