/*
 * See pull_blobs.h.
 *
 * Runs in: cli (engine).
 */
#include "image/pull_blobs.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"

enum {
	PULL_PIPE = 1 << 20, /* bytes on their way between the two programs */
	/* how long the fetcher may take to say why a stream ended */
	PULL_WHY_MS = 2000
};

static void tell(const struct pull_blobs *blobs, enum pull_event event, size_t n,
		 uint64_t bytes)
{
	const struct pull_progress progress = { .event = event, .n = n, .bytes = bytes };

	if (blobs->request->progress)
		blobs->request->progress(blobs->request->context, &progress);
}

/* --- the fetcher's events ---------------------------------------------------------------- */

static size_t find_blob(const struct pull_blobs *blobs, uint32_t id)
{
	size_t n = 0;

	while (n < blobs->manifest->layer_count &&
	       !(blobs->items[n].is_fetching && blobs->items[n].id == id))
		n++;
	return n;
}

static void take_event(struct pull_blobs *blobs, const struct registry_event *event)
{
	size_t n = find_blob(blobs, event->id);
	struct pull_blob *blob = &blobs->items[n];

	if (n == blobs->manifest->layer_count)
		return;
	if (event->kind == REGISTRY_PROGRESS) {
		tell(blobs, PULL_FETCHING, n, event->bytes);
		return;
	}
	blob->is_fetching = false;
	blob->has_ended = true;
	blob->result = event->result;
	if (event->result < 0)
		blob->err = event->err;
	else
		tell(blobs, PULL_FETCHING, n, event->bytes);
}

static int blobs_event(void *context, struct err *e)
{
	struct pull_blobs *blobs = context;
	struct registry_event event;
	int r;

	while ((r = registry_next(blobs->registry, 0, &event, e)) > 0)
		take_event(blobs, &event);
	return r;
}

/* --- begin ------------------------------------------------------------------------------- */

/* A stream into a pipe; the reading end is given away. */
static int fetch(struct pull_blobs *blobs, size_t n, int *ret_fd, struct err *e)
{
	struct pull_blob *blob = &blobs->items[n];
	int pipe_fds[2];
	int r;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe");
	/* Where it is not allowed the usual size does. */
	(void)fcntl(pipe_fds[1], F_SETPIPE_SZ, PULL_PIPE);
	r = registry_fetch(blobs->registry, &blobs->manifest->layers[n], blob->partial.size,
			   pipe_fds[1], &blob->id, e);
	(void)fd_close(pipe_fds[1]);
	if (r < 0) {
		(void)fd_close(pipe_fds[0]);
		return r;
	}
	blob->is_fetching = true;
	*ret_fd = pipe_fds[0];
	return 0;
}

static int blobs_open(void *context, size_t n, bool is_kept, struct pipeline_bytes *ret,
		      struct err *e)
{
	struct pull_blobs *blobs = context;
	const struct descriptor *descriptor = &blobs->manifest->layers[n];
	struct pull_blob *blob = &blobs->items[n];
	int r = partial_open(blobs->publication->work->state, descriptor->digest,
			     descriptor->size, &blob->partial, e);

	(void)is_kept;
	if (r == -EAGAIN)
		tell(blobs, PULL_WAITING, n, 0);
	if (r < 0)
		return r;
	blob->resumed = blob->partial.size;
	blob->has_ended = false;
	blob->result = 0;
	*ret = (struct pipeline_bytes){ .output_fd = blob->partial.fd, .is_resumed = true };
	tell(blobs, PULL_FETCHING, n, blob->resumed);
	/* All of it is here: an earlier pull got as far. */
	if (blob->partial.size == descriptor->size) {
		ret->input_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		return ret->input_fd < 0 ? err_sys(e, errno, "open /dev/null") : 0;
	}
	return fetch(blobs, n, &ret->input_fd, e);
}

/* --- end --------------------------------------------------------------------------------- */

static int blobs_done(void *context, const struct pipeline_layer *layer, struct err *e)
{
	struct pull_blobs *blobs = context;
	struct pull_blob *blob = &blobs->items[layer->n];
	struct publish_blob file = partial_blob(&blob->partial);
	int r;

	if (!layer->has_layer && !layer->has_blob) {
		tell(blobs, PULL_EXISTS, layer->n, 0);
		return 0;
	}
	r = publish_layer(blobs->publication, layer->has_layer ? layer->place : NULL,
			  layer->has_blob ? &file : NULL, layer->result, e);
	partial_close(&blob->partial);
	if (r == 0)
		tell(blobs, PULL_DONE, layer->n, blobs->manifest->layers[layer->n].size);
	return r;
}

/* Does the fetcher say why the stream ended? It may be a moment behind. */
static void wait_for_end(struct pull_blobs *blobs, size_t n)
{
	struct registry_event event;

	while (blobs->items[n].is_fetching &&
	       registry_next(blobs->registry, PULL_WHY_MS, &event, NULL) > 0)
		take_event(blobs, &event);
	if (blobs->items[n].is_fetching)
		registry_cancel(blobs->registry, blobs->items[n].id);
	blobs->items[n].is_fetching = false;
}

/*
 * A transfer that broke keeps its bytes. Any other failure is the blob's own (or the disk's): what
 * is there is thrown away; and if it was the continuation of an earlier pull's, once more from the
 * start, because a power cut may have left anything in it.
 */
static int blobs_failed(void *context, size_t n, int r, struct err *e)
{
	struct pull_blobs *blobs = context;
	struct pull_blob *blob = &blobs->items[n];

	if (blob->partial.fd < 0)
		return r;
	wait_for_end(blobs, n);
	/* EPIPE: its reader had ended before. */
	if (blob->has_ended && blob->result < 0 && blob->result != -EPIPE) {
		partial_close(&blob->partial);
		if (e)
			*e = blob->err;
		return blob->result;
	}
	partial_discard(&blob->partial);
	if (blob->resumed == 0 || blob->is_second)
		return r;
	blob->is_second = true;
	return 1;
}

struct pipeline_source pull_blobs_source(struct pull_blobs *blobs)
{
	return (struct pipeline_source){ .context = blobs,
					 .open = blobs_open,
					 .done = blobs_done,
					 .failed = blobs_failed,
					 .event = blobs_event,
					 .event_fd = registry_fd(blobs->registry) };
}

void pull_blobs_end(struct pull_blobs *blobs)
{
	for (size_t n = 0; n < blobs->manifest->layer_count; n++) {
		if (blobs->items[n].is_fetching)
			registry_cancel(blobs->registry, blobs->items[n].id);
		partial_close(&blobs->items[n].partial);
	}
}
