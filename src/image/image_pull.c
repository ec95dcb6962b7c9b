/*
 * See image_pull.h.
 *
 * Runs in: cli (engine).
 */
#include "image/image_pull.h"

#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "image/blob.h"
#include "image/image_load.h"
#include "image/pull_blobs.h"
#include "image/registry_config.h"

struct pull {
	const struct state *state;
	const struct image_pull_request *request;
	const struct interrupt *interrupt;
	const struct layer_driver *driver;
	struct registry *registry;
	struct reference reference; /* of what is being pulled just now */
	struct platform platform;
	struct arena arena;
};

/* "docker.io/library/busybox:latest", or "...@sha256:...". */
static void full_name(const struct pull *pull, const char *digest,
		      char full[REFERENCE_SIZE * 2])
{
	struct reference reference = pull->reference;

	if (digest) {
		reference.tag[0] = '\0';
		(void)str_copy(reference.digest, sizeof(reference.digest), digest);
	}
	reference_full(&reference, full);
}

static bool is_by_digest(const struct pull *pull)
{
	return pull->reference.digest[0] != '\0';
}

/* What the registry is asked for. */
static const char *wanted_name(const struct pull *pull)
{
	return is_by_digest(pull) ? pull->reference.digest : pull->reference.tag;
}

/* As users write it. */
static void say_pulled(const struct pull *pull, const char *digest, bool is_new)
{
	char familiar[REFERENCE_SIZE * 2];
	char text[sizeof(familiar) + sizeof(pull->reference.digest)];
	char full[REFERENCE_SIZE * 2];
	const struct image_pulled pulled = {
		.name = text, .full = full, .digest = digest, .is_new = is_new
	};

	reference_familiar_name(&pull->reference, familiar);
	(void)snprintf(text, sizeof(text), "%s%s%s", familiar, is_by_digest(pull) ? "@" : ":",
		       wanted_name(pull));
	full_name(pull, NULL, full);
	pull->request->pulled(pull->request->context, &pulled);
}

/* --- is it here? ------------------------------------------------------------------------- */

static bool is_whole(const struct pull *pull, const struct ref *ref)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct image_record record;
	const struct image_record_manifest *manifest;

	if (image_record_read(pull->state, ref->id, &arena, &record, NULL) < 0 ||
	    !blob_exists(pull->state, ref->id))
		return false;
	manifest = image_record_manifest(&record, ref->manifest);
	for (size_t i = 0; i < record.layer_count; i++) {
		AUTO_STR struct str path = { 0 };

		if (!blob_exists(pull->state, manifest->layers[i].blob) ||
		    layer_find(pull->state, manifest->layers[i].diff_id) < 0)
			return false;
	}
	return blob_exists(pull->state, manifest->digest);
}

/* Of the platform that is wanted: a name may stand for another one's image. */
static bool is_for_platform(const struct pull *pull, const char *id)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct platform own;
	struct image image;

	if (image_load(pull->state, id, &arena, &image, NULL) < 0)
		return false;
	platform_of(image.config.os, image.config.architecture, image.config.variant, &own);
	return platform_rank(&pull->platform, &own) == 0;
}

/* Does the name already mean what the registry has under `digest`, and is all of it here? */
static bool is_up_to_date(const struct pull *pull, const char *digest)
{
	char full[REFERENCE_SIZE * 2];
	struct ref pinned;
	struct ref named;

	full_name(pull, digest, full);
	if (ref_read(pull->state, full, &pinned, NULL) < 0)
		return false;
	if (!is_by_digest(pull)) {
		full_name(pull, NULL, full);
		if (ref_read(pull->state, full, &named, NULL) < 0 ||
		    strcmp(named.id, pinned.id) != 0 ||
		    strcmp(named.manifest, pinned.manifest) != 0)
			return false;
	}
	return is_for_platform(pull, pinned.id) && is_whole(pull, &pinned);
}

/* --- the image --------------------------------------------------------------------------- */

static int take_bytes(struct str *to, const struct registry_document *from, struct err *e)
{
	str_add_bytes(to, from->bytes, from->len);
	return str_ok(to) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a document")
			      : 0;
}

/* From the store when it is there. */
static int pull_config(struct pull *pull, const struct descriptor *descriptor, struct str *ret,
		       struct err *e)
{
	struct registry_document document = { 0 };
	AUTO_FREE char *text = NULL;
	char digest[DIGEST_SIZE];
	size_t len;
	int r;

	if (blob_exists(pull->state, descriptor->digest) &&
	    blob_read(pull->state, descriptor->digest, IMAGE_CONFIG_MAX, &text, &len, NULL) ==
		    0) {
		blob_digest(text, len, digest);
		if (strcmp(digest, descriptor->digest) == 0) {
			str_add_bytes(ret, text, len);
			return str_ok(ret);
		}
	}
	r = registry_config(pull->registry, descriptor, &document, e);
	if (r == 0)
		r = take_bytes(ret, &document, e);
	registry_document_done(&document);
	return r;
}

