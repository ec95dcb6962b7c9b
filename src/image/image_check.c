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
#include "image/image_load.h"
#include "image/image_record.h"
#include "image/layer.h"
#include "image/ref.h"
#include "image/sweep.h"
#include "image/work.h"
#include "image/worker.h"

struct check {
	const struct state *state;
	bool is_repairing;
	struct str *findings;
	struct arena arena;
	struct strv good; /* blobs that were verified already */
};

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

	if (strv_has(&check->good, digest))
		return;
	blob_path(digest, path);
	fd = openat(check->state->root_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	worker.input_fd = fd;
	r = fd < 0 ? err_sys(&e, errno, "open %s", path) : worker_run(&worker, &result, &e);
	if (r < 0)
		str_printf(check->findings, "image %.19s: blob %s: %s\n", image_id, digest,
			   e.text);
	else if (strcmp(result.blob, digest) != 0)
		str_printf(check->findings,
			   "image %.19s: blob %s is damaged: its digest is %s\n", image_id,
			   digest, result.blob);
	else
		strv_add(&check->good, &check->arena, digest);
}

static void check_layer(struct check *check, const struct image_record_layer *layer,
			const char *image_id)
{
	uint64_t size = 0;
	struct err e = { 0 };

	if (layer_find(check->state, layer->diff_id) < 0)
		str_printf(check->findings, "image %.19s: layer %s is missing\n", image_id,
			   layer->diff_id);
	else if (layer_size(check->state, layer->diff_id, &size, &e) < 0)
		str_printf(check->findings, "image %.19s: layer %s is damaged: %s\n", image_id,
			   layer->diff_id, e.text);
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
	check_blob(check, record.manifest, id);
	for (size_t i = 0; i < record.layer_count; i++) {
		check_blob(check, record.layers[i].blob, id);
		check_layer(check, &record.layers[i], id);
	}
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
	arena_done(&check.arena);
	return r < 0 ? r : str_ok(findings);
}
