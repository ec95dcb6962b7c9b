/*
 * Commit: what a container has changed becomes a layer on top of its image.
 *
 * One hoy-image packs the upper directory, another unpacks what it says, at the same time: so
 * the new layer does not share a file with the container, and it is proven to unpack before it
 * exists.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "image/image_store.h"
#include "image/publish.h"
#include "image/worker.h"

struct commit_pipe {
	int read_fd;
	int write_fd;
};

/* Both programs at once. The packer's word about a failure comes first: the unpacker then only
 * sees a tar that ends too early. */
static int commit_copy_layer(const struct worker_request *pack,
			     const struct worker_request *unpack, struct commit_pipe *ends,
			     struct tool_result *ret, struct err *e)
{
	struct tool_result packed = { 0 };
	struct err unpack_error = { 0 };
	struct worker packer;
	struct worker unpacker;
	int r = worker_start(pack, &packer, e);
	int unpacked;

	if (r < 0)
		return r;
	unpacked = worker_start(unpack, &unpacker, &unpack_error);
	/* Our own ends would keep the pipe open when one of them dies. */
	ends->read_fd = fd_close(ends->read_fd);
	ends->write_fd = fd_close(ends->write_fd);
	r = worker_wait(&packer, &packed, e);
	if (unpacked == 0)
		unpacked = worker_wait(&unpacker, ret, &unpack_error);
	/* A packer that only ran into the closed pipe has nothing to say. */
	if (unpacked < 0 && (r == 0 || r == -EPIPE)) {
		if (e)
			*e = unpack_error;
		return unpacked;
	}
	if (r < 0)
		return r;
	ret->size = packed.size;
	ret->files = packed.files;
	return 0;
}

static int commit_layer(const struct publication *p, int upper_fd, struct layer_place *place,
			struct tool_result *ret, struct err *e)
{
	struct worker_request pack = { .verb = "pack",
				       .how = "layer",
				       .input_fd = -1,
				       .directory_fd = upper_fd,
				       .lock_fd = p->work->lock_fd };
	struct worker_request unpack = { .verb = "unpack", .lock_fd = p->work->lock_fd };
	struct commit_pipe ends;
	int pipe_fds[2];
	int r = layer_place_open(p->work, p->driver, true, place, e);

	if (r < 0)
		return r;
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe");
	ends = (struct commit_pipe){ pipe_fds[0], pipe_fds[1] };
	pack.output_fd = ends.write_fd;
	unpack.input_fd = ends.read_fd;
	unpack.output_fd = place->blob_fd;
	unpack.directory_fd = place->target_fd;
	worker_unpack_words(&unpack, p->driver->form == LAYER_EROFS, false);
	r = commit_copy_layer(&pack, &unpack, &ends, ret, e);
	(void)fd_close(ends.read_fd);
	(void)fd_close(ends.write_fd);
	return r;
}

/* "sh -c x": what docker puts into the history. */
static char *commit_created_by(const struct strv *cmd, struct arena *arena)
{
	AUTO_STR struct str text = { 0 };

	for (size_t i = 0; i < cmd->count; i++)
		str_printf(&text, "%s%s", i > 0 ? " " : "", cmd->items[i]);
	return str_ok(&text) == 0 ? arena_copy(arena, str_text(&text)) : NULL;
}

static int commit_add_history(const struct image_commit_request *request, bool is_empty,
			      struct arena *arena, struct image_config *config)
{
	const struct image_config *base = &request->base->config;
	struct image_history *history =
		arena_array(arena, base->history_count + 1, sizeof(*history));

	if (!history)
		return -ENOMEM;
	if (base->history_count > 0)
		memcpy(history, base->history, base->history_count * sizeof(*history));
	history[base->history_count] = (struct image_history){
		.created = config->created,
		.author = arena_copy(arena, request->author),
		.created_by = commit_created_by(&request->config->cmd, arena),
		.comment = arena_copy(arena, request->message),
		.is_empty_layer = is_empty,
	};
	config->history = history;
	config->history_count = base->history_count + 1;
	return arena_ok(arena);
}

