/*
 * See sweep.h.
 *
 * Runs in: cli (engine).
 */
#include "image/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "image/blob.h"
#include "image/image_record.h"
#include "image/layer.h"
#include "image/ref.h"

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int reach_add(const struct state *state, const char *id, struct arena *arena,
		     struct reach *reach, struct err *e)
{
	struct image_record record;
	int r = image_record_read(state, id, arena, &record, e);

	if (r < 0)
		return r;
	strv_add(&reach->digests, arena, id);
	for (size_t m = 0; m < record.manifest_count; m++) {
		const struct image_record_manifest *manifest = &record.manifests[m];

		strv_add(&reach->digests, arena, manifest->digest);
		for (size_t i = 0; i < record.layer_count; i++) {
			strv_add(&reach->digests, arena, manifest->layers[i].blob);
			strv_add(&reach->digests, arena, manifest->layers[i].diff_id);
		}
	}
	return 0;
}

static int reach_add_announced(const struct state *state, const struct work *except,
			       struct arena *arena, struct reach *reach, struct err *e)
{
	struct strv lines;
	int r = work_announced(state, except, arena, &lines, e);

	for (size_t i = 0; i < lines.count && r == 0; i++) {
		char *digest = strchr(lines.items[i], ' ');

		if (digest && digest_is_valid(++digest))
			strv_add_borrowed(&reach->announced, arena, digest);
	}
	return r;
}

static void reach_sort(struct strv *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(list->items[0]), text_compare);
}

static bool reach_find(const struct strv *list, const char *digest)
{
	return list->count > 0 &&
	       bsearch(&digest, list->items, list->count, sizeof(list->items[0]), text_compare);
}

int reach_read(const struct state *state, const struct work *except, struct arena *arena,
	       struct reach *ret, struct err *e)
{
	struct reach reach = { 0 };
	struct strv ids;
	int r = image_record_list(state, arena, &ids, e);

	for (size_t i = 0; i < ids.count && r == 0; i++)
		r = reach_add(state, ids.items[i], arena, &reach, e);
	if (r == 0)
		r = reach_add_announced(state, except, arena, &reach, e);
	if (r == 0 && arena_ok(arena) < 0)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for what images need");
	if (r < 0)
		return r;
	reach_sort(&reach.digests);
	reach_sort(&reach.announced);
	*ret = reach;
	return 0;
}

bool reach_has(const struct reach *reach, const char *digest)
{
	return reach_find(&reach->digests, digest) || reach_find(&reach->announced, digest);
}

/* References of an image whose record is gone, or the record of one that never got its
 * reference. */
static int withdraw_image(const struct state *state, const char *id, struct arena *arena,
			  struct err *e)
{
	bool has_record = image_record_exists(state, id);
	bool has_ref = false;
	struct ref *refs;
	size_t count;
	int r = ref_list(state, arena, &refs, &count, e);

	for (size_t i = 0; i < count && r == 0; i++) {
		if (strcmp(refs[i].id, id) != 0)
			continue;
		has_ref = true;
		if (!has_record)
			r = ref_remove(state, refs[i].name, e);
	}
	if (r < 0 || !has_record || has_ref)
		return r;
	r = image_record_remove(state, id);
	return r < 0 ? err_sys(e, r, "remove the record of image %s", id) : 0;
}

/* The digest of "WORD DIGEST"; NULL: not such a line. One that was cut off while it was written
 * is none: then nothing had been done yet. */
static const char *line_digest(const char *line, const char *word)
{
	const char *digest = line + strlen(word) + 1;

	return str_starts(line, word) && line[strlen(word)] == ' ' && digest_is_valid(digest)
		       ? digest
		       : NULL;
}

static int withdraw_thing(const struct state *state, const char *line,
			  const struct reach *reach, struct err *e)
{
	const char *digest = line_digest(line, "blob");

	if (digest)
		return reach_has(reach, digest) ? 0 : blob_remove(state, digest, e);
	digest = line_digest(line, "fetched");
	if (digest)
		return reach_has(reach, digest) ? 0 : blob_take_back(state, digest, e);
	digest = line_digest(line, "layer");
	if (digest)
		return reach_has(reach, digest) ? 0 : layer_remove(state, digest, e);
	return 0;
}

/* Images first: what they reached is then free. */
static int withdraw_images(const struct state *state, const struct work *work,
			   const struct strv *lines, struct arena *arena, struct err *e)
{
	struct reach reach = { 0 };
	int r = reach_add_announced(state, work, arena, &reach, e);

	reach_sort(&reach.announced);
	for (size_t i = 0; i < lines->count && r == 0; i++) {
		const char *id = line_digest(lines->items[i], "image");

		if (id && !reach_find(&reach.announced, id))
			r = withdraw_image(state, id, arena, e);
	}
	return r;
}

int sweep_withdraw(const struct state *state, const struct work *work, char *lines,
		   struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv items = { 0 };
	struct reach reach;
	char *rest = lines;
	char *line;
	int r;

	while ((line = strsep(&rest, "\n")))
		if (line[0])
			strv_add_borrowed(&items, &arena, line);
	r = withdraw_images(state, work, &items, &arena, e);
	if (r == 0)
		r = reach_read(state, work, &arena, &reach, e);
	for (size_t i = 0; i < items.count && r == 0; i++)
		r = withdraw_thing(state, items.items[i], &reach, e);
	return r;
}