static struct image_record_layer *manifest_layers(const struct image_manifest *manifest,
						  struct arena *arena)
{
	struct image_record_layer *layers =
		arena_array(arena, manifest->layer_count, sizeof(*layers));

	for (size_t i = 0; layers && i < manifest->layer_count; i++) {
		const struct descriptor *from = &manifest->layers[i];

		memcpy(layers[i].blob, from->digest, sizeof(layers[i].blob));
		layers[i].blob_size = from->size;
		layers[i].media_type = from->media_type;
	}
	return layers;
}

static void tell_layers(const struct pull *pull, const struct image_manifest *manifest,
			struct arena *arena)
{
	struct pull_layer *layers = arena_array(arena, manifest->layer_count, sizeof(*layers));
	struct pull_progress progress = { .event = PULL_LAYERS,
					  .layers = layers,
					  .count = manifest->layer_count };

	for (size_t i = 0; layers && i < manifest->layer_count; i++)
		layers[i] = (struct pull_layer){ manifest->layers[i].digest,
						 manifest->layers[i].size };
	if (layers && pull->request->progress)
		pull->request->progress(pull->request->context, &progress);
}

static int pull_layers(struct pull *pull, const struct publication *publication,
		       const struct image_manifest *manifest, struct image_record_layer *layers,
		       struct arena *arena, struct err *e)
{
	struct pull_blobs blobs = { .registry = pull->registry,
				    .manifest = manifest,
				    .publication = publication,
				    .request = pull->request };
	struct pipeline_source source = pull_blobs_source(&blobs);
	const struct pipeline pipeline = { .work = publication->work,
					   .driver = pull->driver,
					   .interrupt = pull->interrupt,
					   .source = &source,
					   .layers = layers,
					   .count = manifest->layer_count,
					   .arena = arena };
	int r;

	blobs.items = arena_array(arena, manifest->layer_count, sizeof(blobs.items[0]));
	if (!blobs.items)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for layers");
	for (size_t i = 0; i < manifest->layer_count; i++)
		blobs.items[i].partial = (struct partial)PARTIAL_NONE;
	tell_layers(pull, manifest, arena);
	r = pipeline_run(&pipeline, e);
	pull_blobs_end(&blobs);
	return r;
}

/* By what it is known afterwards: the tag, and always the digest. */
static void add_references(const struct pull *pull, const char *digest, struct arena *arena,
			   struct publication *publication)
{
	char full[REFERENCE_SIZE * 2];

	full_name(pull, digest, full);
	strv_add(&publication->references, arena, full);
	if (is_by_digest(pull))
		return;
	full_name(pull, NULL, full);
	strv_add(&publication->references, arena, full);
}

static int pull_publish(struct pull *pull, struct publication *publication,
			const struct image_manifest *manifest, struct documents *documents,
			struct arena *arena, struct err *e)
{
	struct image_record_layer *layers = manifest_layers(manifest, arena);
	int r;

	if (!layers)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for layers");
	r = documents_begin(documents, layers, manifest->layer_count, arena, e);
	publication->documents = documents;
	if (r == 0)
		r = publish_announce(publication, e);
	if (r == 0)
		r = pull_layers(pull, publication, manifest, layers, arena, e);
	if (r == 0)
		r = publish_image(publication, e);
	if (r < 0)
		publish_withdraw(publication);
	return r;
}

static int pull_image(struct pull *pull, const struct registry_image *found, const char *digest,
		      struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct publication publication = { .work = &work,
					   .driver = pull->driver,
					   .is_fetched = true };
	struct documents documents = { 0 };
	struct image_manifest manifest;
	int r = image_manifest_parse(found->manifest.bytes, found->manifest.len,
				     found->manifest.media_type, &arena, &manifest, e);

	if (r == 0)
		r = pull_config(pull, &manifest.config, &documents.config, e);
	if (r == 0)
		r = take_bytes(&documents.manifest, &found->manifest, e);
	if (r == 0)
		r = work_begin(pull->state, &work, e);
	if (r == 0) {
		add_references(pull, digest, &arena, &publication);
		r = pull_publish(pull, &publication, &manifest, &documents, &arena, e);
	}
	documents_done(&documents);
	return r;
}

