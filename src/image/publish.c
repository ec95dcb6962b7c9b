/*
 * See publish.h.
 *
 * Runs in: cli (engine).
 */
#include "image/publish.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "format/reference.h"
#include "image/blob.h"
#include "image/ref.h"
#include "image/sweep.h"

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
	if (str_starts(full, "docker.io/library/sha256:"))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "refusing to create an ambiguous tag using digest algorithm as "
			       "name: %s",
			       name);
	*ret = arena_copy(arena, full);
	return arena_ok(arena);
}

/* --- announcing -------------------------------------------------------------------------- */

struct announcement {
	const struct state *state;
	struct strv others; /* what other living commands say */
	struct str lines;
};

/*
 * What is there already is somebody else's to take back, and only needed; except that another
 * command has made it and has not finished: then the last of us who gives up takes it back.
 */
static void announce(struct announcement *a, const char *word, const char *digest, bool exists)
{
	char line[DIGEST_SIZE + 16];

	if (!digest[0])
		return; /* not known yet */
	(void)snprintf(line, sizeof(line), "%s %s", word, digest);
	if (exists && !strv_has(&a->others, line))
		str_printf(&a->lines, "need %s\n", digest);
	else
		str_printf(&a->lines, "%s\n", line);
}

static bool layer_exists(const struct publication *p, const char *diff_id)
{
	return layer_find(p->work->state, diff_id) != -ENOENT;
}

static void announce_all(const struct publication *p, struct announcement *a)
{
	const struct image_record *record = &p->documents->record;
	const struct image_record_manifest *manifest = &record->manifests[0];

	announce(a, "image", record->id, image_record_exists(a->state, record->id));
	announce(a, "blob", record->id, blob_exists(a->state, record->id));
	announce(a, "blob", manifest->digest,
		 manifest->digest[0] && blob_exists(a->state, manifest->digest));
	for (size_t i = 0; i < record->layer_count; i++) {
		const struct image_record_layer *layer = &manifest->layers[i];

		announce(a, p->is_fetched ? "fetched" : "blob", layer->blob,
			 layer->blob[0] && blob_exists(a->state, layer->blob));
		announce(a, "layer", layer->diff_id, layer_exists(p, layer->diff_id));
	}
}

int publish_announce(const struct publication *p, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct announcement a = { .state = p->work->state };
	AUTO_CLOSE int lock = images_lock(a.state, true, e);
	int r;

	if (lock < 0)
		return lock;
	r = work_announced(a.state, p->work, &arena, &a.others, e);
	if (r == 0) {
		announce_all(p, &a);
		r = str_ok(&a.lines) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM,
						   "no memory for an image's layers")
					 : work_announce(p->work, WORK_PUBLISHING, &a.lines, e);
	}
	str_done(&a.lines);
	return r;
}

/* --- publishing -------------------------------------------------------------------------- */

int publish_layer(const struct publication *p, const struct layer_place *layer,
		  const struct publish_blob *blob, const struct tool_result *result,
		  struct err *e)
{
	const struct state *state = p->work->state;
	AUTO_CLOSE int lock = images_lock(state, true, e);
	int r = 0;

	if (lock < 0)
		return lock;
	if (blob)
		r = blob_adopt(state, blob->dir_fd, blob->name, result->blob, e);
	if (r == 0 && layer)
		r = layer_publish(state, layer->name, result->diff_id, result->size, e);
	return r;
}

/* Layers as they are in the store, with their unpacked sizes. */
static int publish_check(const struct publication *p, struct image_record_layer *layers,
			 size_t count, struct err *e)
{
	const struct state *state = p->work->state;

	for (size_t i = 0; i < count; i++) {
		int r = layer_size(state, layers[i].diff_id, &layers[i].size, e);

		if (r < 0)
			return err_wrap(e, r, "layer %s", layers[i].diff_id);
		if (!blob_exists(state, layers[i].blob))
			return err_set(e, ERR_INTERNAL, -ENOENT, "blob %s is not there",
				       layers[i].blob);
	}
	return 0;
}

/* Does any reference need this manifest? */
static bool is_manifest_used(const struct ref *refs, size_t count, const char *digest)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(refs[i].manifest, digest) == 0)
			return true;
	return false;
}

/* Room for one more: manifests that no reference needs go, and when all are needed, the oldest. */
static int publish_make_room(const struct state *state, struct image_record *record,
			     struct arena *arena, struct err *e)
{
	struct ref *refs;
	size_t ref_count;
	size_t kept = 0;
	int r = ref_list(state, arena, &refs, &ref_count, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < record->manifest_count; i++)
		if (is_manifest_used(refs, ref_count, record->manifests[i].digest))
			record->manifests[kept++] = record->manifests[i];
	record->manifest_count = kept;
	if (kept == IMAGE_MANIFESTS_MAX) {
		memmove(record->manifests, record->manifests + 1,
			(kept - 1) * sizeof(record->manifests[0]));
		record->manifest_count--;
	}
	return 0;
}

