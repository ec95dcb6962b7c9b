/*
 * See packing.h.
 *
 * Runs in: cli (engine).
 */
#include "image/packing.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "image/blob.h"
#include "image/packing_compress.h"
#include "image/publish.h"
#include "image/ref.h"

struct packing {
	const struct image_record_manifest *from;
	struct work *work;
	const struct packing_request *request;
	struct documents documents; /* its record has one manifest: the one that is made */
	struct image_record_layer *layers; /* of that */
	struct layer_place *places;	   /* of those compressed now; "": none */
};

/* Its blob is the tar itself. */
static bool is_plain(const struct image_record_layer *layer)
{
	return strcmp(layer->blob, layer->diff_id) == 0;
}

static bool is_gzip(const struct image_record_layer *layer)
{
	return !is_plain(layer) && str_ends(layer->media_type, "gzip");
}

/* --- should it be packed? ---------------------------------------------------------------- */

/* Does a registry have it under this manifest, as far as we know? */
static bool is_known_elsewhere(const struct packing *p)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct ref *refs;
	size_t count;

	if (ref_list(p->work->state, &arena, &refs, &count, NULL) < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(refs[i].manifest, p->from->digest) == 0 && strchr(refs[i].name, '@'))
			return true;
	return false;
}

/* Is the manifest one of ours, byte by byte? Others are kept: their digest is what the image is
 * known by. */
static int is_made_here(struct packing *p, struct err *e)
{
	int r = documents_finish(&p->documents, e);

	str_clear(&p->documents.manifest);
	return r < 0 ? r
		     : strcmp(p->documents.record.manifests[0].digest, p->from->digest) == 0;
}

static int is_to_be_packed(struct packing *p, struct err *e)
{
	bool has_plain = false;

	for (size_t i = 0; i < p->documents.record.layer_count; i++)
		has_plain |= is_plain(&p->from->layers[i]);
	return has_plain && !is_known_elsewhere(p) ? is_made_here(p, e) : 0;
}

/* --- what is there already --------------------------------------------------------------- */

static bool has_blobs(const struct packing *p, const struct image_record_manifest *manifest)
{
	for (size_t i = 0; i < p->documents.record.layer_count; i++)
		if (!blob_exists(p->work->state, manifest->layers[i].blob))
			return false;
	return blob_exists(p->work->state, manifest->digest);
}

/* Is it `from` with gzip in the place of what is plain? */
static bool is_packed(const struct packing *p, const struct image_record_manifest *manifest)
{
	for (size_t i = 0; i < p->documents.record.layer_count; i++) {
		const struct image_record_layer *from = &p->from->layers[i];
		const struct image_record_layer *to = &manifest->layers[i];

		if (is_plain(from) ? !is_gzip(to) : strcmp(from->blob, to->blob) != 0)
			return false;
	}
	return true;
}

/* A layer of an image, this one or another, as gzip. */
static bool find_gzip(const struct packing *p, const struct image_record *record,
		      struct arena *arena, struct image_record_layer *layer)
{
	for (size_t m = 0; m < record->manifest_count; m++)
		for (size_t i = 0; i < record->layer_count; i++) {
			const struct image_record_layer *other =
				&record->manifests[m].layers[i];

			if (strcmp(other->diff_id, layer->diff_id) != 0 || !is_gzip(other) ||
			    !blob_exists(p->work->state, other->blob))
				continue;
			*layer = *other;
			layer->media_type = arena_copy(arena, other->media_type);
			return true;
		}
	return false;
}

/* Plain layers of which no image has a gzip blob are left without one. */
static int reuse_blobs(struct packing *p, struct arena *arena, struct err *e)
{
	AUTO_ARENA struct arena ids_arena = { 0 };
	struct strv ids;
	int r = image_record_list(p->work->state, &ids_arena, &ids, e);

	for (size_t i = 0; i < p->documents.record.layer_count; i++)
		if (is_plain(&p->layers[i]))
			p->layers[i].blob[0] = '\0';
	for (size_t n = 0; n < ids.count && r == 0; n++) {
		AUTO_ARENA struct arena record_arena = { 0 };
		struct image_record record;

		if (image_record_read(p->work->state, ids.items[n], &record_arena, &record,
				      NULL) < 0)
			continue;
		for (size_t i = 0; i < p->documents.record.layer_count; i++)
			if (!p->layers[i].blob[0])
				(void)find_gzip(p, &record, arena, &p->layers[i]);
	}
	return r;
}

/* --- compressing ------------------------------------------------------------------------- */

/* Those of which there is no gzip blob. Found ones are ours to keep only since they were announced:
 * one may be gone. An image may have a layer twice: compressed once. */
static size_t list_blobs(struct packing *p, struct packing_blob *blobs)
{
	size_t count = 0;

	for (size_t i = 0; i < p->documents.record.layer_count; i++) {
		const struct image_record_layer *from = &p->from->layers[i];
		struct image_record_layer *to = &p->layers[i];
		size_t k = 0;

		if (!is_plain(from) || (to->blob[0] && blob_exists(p->work->state, to->blob)))
			continue;
		to->blob[0] = '\0';
		while (k < count && strcmp(blobs[k].to->diff_id, to->diff_id) != 0)
			k++;
		if (k == count)
			blobs[count++] = (struct packing_blob){ from, to, &p->places[i] };
	}
	return count;
}