/* One tag or digest. */
static int pull_one(struct pull *pull, struct err *e)
{
	char full[REFERENCE_SIZE * 2];
	const struct pull_progress begin = { .event = PULL_TAG,
					     .name = is_by_digest(pull) ? full
									: pull->reference.tag,
					     .repository = pull->reference.repository };
	struct registry_image found = { 0 };
	struct registry_head head = { 0 };
	const char *digest;
	int r = registry_head(pull->registry, wanted_name(pull), &head, e);

	if (r < 0)
		return r;
	full_name(pull, is_by_digest(pull) ? pull->reference.digest : NULL, full);
	if (pull->request->progress)
		pull->request->progress(pull->request->context, &begin);
	if (head.digest[0] && is_up_to_date(pull, head.digest)) {
		say_pulled(pull, head.digest, false);
		return 0;
	}
	r = registry_resolve(pull->registry, wanted_name(pull), &pull->platform, &found, e);
	digest = found.index.bytes ? found.index.digest : found.manifest.digest;
	if (r == 0 && is_up_to_date(pull, digest))
		say_pulled(pull, digest, false);
	else if (r == 0 && (r = pull_image(pull, &found, digest, e)) == 0)
		say_pulled(pull, digest, true);
	registry_image_done(&found);
	return r;
}

/* The registry or this machine is in trouble, or somebody has had enough: the next tag would fail
 * in the same way, after as many attempts. */
static bool is_over(const struct err *problem)
{
	return problem->kind == ERR_INTERNAL || problem->kind == ERR_NONE;
}

/* One that fails is told of and does not keep the others away. */
static int pull_all_tags(struct pull *pull, struct err *e)
{
	char familiar[REFERENCE_SIZE * 2];
	size_t failed = 0;
	struct strv tags;
	int r = registry_tags(pull->registry, &pull->arena, &tags, e);

	for (size_t i = 0; r == 0 && i < tags.count; i++) {
		struct err problem = { 0 };

		r = str_copy(pull->reference.tag, sizeof(pull->reference.tag), tags.items[i]);
		if (r == 0)
			r = pull_one(pull, &problem);
		if (r == 0)
			continue;
		if (is_over(&problem))
			return err_set(e, problem.kind, r, "%s: %s", tags.items[i],
				       problem.text);
		failed++;
		r = 0;
		pull->request->failed(pull->request->context, tags.items[i], &problem);
	}
	if (r < 0 || failed == 0)
		return r;
	reference_familiar_name(&pull->reference, familiar);
	return err_set(e, ERR_INTERNAL, -EIO, "pull %s: %zu of %zu tags failed", familiar,
		       failed, tags.count);
}

static int pull_check(struct pull *pull, struct err *e)
{
	const struct image_pull_request *request = pull->request;
	int r = reference_parse(request->name, &pull->reference, e);

	if (r < 0)
		return r;
	if (request->has_all_tags && !reference_is_name_only(request->name))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "tag can't be used with --all-tags/-a: %s", request->name);
	platform_host(&pull->platform);
	if (request->platform)
		r = platform_parse(request->platform, &pull->platform, e);
	return r < 0 ? r : layer_driver_choose(pull->state, NULL, &pull->driver, e);
}

/* What pull->reference says, from its registry. */
static int pull_reference(struct pull *pull, struct err *e)
{
	const struct registry_request open = { .reference = &pull->reference,
					       .purpose = REGISTRY_PULL,
					       .interrupt_fd = pull->interrupt->fd };
	int r = registry_open(&open, &pull->registry, e);

	if (r == 0)
		r = pull->request->has_all_tags ? pull_all_tags(pull, e) : pull_one(pull, e);
	registry_close(pull->registry);
	pull->registry = NULL;
	return r;
}

/* Each that the name may mean, until one is there. */
static int pull_candidates(struct pull *pull, struct err *e)
{
	struct registry_config config = { 0 };
	struct reference *candidates;
	size_t count;
	int r = registry_config_load(&pull->arena, &config, e);

	if (r == 0)
		r = registry_candidates(&config, pull->request->name, &pull->arena, &candidates,
					&count, e);
	if (r < 0)
		return r;
	r = -ENOENT;
	for (size_t i = 0; i < count && r == -ENOENT; i++) {
		if (e)
			*e = (struct err){ 0 };
		pull->reference = candidates[i];
		r = pull_reference(pull, e);
	}
	return r;
}

int image_pull(const struct state *state, const struct image_pull_request *request,
	       struct err *e)
{
	AUTO_INTERRUPT struct interrupt interrupt = { .fd = -EBADF };
	struct pull pull = { .state = state, .request = request, .interrupt = &interrupt };
	struct err old = { 0 };
	int r = pull_check(&pull, e);

	if (r < 0)
		return r;
	interrupt_begin(&interrupt);
	if (partial_remove(state, PARTIAL_KEEP_NS, NULL, &old) < 0)
		log_debug("%s", old.text);
	r = pull_candidates(&pull, e);
	arena_done(&pull.arena);
	return r;
}
