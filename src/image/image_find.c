/*
 * Finding an image: reference file, record, config; three small reads, because this is on the
 * path of every start.
 *
 * Runs in: cli (engine).
 */
#include <string.h>

#include "base/fd.h"
#include "base/id.h"
#include "format/reference.h"
#include "image/blob.h"
#include "image/image_load.h"
#include "image/image_record.h"
#include "image/layer.h"
#include "image/ref.h"
#include "image/work.h"

static int image_load_config(const struct state *state, const char *id, struct arena *arena,
			     struct image_config *ret, struct err *e)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = blob_read(state, id, IMAGE_CONFIG_MAX, &text, &len, e);

	if (r < 0)
		return err_wrap(e, r, "image %.19s is damaged", id);
	r = image_config_parse(text, len, arena, ret, e);
	return r < 0 ? err_wrap(e, r, "image %.19s is damaged", id) : 0;
}

int image_load_record(const struct state *state, const char *id, struct arena *arena,
		      struct image *ret, struct err *e)
{
	struct image_record record;
	struct image image = { 0 };
	int r = image_record_read(state, id, arena, &record, e);

	if (r < 0)
		return r;
	memcpy(image.id, record.id, sizeof(image.id));
	memcpy(image.manifest, record.manifests[0].digest, sizeof(image.manifest));
	memcpy(image.parent, record.parent, sizeof(image.parent));
	image.created_ns = record.created_ns;
	image.size = image_record_size(&record);
	image.layer_count = record.layer_count;
	image.layer_sizes = arena_array(arena, record.layer_count, sizeof(uint64_t));
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image");
	for (size_t i = 0; i < record.layer_count; i++)
		image.layer_sizes[i] = record.manifests[0].layers[i].size;
	*ret = image;
	return 0;
}

int image_load(const struct state *state, const char *id, struct arena *arena,
	       struct image *ret, struct err *e)
{
	struct image image;
	int r = image_load_record(state, id, arena, &image, e);

	if (r == 0)
		r = image_load_config(state, id, arena, &image.config, e);
	if (r < 0)
		return r;
	if (image.config.diff_ids.count != image.layer_count)
		return err_set(e, ERR_INTERNAL, -EBADMSG,
			       "image %.19s is damaged: its config and record differ", id);
	*ret = image;
	return 0;
}

/* The beginning of an id, of at least one digit. */
static int image_resolve_prefix(const struct state *state, const char *prefix, struct ref *ret,
				struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	const char *found = NULL;
	struct strv ids;
	int r = image_record_list(state, &arena, &ids, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ids.count; i++) {
		if (!str_starts(digest_hex(ids.items[i]), prefix))
			continue;
		if (found)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s is the beginning of several image ids", prefix);
		found = ids.items[i];
	}
	*ret = (struct ref){ 0 };
	return found ? str_copy(ret->id, sizeof(ret->id), found) : -ENOENT;
}

static int image_resolve_reference(const struct state *state, struct reference *reference,
				   struct ref *ret, struct err *e)
{
	char full[REFERENCE_SIZE * 2];
	struct ref ref;
	int r;

	/* What is pinned by its digest is the same whatever it was called. */
	if (reference->digest[0])
		reference->tag[0] = '\0';
	reference_full(reference, full);
	r = ref_read(state, full, &ref, e);
	if (r < 0)
		return r;
	/* A reference that outlived its image: a removal was interrupted. */
	if (!image_record_exists(state, ref.id))
		return -ENOENT;
	*ret = ref;
	return 0;
}

/* As what it is written as. */
static int image_resolve_whole(const struct state *state, const char *name, struct ref *ret,
			       struct reference *ret_found, struct err *e)
{
	struct reference reference;
	int r = reference_parse(name, &reference, NULL);

	r = r < 0 ? -ENOENT : image_resolve_reference(state, &reference, ret, e);
	if (r == 0 && ret_found)
		*ret_found = reference;
	return r;
}

/* As what a pull of it would bring. */
static int image_resolve_short(const struct state *state, const char *name, struct ref *ret,
			       struct reference *ret_found, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct reference *candidates;
	size_t count = image_short_candidates(name, &arena, &candidates);
	int r = -ENOENT;

	for (size_t i = 0; i < count && r == -ENOENT; i++) {
		r = image_resolve_reference(state, &candidates[i], ret, e);
		if (r == 0 && ret_found)
			*ret_found = candidates[i];
	}
	return r;
}

int image_resolve(const struct state *state, const char *name, struct ref *ret,
		  struct reference *ret_found, struct err *e)
{
	const char *hex = str_starts(name, "sha256:") ? name + strlen("sha256:") : name;
	int r;

	/* A whole id, or anything with the algorithm in front, is never a reference. */
	if (id_is_prefix(hex) && (hex != name || id_is_valid(hex))) {
		r = image_resolve_prefix(state, hex, ret, e);
		if (r != -ENOENT)
			return r < 0 ? r : IMAGE_NAME_ID;
	} else {
		r = image_resolve_whole(state, name, ret, ret_found, e);
		if (r != -ENOENT)
			return r < 0 ? r : IMAGE_NAME_REFERENCE;
		r = id_is_prefix(name) ? image_resolve_prefix(state, name, ret, e) : -ENOENT;
		if (r != -ENOENT)
			return r < 0 ? r : IMAGE_NAME_ID;
		r = image_resolve_short(state, name, ret, ret_found, e);
		if (r != -ENOENT)
			return r < 0 ? r : IMAGE_NAME_REFERENCE;
	}
	return err_set(e, ERR_NOT_FOUND, -ENOENT, "No such image: %s", name);
}

int image_find(const struct state *state, const char *name, struct arena *arena,
	       struct image *ret, struct err *e)
{
	struct ref ref;
	int r = image_resolve(state, name, &ref, NULL, e);

	if (r < 0)
		return r;
	r = image_load(state, ref.id, arena, ret, e);
	return r == -ENOENT ? err_set(e, ERR_NOT_FOUND, -ENOENT, "No such image: %s", name) : r;
}

int image_hold(const struct state *state, struct err *e)
{
	return images_lock(state, false, e);
}

int image_layer_paths(const struct state *state, const struct strv *diff_ids,
		      struct arena *arena, struct strv *ret, struct err *e)
{
	struct strv paths = { 0 };

	for (size_t i = diff_ids->count; i > 0; i--) {
		AUTO_STR struct str path = { 0 };
		int r = layer_path(state, diff_ids->items[i - 1], &path);

		if (r < 0)
			return err_sys(e, r, "layer %s", diff_ids->items[i - 1]);
		strv_add(&paths, arena, str_text(&path));
	}
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for layers");
	*ret = paths;
	return 0;
}
