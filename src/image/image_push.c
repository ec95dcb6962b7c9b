/*
 * See image_push.h.
 *
 * Runs in: cli (engine).
 */
#include "image/image_push.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/interrupt.h"
#include "format/reference.h"
#include "image/blob.h"
#include "image/packing.h"
#include "image/push_mount.h"
#include "image/ref.h"
#include "image/registry.h"
#include "image/save_items.h"
#include "spec/image_manifest.h"

enum { PUSH_JOBS = 4 };

struct push_blob {
	const struct descriptor *descriptor;
	const char *diff_id;	/* "": the config */
	const char *mount_from; /* NULL: nowhere */
	uint32_t id;
	uint64_t bytes; /* sent so far */
	bool is_running;
	bool is_over;
	bool was_there; /* nothing had to be sent */
};

struct push {
	const struct state *state;
	const struct image_push_request *request;
	const struct interrupt *interrupt;
	struct reference reference;
	struct registry *registry;
	struct arena arena;
	struct save_items items;
	/* of the image that is being sent */
	struct push_blob *blobs; /* layers, topmost first, then the config */
	size_t count;
};

static void tell(const struct push *push, const struct push_progress *progress)
{
	if (push->request->progress)
		push->request->progress(push->request->context, progress);
}

/* --- blobs ------------------------------------------------------------------------------- */

/* A layer that an image has twice is sent once. */
static bool is_listed(const struct push *push, const char *digest)
{
	for (size_t i = 0; i < push->count; i++)
		if (strcmp(push->blobs[i].descriptor->digest, digest) == 0)
			return true;
	return false;
}

static int list_blobs(struct push *push, const struct save_item *item,
		      const struct image_manifest *manifest, struct err *e)
{
	struct ref *refs;
	size_t ref_count;
	int r = ref_list(push->state, &push->arena, &refs, &ref_count, e);

	if (r < 0)
		return r;
	push->count = 0;
	push->blobs =
		arena_array(&push->arena, manifest->layer_count + 1, sizeof(push->blobs[0]));
	if (!push->blobs || manifest->layer_count != item->record.layer_count)
		return err_set(e, ERR_INTERNAL, push->blobs ? -EBADMSG : -ENOMEM,
			       "image %s is damaged", item->record.id);
	for (size_t i = manifest->layer_count; i > 0; i--) {
		const struct descriptor *layer = &manifest->layers[i - 1];

		if (is_listed(push, layer->digest))
			continue;
		push->blobs[push->count++] = (struct push_blob){
			.descriptor = layer,
			.diff_id = item->manifest->layers[i - 1].diff_id,
			.mount_from =
				push_mount_find(push->state, refs, ref_count, &push->reference,
						layer->digest, &push->arena),
		};
	}
	push->blobs[push->count++] =
		(struct push_blob){ .descriptor = &manifest->config, .diff_id = "" };
	return 0;
}

