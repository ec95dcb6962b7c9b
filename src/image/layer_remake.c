/*
 * See layer_remake.h.
 *
 * No lock of the images is taken, because whoever starts a container holds them already; nothing
 * that is needed goes away meanwhile, and two who make the same layer make the same.
 *
 * Runs in: cli (engine).
 */
#include "image/layer_remake.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "format/digest.h"
#include "image/blob.h"
#include "image/holder.h"
#include "image/image_record.h"
#include "image/work.h"
#include "image/worker.h"

/* A blob that is there and contains the layer, of any packing in which the image came. */
static bool record_search(const struct state *state, const struct image_record *record,
			  const char *diff_id, char ret_blob[DIGEST_SIZE])
{
	for (size_t m = 0; m < record->manifest_count; m++) {
		const struct image_record_layer *layers = record->manifests[m].layers;

		for (size_t i = 0; i < record->layer_count; i++)
			if (strcmp(layers[i].diff_id, diff_id) == 0 &&
			    blob_exists(state, layers[i].blob))
				return str_copy(ret_blob, DIGEST_SIZE, layers[i].blob) == 0;
	}
	return false;
}

/* Any image that has the layer will do. */
static int origin_find(const struct state *state, const char *diff_id,
		       char ret_blob[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv ids;
	int r = image_record_list(state, &arena, &ids, e);

	for (size_t i = 0; i < ids.count && r == 0; i++) {
		struct image_record record;

		if (image_record_read(state, ids.items[i], &arena, &record, NULL) == 0 &&
		    record_search(state, &record, diff_id, ret_blob))
			return 0;
	}
	return r < 0 ? r
		     : err_set(e, ERR_NOT_FOUND, -ENOENT,
			       "no image has the blob that layer %s was made of", diff_id);
}

static int unpack(const struct work *work, const char *blob, enum layer_form form,
		  struct tool_result *ret, struct err *e)
{
	char path[BLOB_PATH_SIZE];
	AUTO_CLOSE int blob_fd = -EBADF;
	AUTO_CLOSE int target_fd = -EBADF;
	struct worker_request worker = { .verb = "unpack",
					 .output_fd = -1,
					 .lock_fd = work->lock_fd };

	blob_path(blob, path);
	blob_fd = openat(work->state->root_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (blob_fd < 0)
		return err_sys(e, errno, "open blob %s", blob);
	target_fd = layer_begin(work->state, form, work->name, e);
	if (target_fd < 0)
		return target_fd;
	worker.input_fd = blob_fd;
	worker.directory_fd = target_fd;
	/* With its whiteouts even where it is the lowest: in another image it may not be. */
	worker_unpack_words(&worker, form == LAYER_EROFS, false);
	return worker_run(&worker, ret, e);
}

static int remake(const struct work *work, const char *diff_id, enum layer_form form,
		  struct err *e)
{
	struct tool_result result = { 0 };
	char blob[DIGEST_SIZE];
	int r = origin_find(work->state, diff_id, blob, e);

	if (r == 0)
		r = unpack(work, blob, form, &result, e);
	if (r == 0 && strcmp(result.diff_id, diff_id) != 0)
		r = err_set(e, ERR_INVALID, -EBADMSG,
			    "blob %s does not contain it, but layer %s", blob, result.diff_id);
	return r < 0 ? r : layer_replace(work->state, work->name, diff_id, result.size, e);
}

int layer_remake(const struct state *state, const char *diff_id, enum layer_form form,
		 struct err *e)
{
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	int r = work_begin(state, &work, e);

	if (r == 0)
		r = remake(&work, diff_id, form, e);
	if (r < 0)
		return err_wrap(e, r, "make layer %s anew", diff_id);
	/* What was mounted is another one now. */
	return holder_forget(state, digest_hex(diff_id), e);
}

int layers_remake_as_directories(const struct state *state, const struct strv *diff_ids,
				 struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < diff_ids->count && r == 0; i++) {
		if (layer_find(state, diff_ids->items[i]) != LAYER_EROFS)
			continue;
		log_warn("layer %.19s cannot be mounted here: it is unpacked again, as a "
			 "directory",
			 diff_ids->items[i]);
		r = layer_remake(state, diff_ids->items[i], LAYER_DIRECTORY, e);
	}
	return r;
}