struct sweep {
	const struct state *state;
	const struct work *work; /* the caller's own; NULL */
	const struct image_users *users;
	struct reach reach;
	bool is_dry;	   /* only measured */
	bool is_postponed; /* something stays only because another command needs it now */
	uint64_t bytes;
	struct err *e;
};

typedef int sweep_each(struct sweep *sweep, int dir_fd, const char *name);

static bool sweep_keeps(struct sweep *sweep, const char *digest)
{
	if (reach_find(&sweep->reach.digests, digest))
		return true;
	if (!reach_find(&sweep->reach.announced, digest))
		return false;
	sweep->is_postponed = true;
	return true;
}

static int sweep_directory(struct sweep *sweep, const char *path, sweep_each *each)
{
	int fd = openat(sweep->state->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	DIR *dir;
	int result = 0;

	if (fd < 0)
		return errno == ENOENT ? 0
				       : err_sys(sweep->e, errno, "open %s/%s",
						 sweep->state->root, path);
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_set(sweep->e, ERR_INTERNAL, -ENOMEM, "no memory for a directory");
	}
	while ((entry = readdir(dir))) {
		int r;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = each(sweep, dirfd(dir), entry->d_name);
		if (r < 0 && result == 0)
			result = r;
	}
	(void)closedir(dir);
	return result;
}

/* What file_replace left when it was killed; nobody writes now, because we hold the lock. */
static int sweep_temporary(struct sweep *sweep, int dir_fd, const char *name)
{
	if (name[0] != '.')
		return 0;
	FAULT("unlink");
	if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
		return err_sys(sweep->e, errno, "remove %s", name);
	return 0;
}

static int sweep_blob(struct sweep *sweep, int dir_fd, const char *name)
{
	char digest[DIGEST_SIZE];
	struct stat st;

	(void)snprintf(digest, sizeof(digest), "sha256:%.64s", name);
	if (digest_is_valid(digest) && strlen(name) == DIGEST_HEX_LEN &&
	    sweep_keeps(sweep, digest))
		return 0;
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
		sweep->bytes += (uint64_t)st.st_blocks * 512;
	if (sweep->is_dry)
		return 0;
	FAULT("unlink");
	if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
		return err_sys(sweep->e, errno, "remove blob %s", name);
	return 0;
}

static int sweep_layer(struct sweep *sweep, int dir_fd, const char *name)
{
	char digest[DIGEST_SIZE];
	char container[ID_SIZE];
	uint64_t size = 0;

	(void)dir_fd;
	(void)snprintf(digest, sizeof(digest), "sha256:%.64s", name);
	if (!digest_is_valid(digest) || strlen(name) != DIGEST_HEX_LEN ||
	    sweep_keeps(sweep, digest))
		return 0;
	if (sweep->users &&
	    sweep->users->is_used(sweep->users->context, digest, container) != IMAGE_UNUSED)
		return 0;
	(void)layer_size(sweep->state, digest, &size, NULL);
	sweep->bytes += size;
	return sweep->is_dry ? 0 : layer_remove(sweep->state, digest, sweep->e);
}

int sweep_temporaries(const struct state *state, struct err *e)
{
	struct sweep sweep = { .state = state, .e = e };
	int r = sweep_directory(&sweep, "images/refs", sweep_temporary);

	if (r == 0)
		r = sweep_directory(&sweep, "images/records", sweep_temporary);
	return r < 0 ? r : sweep_directory(&sweep, "blobs/sha256", sweep_temporary);
}

static int sweep_digests(struct sweep *sweep, uint64_t *ret_bytes)
{
	AUTO_ARENA struct arena arena = { 0 };
	int r = reach_read(sweep->state, sweep->work, &arena, &sweep->reach, sweep->e);

	if (r == 0 && !sweep->is_dry)
		r = sweep_temporaries(sweep->state, sweep->e);
	if (r == 0)
		r = sweep_directory(sweep, "blobs/sha256", sweep_blob);
	if (r == 0)
		r = sweep_directory(sweep, "layers", sweep_layer);
	if (ret_bytes)
		*ret_bytes = sweep->bytes;
	return r;
}

/* Where it cannot be made, on a full disk, the next removal of an image finds what is left. */
static void mark_postponed(const struct state *state, bool is_postponed)
{
	if (is_postponed)
		(void)fd_close(openat(state->root_fd, SWEEP_POSTPONED,
				      O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
	else
		(void)unlinkat(state->root_fd, SWEEP_POSTPONED, 0);
}

int sweep_unreachable(const struct state *state, const struct work *work,
		      const struct image_users *users, uint64_t *ret_bytes, struct err *e)
{
	struct sweep sweep = { .state = state, .work = work, .users = users, .e = e };
	int r = sweep_digests(&sweep, ret_bytes);

	if (r == 0)
		mark_postponed(state, sweep.is_postponed);
	return r;
}

int sweep_measure(const struct state *state, const struct image_users *users,
		  uint64_t *ret_bytes, struct err *e)
{
	struct sweep sweep = { .state = state, .users = users, .e = e, .is_dry = true };

	return sweep_digests(&sweep, ret_bytes);
}