static int blob_start(struct push *push, struct push_blob *blob, struct err *e)
{
	char path[BLOB_PATH_SIZE];
	AUTO_CLOSE int fd = -EBADF;
	int r;

	blob_path(blob->descriptor->digest, path);
	fd = openat(push->state->root_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open blob %s", blob->descriptor->digest);
	r = registry_upload(push->registry, blob->descriptor, fd, blob->mount_from, &blob->id,
			    e);
	blob->is_running = r == 0;
	return r;
}

static int blob_end(struct push *push, struct push_blob *blob,
		    const struct registry_event *event, struct err *e)
{
	static const enum push_event said[] = {
		[REGISTRY_TRANSFERRED] = PUSH_SENT,
		[REGISTRY_EXISTED] = PUSH_EXISTED,
		[REGISTRY_MOUNTED] = PUSH_MOUNTED,
	};

	blob->is_running = false;
	blob->is_over = true;
	blob->was_there = event->how != REGISTRY_TRANSFERRED;
	if (event->result < 0) {
		if (e)
			*e = event->err;
		return event->result;
	}
	if (blob->diff_id[0])
		tell(push, &(struct push_progress){ .event = said[event->how],
						    .name = blob->mount_from,
						    .digest = blob->diff_id,
						    .size = blob->descriptor->size });
	return 0;
}

static void tell_sending(const struct push *push)
{
	struct packing_layer layers[PUSH_JOBS];
	struct push_progress progress = { .event = PUSH_SENDING, .layers = layers };

	for (size_t i = 0; i < push->count; i++) {
		const struct push_blob *blob = &push->blobs[i];
		uint64_t size = blob->descriptor->size;

		if (blob->was_there || !blob->diff_id[0])
			continue;
		progress.size += size;
		progress.done += blob->is_over ? size : blob->bytes;
		if (blob->is_running)
			layers[progress.count++] = (struct packing_layer){
				.diff_id = blob->diff_id, .size = size, .bytes = blob->bytes
			};
	}
	tell(push, &progress);
}

static struct push_blob *find_running(const struct push *push, uint32_t id)
{
	for (size_t i = 0; i < push->count; i++)
		if (push->blobs[i].is_running && push->blobs[i].id == id)
			return &push->blobs[i];
	return NULL;
}

static int wait_for_any(struct push *push, struct err *e)
{
	struct registry_event event;
	struct push_blob *blob;
	int r = registry_next(push->registry, -1, &event, e);

	blob = r > 0 ? find_running(push, event.id) : NULL;
	if (!blob)
		return r < 0 ? r : 0;
	if (event.kind == REGISTRY_END)
		return blob_end(push, blob, &event, e);
	/* What hoy-fetch says it has sent may be too much. */
	blob->bytes =
		event.bytes < blob->descriptor->size ? event.bytes : blob->descriptor->size;
	if (push->request->are_bytes_told)
		tell_sending(push);
	return 0;
}

static size_t count_running(const struct push *push)
{
	size_t count = 0;

	for (size_t i = 0; i < push->count; i++)
		count += push->blobs[i].is_running;
	return count;
}

static int send_blobs(struct push *push, struct err *e)
{
	size_t next = 0;
	int r = 0;

	while (r == 0 && (next < push->count || count_running(push) > 0)) {
		if (next < push->count && count_running(push) < PUSH_JOBS)
			r = blob_start(push, &push->blobs[next++], e);
		else
			r = wait_for_any(push, e);
	}
	return r;
}

/* --- the image --------------------------------------------------------------------------- */

/* It is known by its digest there: RepoDigests. */
static int remember(const struct push *push, const struct save_item *item, struct err *e)
{
	AUTO_CLOSE int lock = images_lock(push->state, true, e);
	char full[REFERENCE_SIZE * 2];
	struct reference by_digest = push->reference;
	struct ref ref = { .name = full };

	if (lock < 0)
		return lock;
	/* Removed while it was on its way: then there is nothing to be named. */
	if (!image_record_exists(push->state, item->record.id))
		return 0;
	by_digest.tag[0] = '\0';
	(void)str_copy(by_digest.digest, sizeof(by_digest.digest), item->manifest->digest);
	reference_full(&by_digest, full);
	memcpy(ref.id, item->record.id, sizeof(ref.id));
	memcpy(ref.manifest, item->manifest->digest, sizeof(ref.manifest));
	return ref_write(push->state, &ref, e);
}

static int send_manifest(struct push *push, const struct save_item *item, const char *tag,
			 const char *media_type, const char *text, size_t len, struct err *e)
{
	int r = registry_push_manifest(push->registry, tag, media_type, text, len, e);

	if (r < 0)
		return r;
	tell(push, &(struct push_progress){ .event = PUSH_IMAGE,
					    .name = tag,
					    .digest = item->manifest->digest,
					    .size = len });
	return remember(push, item, e);
}

/* `item` with the manifest as which it goes out. */
static int push_item(struct push *push, const struct save_item *item, struct err *e)
{
	AUTO_FREE char *text = NULL;
	struct image_manifest manifest;
	size_t len;
	int r = blob_read(push->state, item->manifest->digest, MANIFEST_MAX, &text, &len, e);

	if (r == 0)
		r = image_manifest_parse(text, len, NULL, &push->arena, &manifest, e);
	if (r == 0)
		r = list_blobs(push, item, &manifest, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i + 1 < push->count; i++)
		tell(push, &(struct push_progress){ .event = PUSH_LAYER,
						    .digest = push->blobs[i].diff_id,
						    .size = push->blobs[i].descriptor->size });
	r = send_blobs(push, e);
	for (size_t i = 0; i < item->tags.count && r == 0; i++) {
		struct reference reference;

		r = reference_parse(item->tags.items[i], &reference, e);
		if (r == 0)
			r = send_manifest(push, item, reference.tag, manifest.media_type, text,
					  len, e);
	}
	return r;
}

static void tell_packing(void *context, const struct packing_layer *layers, size_t count)
{
	tell(context, &(struct push_progress){
			      .event = PUSH_COMPRESSING, .layers = layers, .count = count });
}

static int push_packed(struct push *push, const struct save_item *item, struct err *e)
{
	/* Its own: that of the push holds what the image has already. */
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	const struct packing_request request = {
		.record = &item->record,
		.from = item->manifest,
		.work = &work,
		.interrupt = push->interrupt,
		.progress = push->request->are_bytes_told ? tell_packing : NULL,
		.context = push,
	};
	struct save_item packed = *item;
	int r = work_begin(push->state, &work, e);

	if (r == 0)
		r = packing_choose(&request, &push->arena, &packed.manifest, e);
	return r < 0 ? r : push_item(push, &packed, e);
}

/* What the request names, as save_items_take takes it: a repository, or with its tag. */
static const char *push_name(struct push *push)
{
	const char *name = push->request->name;

	if (push->request->has_all_tags || !reference_is_name_only(name))
		return arena_copy(&push->arena, name);
	return arena_printf(&push->arena, "%s:%s", name, push->reference.tag);
}

/* A short name is pushed to where it was found. */
static int push_find(struct push *push, const struct work *work, struct err *e)
{
	struct strv digests = { 0 };
	struct strv names = { 0 };
	char familiar[REFERENCE_SIZE * 2];
	const char *name = push_name(push);
	int r;

	if (name)
		strv_add_borrowed(&names, &push->arena, name);
	if (arena_ok(&push->arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a name");
	r = save_items_take(push->state, &names, work, &push->arena, &push->items, &digests, e);
	/* An id is no name. */
	if (r == -ENOENT || (r == 0 && push->items.items[0].tags.count == 0)) {
		reference_familiar_name(&push->reference, familiar);
		return err_set(e, ERR_NOT_FOUND, -ENOENT,
			       "An image does not exist locally with the tag: %s", familiar);
	}
	if (r == 0 && push->request->platform)
		r = save_items_check_platform(push->state, &push->items,
					      push->request->platform, &push->arena, e);
	if (r == 0)
		r = reference_parse(push->items.items[0].tags.items[0], &push->reference, e);
	return r;
}

static int push_check(struct push *push, struct err *e)
{
	const struct image_push_request *request = push->request;
	int r = reference_parse(request->name, &push->reference, e);

	if (r < 0)
		return r;
	if (request->has_all_tags && !reference_is_name_only(request->name))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "tag can't be used with --all-tags/-a: %s", request->name);
	if (push->reference.digest[0])
		return err_set(e, ERR_INVALID, -EINVAL, "cannot push a digest reference: %s",
			       request->name);
	return 0;
}

static int push_all(struct push *push, struct err *e)
{
	const struct registry_request open = { .reference = &push->reference,
					       .purpose = REGISTRY_PUSH,
					       .interrupt_fd = push->interrupt->fd };
	char full[REFERENCE_SIZE * 2];
	int r = registry_open(&open, &push->registry, e);

	if (r < 0)
		return r;
	reference_full(&push->reference, full);
	full[strlen(full) - strlen(push->reference.tag) - 1] = '\0';
	tell(push, &(struct push_progress){ .event = PUSH_REPOSITORY, .name = full });
	for (size_t i = 0; i < push->items.count && r == 0; i++)
		r = push_packed(push, &push->items.items[i], e);
	registry_close(push->registry);
	return r;
}

int image_push(const struct state *state, const struct image_push_request *request,
	       struct err *e)
{
	AUTO_INTERRUPT struct interrupt interrupt = { .fd = -EBADF };
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct push push = { .state = state, .request = request, .interrupt = &interrupt };
	int r = push_check(&push, e);

	if (r < 0)
		return r;
	interrupt_begin(&interrupt);
	r = work_begin(state, &work, e);
	if (r == 0)
		r = push_find(&push, &work, e);
	if (r == 0)
		r = push_all(&push, e);
	arena_done(&push.arena);
	return r;
}
