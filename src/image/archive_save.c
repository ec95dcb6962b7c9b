/*
 * Save: images as one archive, streamed.
 *
 * The blobs go out as they are kept, so an image is loaded again with the same digests. What
 * they are is announced, not locked: however long a reader takes, others pull and remove.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "format/json.h"
#include "image/archive.h"
#include "image/blob.h"
#include "image/image_load.h"
#include "image/save_documents.h"
#include "image/tar.h"
#include "image/work.h"
#include "spec/descriptor.h"

struct save {
	const struct state *state;
	struct arena arena;
	struct save_items items;
	struct strv digests; /* of all blobs */
	struct save_manifest *manifests;
	struct tar tar;
};

/* Its size, and of which media type it says it is. */
static int save_describe(struct save *save, size_t index, struct err *e)
{
	const char *digest = save->items.items[index].manifest->digest;
	struct save_manifest *manifest = &save->manifests[index];
	AUTO_JSON struct json_object *o = NULL;
	AUTO_FREE char *text = NULL;
	char *media_type = NULL;
	size_t len;
	int r = blob_read(save->state, digest, MANIFEST_MAX, &text, &len, e);

	if (r == 0)
		r = json_parse(text, len, MANIFEST_MAX, "manifest", &o, e);
	if (r == 0)
		r = json_get_string(o, "manifest", "mediaType", &save->arena, &media_type, e);
	if (r < 0)
		return r;
	manifest->size = len;
	manifest->media_type = media_type ? media_type : MEDIA_TYPE_OCI_MANIFEST;
	return 0;
}

static int save_describe_all(struct save *save, struct err *e)
{
	int r = 0;

	save->manifests =
		arena_array(&save->arena, save->items.count, sizeof(save->manifests[0]));
	if (!save->manifests)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for what is saved");
	for (size_t i = 0; i < save->items.count && r == 0; i++)
		r = save_describe(save, i, e);
	return r;
}

static int save_header(struct save *save, const char *path, mode_t mode, uint64_t size,
		       struct err *e)
{
	/* No owner and no time: the same images give the same archive. */
	struct tar_entry entry = { .path = path,
				   .stat = { .st_mode = mode, .st_size = (off_t)size } };
	uint64_t content;

	return tar_header(&save->tar, &entry, &content, e);
}

static int save_blob(struct save *save, const char *digest, struct err *e)
{
	char path[BLOB_PATH_SIZE];
	AUTO_CLOSE int fd = -EBADF;
	struct stat st;
	int r;

	blob_path(digest, path);
	fd = openat(save->state->root_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, errno, "read blob %s", digest);
	r = save_header(save, path, S_IFREG | 0644, (uint64_t)st.st_size, e);
	if (r == 0)
		r = tar_file(&save->tar, fd, (uint64_t)st.st_size, e);
	return r < 0 ? r : tar_pad(&save->tar, e);
}

static int save_text(struct save *save, const char *path, const struct str *text, struct err *e)
{
	int r;

	if (str_ok(text) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for %s", path);
	r = save_header(save, path, S_IFREG | 0644, text->len, e);
	if (r == 0)
		r = tar_data(&save->tar, text->data, text->len, e);
	return r < 0 ? r : tar_pad(&save->tar, e);
}

static int save_documents(struct save *save, struct err *e)
{
	AUTO_STR struct str index = { 0 };
	AUTO_STR struct str manifest = { 0 };
	AUTO_STR struct str layout = { 0 };
	AUTO_STR struct str repositories = { 0 };
	int r;

	save_index(&save->items, save->manifests, &index);
	save_manifest_json(&save->items, &manifest);
	str_add(&layout, SAVE_OCI_LAYOUT);
	if (save_repositories(&save->items, &repositories) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for what is saved");
	r = save_text(save, "index.json", &index, e);
	if (r == 0)
		r = save_text(save, "manifest.json", &manifest, e);
	if (r == 0)
		r = save_text(save, "oci-layout", &layout, e);
	return r < 0 ? r : save_text(save, "repositories", &repositories, e);
}

static int save_write(struct save *save, struct err *e)
{
	int r = save_header(save, "blobs", S_IFDIR | 0755, 0, e);

	if (r == 0)
		r = save_header(save, "blobs/sha256", S_IFDIR | 0755, 0, e);
	for (size_t i = 0; i < save->digests.count && r == 0; i++)
		r = save_blob(save, save->digests.items[i], e);
	if (r == 0)
		r = save_documents(save, e);
	return r < 0 ? r : tar_end(&save->tar, e);
}

int archive_save(const struct state *state, const struct archive_save_request *request,
		 struct err *e)
{
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct save save = { .state = state };
	int r = work_begin(state, &work, e);

	if (r == 0)
		r = save_items_take(state, request->names, &work, &save.arena, &save.items,
				    &save.digests, e);
	if (r == 0 && request->platform)
		r = save_items_check_platform(state, &save.items, request->platform,
					      &save.arena, e);
	if (r == 0)
		r = save_describe_all(&save, e);
	if (r == 0)
		r = tar_init(&save.tar, request->output_fd, e);
	if (r == 0)
		r = save_write(&save, e);
	tar_done(&save.tar);
	arena_done(&save.arena);
	return r;
}
