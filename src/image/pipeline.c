/*
 * See pipeline.h.
 *
 * Runs in: cli (engine).
 */
#include "image/pipeline.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "image/blob.h"

enum layer_state { LAYER_WAITING, LAYER_BUSY_ELSEWHERE, LAYER_RUNNING, LAYER_MADE };

struct job {
	bool is_running;
	size_t n;
	struct worker worker;
	struct layer_place place;
	bool has_layer; /* it is unpacked, not only verified */
	bool has_blob;
	int count_fd; /* its offset says how far it is; -EBADF: nobody asks */
};

struct run {
	const struct pipeline *p;
	enum layer_state *states;
	struct job jobs[PIPELINE_JOBS];
};

static bool layer_is_there(const struct run *run, const char *diff_id)
{
	return layer_find(run->p->work->state, diff_id) >= 0;
}

/* The same layer may be in an image several times. */
static bool is_same(const struct image_record_layer *a, const struct image_record_layer *b)
{
	return strcmp(a->diff_id, b->diff_id) == 0 && strcmp(a->blob, b->blob) == 0;
}

/* --- starting ---------------------------------------------------------------------------- */

static int bytes_of_store(const struct run *run, const char *digest, struct pipeline_bytes *ret,
			  struct err *e)
{
	char path[BLOB_PATH_SIZE];

	blob_path(digest, path);
	*ret = (struct pipeline_bytes){ .output_fd = -EBADF };
	ret->input_fd =
		openat(run->p->work->state->root_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return ret->input_fd < 0 ? err_sys(e, errno, "read blob %s", digest) : 0;
}

/* The one place that knows how a driver's layer is asked for. */
static int job_work(const struct run *run, struct job *job, const struct pipeline_bytes *bytes,
		    struct err *e)
{
	char range[64];
	struct worker_request request = { .verb = job->has_layer ? "unpack" : "verify",
					  .input_fd = bytes->input_fd,
					  .output_fd = bytes->output_fd,
					  .directory_fd = -1,
					  .lock_fd = run->p->work->lock_fd };
	size_t words = 0;
	bool is_kept_here = job->has_blob && !bytes->is_file && bytes->output_fd < 0;
	int r = 0;

