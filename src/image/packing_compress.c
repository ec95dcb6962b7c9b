/*
 * See packing_compress.h.
 *
 * How far one is, its input says: the offset of the file is ours, too.
 *
 * Runs in: cli (engine).
 */
#include "image/packing_compress.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "image/blob.h"
#include "image/pipeline.h"
#include "image/worker.h"

enum { TELL_MS = 100 };

struct job {
	bool is_running;
	size_t n;
	int input_fd;
	struct worker worker;
};

struct run {
	const struct packing_compress *c;
	struct job jobs[PIPELINE_JOBS];
	size_t next; /* the blob that begins next */
};

/* --- telling ------------------------------------------------------------------------------- */

static void tell(const struct run *run)
{
	const struct packing_request *request = run->c->request;
	struct packing_layer layers[PIPELINE_JOBS];
	size_t count = 0;

	if (!request->progress)
		return;
	for (size_t i = 0; i < PIPELINE_JOBS; i++) {
		const struct job *job = &run->jobs[i];
		off_t at = job->is_running ? lseek(job->input_fd, 0, SEEK_CUR) : 0;

		if (!job->is_running)
			continue;
		layers[count++] = (struct packing_layer){
			.diff_id = run->c->blobs[job->n].from->diff_id,
			.size = run->c->blobs[job->n].from->blob_size,
			.bytes = at > 0 ? (uint64_t)at : 0,
		};
	}
	request->progress(request->context, layers, count);
}

/* --- one blob ------------------------------------------------------------------------------ */

static int job_start(struct run *run, struct job *job, size_t n, struct err *e)
{
	const struct packing_blob *blob = &run->c->blobs[n];
	struct worker_request request = { .verb = "compress",
					  .directory_fd = -1,
					  .lock_fd = run->c->work->lock_fd };
	char path[BLOB_PATH_SIZE];
	AUTO_CLOSE int fd = -EBADF;
	int r;

	blob_path(blob->from->blob, path);
	fd = openat(run->c->work->state->root_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open blob %s", blob->from->blob);
	r = layer_place_open(run->c->work, NULL, true, blob->place, e);
	if (r < 0)
		return r;
	request.input_fd = fd;
	request.output_fd = blob->place->blob_fd;
	r = worker_start(&request, &job->worker, e);
	if (r < 0) {
		layer_place_close(blob->place);
		return r;
	}
	job->n = n;
	job->input_fd = fd_take(&fd);
	job->is_running = true;
	return 0;
}

static void job_clear(const struct run *run, struct job *job)
{
	job->is_running = false;
	job->input_fd = fd_close(job->input_fd);
	layer_place_close(run->c->blobs[job->n].place);
}

static int job_end(const struct run *run, struct job *job, struct err *e)
{
	const struct packing_blob *blob = &run->c->blobs[job->n];
	struct image_record_layer *to = blob->to;
	struct tool_result result = { 0 };
	int r = worker_wait(&job->worker, &result, e);

	job_clear(run, job);
	if (r < 0)
		return r;
	/* A registry would have refused it; under a new digest it would not notice. */
	if (strcmp(result.diff_id, blob->from->diff_id) != 0)
		return err_set(e, ERR_INTERNAL, -EBADMSG,
			       "blob %s is damaged: its digest is %s", blob->from->blob,
			       result.diff_id);
	memcpy(to->blob, result.blob, sizeof(to->blob));
	to->blob_size = result.blob_size;
	to->media_type = arena_copy(run->c->arena, result.media_type);
	return to->media_type ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a layer");
}

/* --- all of them --------------------------------------------------------------------------- */

static size_t count_running(const struct run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < PIPELINE_JOBS; i++)
		count += run->jobs[i].is_running;
	return count;
}

static int start_all(struct run *run, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < PIPELINE_JOBS && r == 0; i++)
		if (!run->jobs[i].is_running && run->next < run->c->count)
			r = job_start(run, &run->jobs[i], run->next++, e);
	return r;
}

static int wait_for_any(struct run *run, struct err *e)
{
	struct pollfd fds[PIPELINE_JOBS + 1];
	int r = 0;

	for (size_t i = 0; i < PIPELINE_JOBS; i++)
		fds[i] = (struct pollfd){
			.fd = run->jobs[i].is_running ? run->jobs[i].worker.result_fd : -1,
			.events = POLLIN,
		};
	fds[PIPELINE_JOBS] = (struct pollfd){ .fd = run->c->interrupt->fd, .events = POLLIN };
	if (poll(fds, PIPELINE_JOBS + 1, run->c->request->progress ? TELL_MS : -1) < 0)
		return errno == EINTR ? 0 : err_sys(e, errno, "wait for the layers");
	if (fds[PIPELINE_JOBS].revents)
		return err_set(e, ERR_INTERNAL, -EINTR, "interrupted");
	for (size_t i = 0; i < PIPELINE_JOBS && r == 0; i++)
		if (fds[i].revents)
			r = job_end(run, &run->jobs[i], e);
	return r;
}

static void end_all(struct run *run)
{
	for (size_t i = 0; i < PIPELINE_JOBS; i++)
		if (run->jobs[i].is_running) {
			worker_kill(&run->jobs[i].worker);
			job_clear(run, &run->jobs[i]);
		}
}

int packing_compress(const struct packing_compress *compress, struct err *e)
{
	struct run run = { .c = compress };
	int r = 0;

	while (r == 0 && (run.next < compress->count || count_running(&run) > 0)) {
		r = start_all(&run, e);
		tell(&run);
		if (r == 0)
			r = wait_for_any(&run, e);
	}
	end_all(&run);
	if (compress->count > 0)
		tell(&run);
	return r;
}
