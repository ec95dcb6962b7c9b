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

enum { RECORD_PATH_SIZE = 96 };

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

int image_record_read(const struct state *state, const char *id, struct arena *arena,
		      struct image_record *ret, struct err *e)
{
	struct image_record record = { 0 };
	AUTO_FREE char *text = NULL;
	char path[RECORD_PATH_SIZE];
	size_t len;
	int r;

	record_path(id, path);
	r = file_read(state->root_fd, path, IMAGE_RECORD_MAX, &text, &len);
	if (r == -ENOENT)
		return r;
	if (r < 0)
		return err_sys(e, r, "read %s/%s", state->root, path);
	(void)str_copy(record.id, sizeof(record.id), id);
	r = image_record_parse(text, len, arena, &record, e);
	if (r < 0)
		return err_wrap(e, -EBADMSG, "image %.19s is damaged", id);
	*ret = record;
	return arena_ok(arena);
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
	image_record_emit(record, &text);
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

static bool record_pairs(const struct image_record *record, const char *diff_id,
			 const char *blob)
{
	for (size_t m = 0; m < record->manifest_count; m++) {
		const struct image_record_layer *layers = record->manifests[m].layers;

		for (size_t i = 0; i < record->layer_count; i++)
			if (strcmp(layers[i].diff_id, diff_id) == 0 &&
			    strcmp(layers[i].blob, blob) == 0)
				return true;
	}
	return false;
}

bool image_record_pairs(const struct state *state, const char *diff_id, const char *blob)
{
	AUTO_ARENA struct arena ids_arena = { 0 };
	struct strv ids;
	bool is_found = false;

	if (image_record_list(state, &ids_arena, &ids, NULL) < 0)
		return false;
	for (size_t i = 0; i < ids.count && !is_found; i++) {
		AUTO_ARENA struct arena arena = { 0 };
		struct image_record record;

		is_found = image_record_read(state, ids.items[i], &arena, &record, NULL) == 0 &&
			   record_pairs(&record, diff_id, blob);
	}
	return is_found;
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