	(void)snprintf(range, sizeof(range), "range=%llu+%llu",
		       (unsigned long long)bytes->offset, (unsigned long long)bytes->size);
	if (job->has_layer && run->p->driver->form == LAYER_EROFS)
		request.words[words++] = "erofs";
	if (bytes->is_range)
		request.words[words++] = range;
	if (bytes->is_resumed)
		request.words[words++] = "resume";
	if (bytes->is_untyped)
		request.words[words++] = "untyped";
	if (job->has_layer || is_kept_here)
		r = layer_place_open(run->p->work, job->has_layer ? run->p->driver : NULL,
				     is_kept_here, &job->place, e);
	if (r < 0)
		return r;
	if (job->has_layer)
		request.directory_fd = job->place.target_fd;
	if (is_kept_here)
		request.output_fd = job->place.blob_fd;
	r = worker_start(&request, &job->worker, e);
	if (r == 0 && run->p->source->running)
		job->count_fd = fcntl(is_kept_here ? request.output_fd : request.input_fd,
				      F_DUPFD_CLOEXEC, 3);
	layer_place_close(&job->place);
	return r;
}

static int job_start(struct run *run, struct job *job, size_t n, struct err *e)
{
	const struct pipeline *p = run->p;
	const struct image_record_layer *layer = &p->layers[n];
	struct pipeline_bytes bytes = { .input_fd = -EBADF, .output_fd = -EBADF };
	int r;

	*job = (struct job){ .n = n, .place = LAYER_PLACE_NONE, .count_fd = -EBADF };
	job->has_layer = !layer_is_there(run, layer->diff_id);
	job->has_blob = !layer->blob[0] || !blob_exists(p->work->state, layer->blob);
	run->states[n] = LAYER_MADE;
	/* Both are here; if no image says that they belong together, they are compared. */
	if (!job->has_layer && !job->has_blob &&
	    image_record_pairs(p->work->state, layer->diff_id, layer->blob))
		return p->source->done(p->source->context, &(struct pipeline_layer){ .n = n },
				       e);
	r = job->has_blob ? p->source->open(p->source->context, n, true, &bytes, e)
			  : bytes_of_store(run, layer->blob, &bytes, e);
	if (r == -EAGAIN) {
		run->states[n] = LAYER_BUSY_ELSEWHERE;
		return 0;
	}
	if (r == 0)
		r = job_work(run, job, &bytes, e);
	(void)fd_close(bytes.input_fd);
	if (r < 0)
		return r;
	job->is_running = true;
	run->states[n] = LAYER_RUNNING;
	return 0;
}

/* The largest that waits; -1: none. */
static ssize_t next_layer(const struct run *run)
{
	const struct image_record_layer *layers = run->p->layers;
	ssize_t best = -1;

	for (size_t i = 0; i < run->p->count; i++)
		if (run->states[i] == LAYER_WAITING &&
		    (best < 0 || layers[i].blob_size > layers[best].blob_size))
			best = (ssize_t)i;
	return best;
}

static int start_all(struct run *run, struct err *e)
{
	for (size_t i = 0; i < PIPELINE_JOBS; i++) {
		while (!run->jobs[i].is_running) {
			ssize_t n = next_layer(run);
			int r = n < 0 ? 0 : job_start(run, &run->jobs[i], (size_t)n, e);

			if (n < 0 || r < 0)
				return r;
		}
	}
	return 0;
}

/* --- ending ------------------------------------------------------------------------------ */

static int check_result(const struct image_record_layer *layer,
			const struct tool_result *result, struct err *e)
{
	if (layer->blob[0] && strcmp(layer->blob, result->blob) != 0)
		return err_set(e, ERR_INVALID, -EBADMSG,
			       "layer %.19s is not what it should be: its digest is %s",
			       layer->blob, result->blob);
	if (layer->blob[0] && layer->blob_size != result->blob_size)
		return err_set(e, ERR_INVALID, -EBADMSG,
			       "layer %.19s has %llu bytes instead of %llu", layer->blob,
			       (unsigned long long)result->blob_size,
			       (unsigned long long)layer->blob_size);
	if (strcmp(layer->diff_id, result->diff_id) != 0)
		return err_set(
			e, ERR_INVALID, -EBADMSG,
			"layer %.19s is not what the image's config says: its diff id is "
			"%s instead of %s",
			result->blob, result->diff_id, layer->diff_id);
	return 0;
}

/* What was not known of the layer, and of the others that are the same. */
static void fill_layers(struct run *run, size_t n, const struct tool_result *result)
{
	struct image_record_layer *layers = run->p->layers;
	const struct image_record_layer before = layers[n];

	for (size_t i = 0; i < run->p->count; i++) {
		if (!is_same(&layers[i], &before))
			continue;
		(void)str_copy(layers[i].blob, sizeof(layers[i].blob), result->blob);
		layers[i].blob_size = result->blob_size;
		if (!layers[i].media_type)
			layers[i].media_type = arena_copy(run->p->arena, result->media_type);
	}
}

static int job_end(struct run *run, struct job *job, struct err *e)
{
	const struct pipeline_source *source = run->p->source;
	struct tool_result result = { 0 };
	struct pipeline_layer layer = { .n = job->n,
					.place = &job->place,
					.has_layer = job->has_layer,
					.has_blob = job->has_blob,
					.result = &result };
	int r = worker_wait(&job->worker, &result, e);

	job->is_running = false;
	job->count_fd = fd_close(job->count_fd);
	run->states[job->n] = LAYER_MADE;
	if (r == 0)
		r = check_result(&run->p->layers[job->n], &result, e);
	if (r < 0) {
		if (source->failed)
			r = source->failed(source->context, job->n, r, e);
		if (r > 0)
			run->states[job->n] = LAYER_WAITING;
		return r < 0 ? r : 0;
	}
	fill_layers(run, job->n, &result);
	return source->done(source->context, &layer, e);
}

static void end_all(struct run *run)
{
	for (size_t i = 0; i < PIPELINE_JOBS; i++)
		if (run->jobs[i].is_running) {
			worker_kill(&run->jobs[i].worker);
			run->jobs[i].is_running = false;
			run->jobs[i].count_fd = fd_close(run->jobs[i].count_fd);
		}
}

/* --- telling ----------------------------------------------------------------------------- */

static void tell(const struct run *run)
{
	const struct pipeline_source *source = run->p->source;
	struct pipeline_running running[PIPELINE_JOBS];
	size_t count = 0;

	if (!source->running)
		return;
	for (size_t i = 0; i < PIPELINE_JOBS; i++) {
		const struct job *job = &run->jobs[i];
		off_t at = job->is_running ? lseek(job->count_fd, 0, SEEK_CUR) : 0;

		if (job->is_running)
			running[count++] =
				(struct pipeline_running){ .n = job->n,
							   .bytes = at > 0 ? (uint64_t)at : 0 };
	}
	source->running(source->context, running, count);
}

/* --- waiting ----------------------------------------------------------------------------- */

enum { WAIT_INTERRUPT = PIPELINE_JOBS, WAIT_EVENT, WAIT_FDS };

static void wait_fill(const struct run *run, struct pollfd fds[WAIT_FDS])
{
	for (size_t i = 0; i < PIPELINE_JOBS; i++)
		fds[i] = (struct pollfd){
			.fd = run->jobs[i].is_running ? run->jobs[i].worker.result_fd : -1,
			.events = POLLIN,
		};
	fds[WAIT_INTERRUPT] = (struct pollfd){ .fd = run->p->interrupt->fd, .events = POLLIN };
	fds[WAIT_EVENT] = (struct pollfd){ .fd = run->p->source->event_fd, .events = POLLIN };
}

/* Who waited for somebody else asks again. Is there anybody? */
static bool ask_again(struct run *run)
{
	bool is_any = false;

	for (size_t i = 0; i < run->p->count; i++) {
		if (run->states[i] != LAYER_BUSY_ELSEWHERE)
			continue;
		run->states[i] = LAYER_WAITING;
		is_any = true;
	}
	return is_any;
}

static int wait_for_any(struct run *run, struct err *e)
{
	struct pollfd fds[WAIT_FDS];
	bool is_timed = ask_again(run) || run->p->source->running;
	int r;

	wait_fill(run, fds);
	if (poll(fds, WAIT_FDS, is_timed ? PIPELINE_TICK_MS : -1) < 0)
		return errno == EINTR ? 0 : err_sys(e, errno, "wait for the layers");
	if (fds[WAIT_INTERRUPT].revents)
		return err_set(e, ERR_INTERNAL, -EINTR, "interrupted");
	/* First what the source has to say: it may know why a layer ends. */
	r = fds[WAIT_EVENT].revents ? run->p->source->event(run->p->source->context, e) : 0;
	for (size_t i = 0; i < PIPELINE_JOBS && r == 0; i++)
		if (fds[i].revents)
			r = job_end(run, &run->jobs[i], e);
	return r;
}

static bool is_any_left(const struct run *run)
{
	for (size_t i = 0; i < run->p->count; i++)
		if (run->states[i] != LAYER_MADE)
			return true;
	return false;
}

/* The first of several that are the same is made, the others are not. */
static void skip_repeated(struct run *run)
{
	for (size_t i = 1; i < run->p->count; i++)
		for (size_t k = 0; k < i; k++)
			if (is_same(&run->p->layers[i], &run->p->layers[k]))
				run->states[i] = LAYER_MADE;
}

int pipeline_run(const struct pipeline *pipeline, struct err *e)
{
	struct run run = { .p = pipeline };
	int r = 0;

	run.states = arena_array(pipeline->arena, pipeline->count, sizeof(run.states[0]));
	if (!run.states)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for layers");
	skip_repeated(&run);
	while (r == 0 && is_any_left(&run)) {
		r = start_all(&run, e);
		tell(&run);
		if (r == 0 && is_any_left(&run))
			r = wait_for_any(&run, e);
	}
	end_all(&run);
	tell(&run);
	return r;
}
