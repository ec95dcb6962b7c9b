/*
 * See blob_refetch.h.
 *
 * Runs in: cli (engine).
 */
#include "image/blob_refetch.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "image/blob.h"
#include "image/image_record.h"
#include "image/ref.h"
#include "image/registry.h"
#include "image/work.h"
#include "image/worker.h"
#include "spec/image_manifest.h"

#define REFETCH_FILE "blob" /* in the work directory */

/* One blob from one place. */
struct attempt {
	const struct state *state;
	const char *digest;
	const struct image_record *record;	    /* an image that has it */
	const struct image_record_manifest *packed; /* as it came from there */
	struct reference reference;
	struct registry *registry;
};

static int put_document(const struct attempt *a, const struct registry_document *document,
			struct err *e)
{
	char digest[DIGEST_SIZE];

	if (strcmp(document->digest, a->digest) != 0)
		return err_set(e, ERR_INVALID, -EBADMSG, "%s came instead", document->digest);
	return blob_write(a->state, document->bytes, document->len, digest, e);
}

static int fetch_manifest(const struct attempt *a, struct err *e)
{
	struct registry_document document = { 0 };
	int r = registry_manifest(a->registry, a->digest, &document, e);

	if (r == 0)
		r = put_document(a, &document, e);
	registry_document_done(&document);
	return r;
}

/* How large it is says the manifest, which may be lost too. */
static int fetch_config(const struct attempt *a, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct registry_document document = { 0 };
	struct registry_document config = { 0 };
	struct image_manifest manifest;
	int r = registry_manifest(a->registry, a->packed->digest, &document, e);

	if (r == 0)
		r = image_manifest_parse(document.bytes, document.len, document.media_type,
					 &arena, &manifest, e);
	if (r == 0)
		r = registry_config(a->registry, &manifest.config, &config, e);
	if (r == 0)
		r = put_document(a, &config, e);
	registry_document_done(&config);
	registry_document_done(&document);
	return r;
}

static int fetch_bytes(const struct attempt *a, const struct image_record_layer *layer, int fd,
		       struct err *e)
{
	struct descriptor descriptor = { .size = layer->blob_size,
					 .media_type = layer->media_type };
	struct registry_event event = { .kind = REGISTRY_PROGRESS };
	uint32_t id;
	int r;

	(void)str_copy(descriptor.digest, sizeof(descriptor.digest), layer->blob);
	r = registry_fetch(a->registry, &descriptor, 0, fd, &id, e);
	while (r >= 0 && event.kind != REGISTRY_END)
		r = registry_next(a->registry, -1, &event, e);
	if (r >= 0 && event.result < 0) {
		if (e)
			*e = event.err;
		return event.result;
	}
	return r < 0 ? r : 0;
}

/* What is in the work directory now: on disk, and with the right digest? */
static int verify(const struct attempt *a, const struct work *work, struct err *e)
{
	AUTO_CLOSE int fd = openat(work->fd, REFETCH_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct worker_request worker = { .verb = "digest",
					 .input_fd = fd,
					 .output_fd = -1,
					 .directory_fd = -1,
					 .lock_fd = work->lock_fd };
	struct tool_result result = { 0 };
	int r;

	FAULT("fsync");
	if (fd < 0 || fsync(fd) < 0)
		return err_sys(e, errno, "write the blob to disk");
	r = worker_run(&worker, &result, e);
	if (r == 0 && strcmp(result.blob, a->digest) != 0)
		return err_set(e, ERR_INVALID, -EBADMSG, "%s came instead", result.blob);
	return r;
}

static int fetch_layer(const struct attempt *a, const struct image_record_layer *layer,
		       struct err *e)
{
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	AUTO_CLOSE int fd = -EBADF;
	int r = work_begin(a->state, &work, e);

	if (r < 0)
		return r;
	FAULT("open");
	fd = openat(work.fd, REFETCH_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, errno, "make a file in %s/tmp", a->state->root);
	r = fetch_bytes(a, layer, fd, e);
	if (r == 0)
		r = verify(a, &work, e);
	return r < 0 ? r : blob_adopt(a->state, work.fd, REFETCH_FILE, a->digest, e);
}

static const struct image_record_layer *find_layer(const struct attempt *a)
{
	for (size_t i = 0; i < a->record->layer_count; i++)
		if (strcmp(a->packed->layers[i].blob, a->digest) == 0)
			return &a->packed->layers[i];
	return NULL;
}

static bool is_manifest(const struct attempt *a)
{
	return strcmp(a->packed->digest, a->digest) == 0;
}

static bool is_config(const struct attempt *a)
{
	return strcmp(a->record->id, a->digest) == 0;
}

static int attempt_run(struct attempt *a, struct err *e)
{
	const struct registry_request open = { .reference = &a->reference,
					       .purpose = REGISTRY_PULL,
					       .interrupt_fd = -1 };
	int r = registry_open(&open, &a->registry, e);

	if (r == 0)
		r = is_manifest(a) ? fetch_manifest(a, e)
		    : is_config(a) ? fetch_config(a, e)
				   : fetch_layer(a, find_layer(a), e);
	registry_close(a->registry);
	return r;
}

/* 1: this reference has nothing to do with it. */
static int try_reference(struct blob_refetch *refetch, const struct ref *ref,
			 const char *digest, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct image_record record;
	struct attempt a = { .state = refetch->state, .digest = digest, .record = &record };
	int r;

	if (reference_parse(ref->name, &a.reference, NULL) < 0 || !a.reference.digest[0] ||
	    image_record_read(refetch->state, ref->id, &arena, &record, NULL) < 0)
		return 1;
	a.packed = image_record_manifest(&record, ref->manifest);
	if (!is_manifest(&a) && !is_config(&a) && !find_layer(&a))
		return 1;
	if (strv_has(&refetch->silent, ref->name))
		return err_set(e, ERR_INTERNAL, -EHOSTUNREACH,
			       "the registry of %s could not be asked", ref->name);
	r = attempt_run(&a, e);
	if (r < 0 && r != -ENOENT && r != -EBADMSG)
		strv_add(&refetch->silent, refetch->arena, ref->name);
	return r < 0 ? err_wrap(e, r, "fetch it by %s", ref->name) : 0;
}

int blob_refetch(struct blob_refetch *refetch, const char *digest, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct ref *refs;
	size_t count;
	int r = ref_list(refetch->state, &arena, &refs, &count, e);
	int result = 1;

	if (r < 0)
		return r;
	for (size_t i = 0; i < count && result != 0; i++) {
		struct err why = { 0 };

		r = try_reference(refetch, &refs[i], digest, &why);
		if (r > 0)
			continue;
		result = r;
		if (r < 0 && e)
			*e = why;
	}
	return result <= 0 ? result
			   : err_set(e, ERR_NOT_FOUND, -ENOENT,
				     "no image with it has a name with a digest");
}
