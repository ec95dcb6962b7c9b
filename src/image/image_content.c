/*
 * How much is kept of an image as it came: config, manifests and blobs, which are what a push
 * or a save of it reads.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/blob.h"
#include "image/image_record.h"
#include "image/image_store.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Layers may repeat, and packings share what they do not pack differently. */
static void list_digests(struct image_record *record, struct arena *arena, struct strv *ret)
{
	strv_add_borrowed(ret, arena, record->id);
	for (size_t m = 0; m < record->manifest_count; m++) {
		strv_add_borrowed(ret, arena, record->manifests[m].digest);
		for (size_t i = 0; i < record->layer_count; i++)
			strv_add_borrowed(ret, arena, record->manifests[m].layers[i].blob);
	}
	if (ret->count > 1)
		qsort(ret->items, ret->count, sizeof(ret->items[0]), compare);
}

static uint64_t blob_size(const struct state *state, const char *digest)
{
	char path[BLOB_PATH_SIZE];
	struct stat st;

	blob_path(digest, path);
	return fstatat(state->root_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size > 0
		       ? (uint64_t)st.st_size
		       : 0;
}

int image_content_size(const struct state *state, const char *id, struct arena *arena,
		       uint64_t *ret, struct err *e)
{
	struct image_record record;
	struct strv digests = { 0 };
	uint64_t size = 0;
	int r = image_record_read(state, id, arena, &record, e);

	if (r < 0)
		return r;
	list_digests(&record, arena, &digests);
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's blobs");
	for (size_t i = 0; i < digests.count; i++)
		if (i == 0 || strcmp(digests.items[i], digests.items[i - 1]) != 0)
			size += blob_size(state, digests.items[i]);
	*ret = size;
	return 0;
}
