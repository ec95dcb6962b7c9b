/*
 * Verifying the store: every reference resolves, every blob is what its name says, every layer
 * is there.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "image/blob.h"
#include "image/blob_refetch.h"
#include "image/driver.h"
#include "image/image_load.h"
#include "image/image_record.h"
#include "image/layer.h"
#include "image/layer_remake.h"
#include "image/ref.h"
#include "image/sweep.h"
#include "image/work.h"
#include "image/worker.h"

/* What is missing or damaged: said, and repaired, when the lock is free again. */
struct lost {
	struct strv digests;
	struct strv why; /* a sentence for each */
};

struct check {
	const struct state *state;
	bool is_repairing;
	struct str *findings;
	struct arena arena;
	struct strv good; /* blobs that were verified already */
	struct lost blobs;
	struct lost layers; /* by their diff ids */
	struct blob_refetch refetch;
};

/* Once, however many images have it. */
static void lost_add(struct check *check, struct lost *lost, const char *digest, char *why)
{
	strv_add(&lost->digests, &check->arena, digest);
	strv_add_borrowed(&lost->why, &check->arena, why);
}

/* The bytes are read by hoy-image: it hashes ten times faster, and it is where bytes are read.
 */
static void check_blob(struct check *check, const char *digest, const char *image_id)
{
	struct worker_request worker = {
		.verb = "digest", .output_fd = -1, .directory_fd = -1, .lock_fd = -1
	};
	struct tool_result result = { 0 };
	struct err e = { 0 };
	char path[BLOB_PATH_SIZE];
	AUTO_CLOSE int fd = -EBADF;
	int r;

	if (strv_has(&check->good, digest) || strv_has(&check->blobs.digests, digest))
		return;
	blob_path(digest, path);
	fd = openat(check->state->root_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	worker.input_fd = fd;
	r = fd < 0 ? err_sys(&e, errno, "open %s", path) : worker_run(&worker, &result, &e);
	if (r < 0)
		lost_add(check, &check->blobs, digest,
			 arena_printf(&check->arena, "image %.19s: blob %s: %s", image_id,
				      digest, e.text));
	else if (strcmp(result.blob, digest) != 0)
		lost_add(check, &check->blobs, digest,
			 arena_printf(&check->arena,
				      "image %.19s: blob %s is damaged: its digest is %s",
				      image_id, digest, result.blob));
	else
		strv_add(&check->good, &check->arena, digest);
}

static void check_layer(struct check *check, const struct image_record_layer *layer,
			const char *image_id)
{
	struct err e = { 0 };

	if (strv_has(&check->layers.digests, layer->diff_id) ||
	    layer_check(check->state, layer->diff_id, &e) == 0)
		return;
	lost_add(check, &check->layers, layer->diff_id,
		 arena_printf(&check->arena, "image %.19s: %s", image_id, e.text));
}

static void check_image(struct check *check, const char *id)
{
	struct image_record record;
	struct image image;
	struct err e = { 0 };

	if (image_record_read(check->state, id, &check->arena, &record, &e) < 0) {
		str_printf(check->findings, "image %.19s: %s\n", id, e.text);
		return;
	}
	if (image_load(check->state, id, &check->arena, &image, &e) < 0)
		str_printf(check->findings, "%s\n", e.text);
	check_blob(check, id, id);
	for (size_t m = 0; m < record.manifest_count; m++) {
		check_blob(check, record.manifests[m].digest, id);
		for (size_t i = 0; i < record.layer_count; i++)
			check_blob(check, record.manifests[m].layers[i].blob, id);
	}
	for (size_t i = 0; i < record.layer_count; i++)
		check_layer(check, &record.manifests[0].layers[i], id);
}

static int check_references(struct check *check, struct err *e)
{
	struct ref *refs;
	size_t count;
	int r = ref_list(check->state, &check->arena, &refs, &count, e);

	for (size_t i = 0; i < count && r == 0; i++) {
		if (refs[i].id[0] && image_record_exists(check->state, refs[i].id))
			continue;
		str_printf(check->findings, "reference %s points to no image", refs[i].name);
		if (check->is_repairing && refs[i].id[0] &&
		    ref_remove(check->state, refs[i].name, NULL) == 0)
			str_add(check->findings, ": removed");
		str_add_char(check->findings, '\n');
	}
	return r;
}

static int check_all(struct check *check, struct err *e)
{
	struct strv ids = { 0 };
	int r = check_references(check, e);

	if (r == 0)
		r = image_record_list(check->state, &check->arena, &ids, e);
	for (size_t i = 0; i < ids.count && r == 0; i++)
		check_image(check, ids.items[i]);
	return r;
}

/* From its blob, in the form that new layers have now. */
static int layer_mend(struct check *check, const char *diff_id, struct err *e)
{
	const struct layer_driver *driver;
	int r = layer_driver_choose(check->state, NULL, &driver, e);

	return r < 0 ? r : layer_remake(check->state, diff_id, driver->form, e);
}

static int blob_mend(struct check *check, const char *digest, struct err *e)
{
	return blob_refetch(&check->refetch, digest, e);
}

static void report_lost(struct check *check, const struct lost *lost,
			int (*mend)(struct check *check, const char *digest, struct err *e))
{
	for (size_t i = 0; i < lost->digests.count; i++) {
		struct err e = { 0 };

		str_add(check->findings, lost->why.items[i]);
		if (check->is_repairing && mend(check, lost->digests.items[i], &e) < 0)
			str_printf(check->findings, " (cannot be repaired: %s)", e.text);
		else if (check->is_repairing)
			str_add(check->findings, " (repaired)");
		str_add_char(check->findings, '\n');
	}
}

int image_check(const struct state *state, bool is_repairing, struct str *findings,
		struct err *e)
{
	struct check check = { .state = state,
			       .is_repairing = is_repairing,
			       .findings = findings };
	AUTO_CLOSE int lock = -EBADF;
	size_t debris = 0;
	int r = is_repairing ? work_recover(state, e) : 0;

	if (r == 0)
		r = work_count_debris(state, &debris, e);
	if (r == 0 && debris > 0)
		str_printf(findings, "%zu unfinished image commands left files in %s/tmp\n",
			   debris, state->root);
	if (r < 0)
		return r;
	lock = images_lock(state, is_repairing, e);
	r = lock < 0 ? lock : check_all(&check, e);
	lock = fd_close(lock);
	if (r == 0)
		r = arena_ok(&check.arena);
	if (r == 0) {
		check.refetch = (struct blob_refetch){ .state = state, .arena = &check.arena };
		/* Layers are made of blobs. */
		report_lost(&check, &check.blobs, blob_mend);
		report_lost(&check, &check.layers, layer_mend);
	}
	arena_done(&check.arena);
	return r < 0 ? r : str_ok(findings);
}