static struct strv commit_copy(const struct strv *list, struct arena *arena)
{
	struct strv copy = { 0 };

	for (size_t i = 0; i < list->count; i++)
		strv_add(&copy, arena, list->items[i]);
	return copy;
}

/* The container's settings, changed as asked for, with the base's machine. */
static int commit_config(const struct image_commit_request *request, struct arena *arena,
			 struct image_config *ret, struct err *e)
{
	const struct image_config *base = &request->base->config;
	char created[CLOCK_TEXT_SIZE];

	*ret = *request->config;
	/* Changes write into these lists; the container's own stay as they are. */
	ret->env = commit_copy(&request->config->env, arena);
	ret->exposed_ports = commit_copy(&request->config->exposed_ports, arena);
	ret->volumes = commit_copy(&request->config->volumes, arena);
	ret->labels = commit_copy(&request->config->labels, arena);
	ret->on_build = commit_copy(&request->config->on_build, arena);
	ret->diff_ids = commit_copy(&base->diff_ids, arena);
	clock_text(clock_wall_ns(), created);
	ret->created = arena_copy(arena, created);
	ret->author = arena_copy(arena, str_is_empty(request->author) ? base->author
								      : request->author);
	ret->comment = arena_copy(arena, request->message);
	ret->architecture = base->architecture;
	ret->variant = base->variant;
	ret->os = base->os;
	for (size_t i = 0; i < request->changes.count; i++) {
		int r = image_config_change(ret, arena, request->changes.items[i], e);

		if (r < 0)
			return r;
	}
	return arena_ok(arena) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM,
					     "no memory for an image's configuration")
				   : 0;
}

/* The documents that follow from the layer, then all of it appears. */
static int commit_publish(const struct image_commit_request *request,
			  struct publication *publication, const struct image_record *base,
			  struct image_config *config, struct arena *arena,
			  char ret_id[DIGEST_SIZE], struct err *e)
{
	struct layer_place place = LAYER_PLACE_NONE;
	struct documents documents = { 0 };
	struct tool_result layer = { 0 };
	bool is_empty = false;
	int r = commit_layer(publication, request->upper_fd, &place, &layer, e);

	if (r == 0)
		r = request->check_source(request->context, e);
	if (r == 0) {
		/* As docker: a container that changed nothing adds no layer, only a line of
		 * history. */
		is_empty = layer.files == 0;
		if (!is_empty)
			strv_add(&config->diff_ids, arena, layer.diff_id);
		r = commit_add_history(request, is_empty, arena, config);
		if (r < 0)
			r = err_sys(e, r, "write down an image's history");
	}
	if (r == 0)
		r = documents_make(config, base, is_empty ? NULL : &layer, arena, &documents,
				   e);
	publication->documents = &documents;
	if (r == 0)
		r = publish_made(publication, is_empty ? NULL : &place, &layer, ret_id, e);
	publication->documents = NULL;
	documents_done(&documents);
	layer_place_close(&place);
	return r;
}

int image_commit(const struct state *state, const struct image_commit_request *request,
		 char ret_id[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct image_record base;
	struct image_config config = { 0 };
	struct publication publication = { .work = &work };
	char *reference;
	int r = publish_reference(request->reference, &arena, &reference, e);

	if (r == 0)
		r = commit_config(request, &arena, &config, e);
	if (r == 0)
		r = image_record_read(state, request->base->id, &arena, &base, e);
	if (r == -ENOENT)
		return err_set(e, ERR_NOT_FOUND, -ENOENT, "No such image: %s",
			       request->base->id);
	if (r == 0)
		r = layer_driver_choose(state, NULL, &publication.driver, e);
	if (r == 0)
		r = work_begin(state, &work, e);
	if (r < 0)
		return r;
	if (reference)
		strv_add_borrowed(&publication.references, &arena, reference);
	return commit_publish(request, &publication, &base, &config, &arena, ret_id, e);
}