/* The image is there already: its record, with our manifest among the others. */
static int publish_merge(const struct state *state, struct image_record *record,
			 const struct image_record *ours, struct arena *arena, struct err *e)
{
	struct image_record_manifest *manifests;
	int r = 0;

	if (strcmp(image_record_manifest(record, ours->manifests[0].digest)->digest,
		   ours->manifests[0].digest) == 0)
		return 0;
	if (record->manifest_count == IMAGE_MANIFESTS_MAX)
		r = publish_make_room(state, record, arena, e);
	if (r < 0)
		return r;
	manifests = arena_array(arena, record->manifest_count + 1, sizeof(*manifests));
	if (!manifests)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's manifests");
	memcpy(manifests, record->manifests, record->manifest_count * sizeof(*manifests));
	manifests[record->manifest_count++] = ours->manifests[0];
	record->manifests = manifests;
	return 0;
}

static int publish_record(const struct publication *p, struct err *e)
{
	const struct state *state = p->work->state;
	const struct image_record *ours = &p->documents->record;
	AUTO_ARENA struct arena arena = { 0 };
	struct image_record record;
	int r = image_record_read(state, ours->id, &arena, &record, e);

	if (r == -ENOENT && p->is_packing)
		return err_set(e, ERR_CONFLICT, r, "image %s has been removed meanwhile",
			       ours->id);
	/* None, or one that nobody can read: then this is it. */
	if (r == -ENOENT || r == -EBADMSG ||
	    (r == 0 && record.layer_count != ours->layer_count))
		return image_record_write(state, ours, e);
	if (r == 0)
		r = publish_merge(state, &record, ours, &arena, e);
	return r < 0 ? r : image_record_write(state, &record, e);
}

static int publish_references(const struct publication *p, struct err *e)
{
	struct ref ref = { 0 };
	int r = 0;

	memcpy(ref.id, p->documents->record.id, sizeof(ref.id));
	memcpy(ref.manifest, p->documents->record.manifests[0].digest, sizeof(ref.manifest));
	for (size_t i = 0; i < p->references.count && r == 0; i++) {
		ref.name = p->references.items[i];
		r = ref_write(p->work->state, &ref, e);
	}
	return r;
}

int publish_image(const struct publication *p, struct err *e)
{
	const struct state *state = p->work->state;
	const struct documents *documents = p->documents;
	AUTO_CLOSE int lock = images_lock(state, true, e);
	char digest[DIGEST_SIZE];
	int r;

	if (lock < 0)
		return lock;
	r = publish_check(p, documents->record.manifests[0].layers,
			  documents->record.layer_count, e);
	if (r == 0)
		r = blob_write(state, documents->config.data, documents->config.len, digest, e);
	if (r == 0)
		r = blob_write(state, documents->manifest.data, documents->manifest.len, digest,
			       e);
	if (r == 0)
		r = publish_record(p, e);
	return r < 0 ? r : publish_references(p, e);
}

void publish_withdraw(const struct publication *p)
{
	const struct state *state = p->work->state;
	AUTO_FREE char *lines = NULL;
	AUTO_CLOSE int lock = images_lock(state, true, NULL);
	int r = lock < 0 ? lock : work_publishing(p->work, &lines, NULL);

	if (r == 0 && lines[0])
		r = sweep_withdraw(state, p->work, lines, NULL);
	if (r < 0)
		work_abandon(p->work);
	lock = fd_close(lock);
	/* Layers were only moved out of sight. */
	(void)work_recover_now(state, NULL);
}

int publish_made(const struct publication *p, const struct layer_place *layer,
		 const struct tool_result *result, char ret_id[DIGEST_SIZE], struct err *e)
{
	char path[LAYER_PLACE_SIZE + 8];
	AUTO_CLOSE int tmp_fd =
		openat(p->work->state->root_fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct publish_blob blob = { .dir_fd = tmp_fd, .name = path };
	int r;

	if (tmp_fd < 0)
		return err_sys(e, errno, "open %s/tmp", p->work->state->root);
	r = publish_announce(p, e);
	if (r == 0 && layer) {
		layer_place_blob(layer, path);
		r = publish_layer(p, layer, &blob, result, e);
	}
	if (r == 0)
		r = publish_image(p, e);
	if (r < 0)
		publish_withdraw(p);
	else
		memcpy(ret_id, p->documents->record.id, DIGEST_SIZE);
	return r;
}