static void fill_twins(struct packing *p, const struct packing_blob *blobs, size_t count)
{
	for (size_t i = 0; i < p->documents.record.layer_count; i++)
		for (size_t k = 0; k < count && !p->layers[i].blob[0]; k++)
			if (strcmp(blobs[k].to->diff_id, p->layers[i].diff_id) == 0)
				p->layers[i] = *blobs[k].to;
}

static int compress_layers(struct packing *p, struct arena *arena, struct err *e)
{
	struct packing_blob *blobs =
		arena_array(arena, p->documents.record.layer_count, sizeof(blobs[0]));
	struct packing_compress compress = { .work = p->work,
					     .interrupt = p->request->interrupt,
					     .request = p->request,
					     .arena = arena,
					     .blobs = blobs };
	int r;

	if (!blobs)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's layers");
	compress.count = list_blobs(p, blobs);
	r = packing_compress(&compress, e);
	if (r == 0)
		fill_twins(p, blobs, compress.count);
	return r;
}

static int adopt_layers(const struct packing *p, const struct publication *publication,
			struct err *e)
{
	struct tool_result result = { 0 };
	char path[LAYER_PLACE_SIZE + 8];
	AUTO_CLOSE int tmp_fd =
		openat(p->work->state->root_fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct publish_blob blob = { .dir_fd = tmp_fd, .name = path };
	int r = 0;

	if (tmp_fd < 0)
		return err_sys(e, errno, "open %s/tmp", p->work->state->root);
	for (size_t i = 0; i < p->documents.record.layer_count && r == 0; i++) {
		if (!p->places[i].name[0])
			continue;
		layer_place_blob(&p->places[i], path);
		memcpy(result.blob, p->layers[i].blob, sizeof(result.blob));
		r = publish_layer(publication, NULL, &blob, &result, e);
	}
	return r;
}

static int pack(struct packing *p, struct arena *arena, struct err *e)
{
	struct publication publication = { .work = p->work,
					   .documents = &p->documents,
					   .is_packing = true };
	int r;

	p->documents.record.manifests[0].digest[0] = '\0';
	r = reuse_blobs(p, arena, e);
	if (r == 0)
		r = publish_announce(&publication, e);
	if (r == 0)
		r = compress_layers(p, arena, e);
	if (r == 0)
		r = documents_finish(&p->documents, e);
	if (r == 0)
		r = publish_announce(&publication, e);
	if (r == 0)
		r = adopt_layers(p, &publication, e);
	if (r == 0)
		r = publish_image(&publication, e);
	if (r < 0)
		publish_withdraw(&publication);
	return r;
}

/* --- choosing ---------------------------------------------------------------------------- */

/* One that the image has, all of whose blobs are held and there; NULL: none. */
static int find_packed(struct packing *p, const struct image_record *record,
		       const struct image_record_manifest **ret, struct err *e)
{
	const struct publication publication = { .work = p->work, .documents = &p->documents };
	int r = 0;

	*ret = NULL;
	for (size_t i = 0; i < record->manifest_count && r == 0 && !*ret; i++) {
		if (!is_packed(p, &record->manifests[i]))
			continue;
		p->documents.record.manifests = &record->manifests[i];
		r = publish_announce(&publication, e);
		if (r == 0 && has_blobs(p, &record->manifests[i]))
			*ret = &record->manifests[i];
	}
	return r;
}

static int packing_init(struct packing *p, const struct image_record *record,
			struct arena *arena, struct image_record_manifest **ret, struct err *e)
{
	struct image_record_manifest *made = arena_alloc(arena, sizeof(*made));
	AUTO_FREE char *config = NULL;
	size_t len;
	int r;

	p->layers = arena_array(arena, record->layer_count, sizeof(p->layers[0]));
	p->places = arena_array(arena, record->layer_count, sizeof(p->places[0]));
	if (!made || !p->layers || !p->places)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's layers");
	r = blob_read(p->work->state, record->id, IMAGE_CONFIG_MAX, &config, &len, e);
	if (r < 0)
		return r;
	str_add_bytes(&p->documents.config, config, len);
	for (size_t i = 0; i < record->layer_count; i++) {
		p->layers[i] = p->from->layers[i];
		p->places[i] = (struct layer_place)LAYER_PLACE_NONE;
	}
	*made = (struct image_record_manifest){ .layers = p->layers };
	p->documents.record = *record;
	p->documents.record.manifests = made;
	p->documents.record.manifest_count = 1;
	*ret = made;
	return 0;
}

int packing_choose(const struct packing_request *request, struct arena *arena,
		   const struct image_record_manifest **ret, struct err *e)
{
	struct packing p = { .from = request->from, .work = request->work, .request = request };
	const struct image_record_manifest *found = request->from;
	struct image_record_manifest *made = NULL;
	int r = packing_init(&p, request->record, arena, &made, e);

	if (r == 0)
		r = is_to_be_packed(&p, e);
	if (r > 0) {
		r = find_packed(&p, request->record, &found, e);
		p.documents.record.manifests = made;
		if (r == 0 && !found) {
			r = pack(&p, arena, e);
			found = made;
		}
	}
	documents_done(&p.documents);
	if (r == 0)
		*ret = found;
	return r;
}
