/*
 * See archive_index.h.
 *
 * Runs in: cli (engine).
 */
#include "image/archive_index.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "format/json.h"
#include "image/blob.h"
#include "image/worker.h"
#include "linux/inroot.h"
#include "linux/memfd.h"

static const char archive_what[] = TOOL_PROGRAM;

static int read_digest(struct json_object *o, char ret[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	char *text = NULL;
	int r = json_get_string(o, archive_what, "digest", &arena, &text, e);

	if (r < 0 || !text)
		return r;
	if (!digest_is_valid(text))
		return err_set(e, ERR_INVALID, -EINVAL, "%s: digest is none", archive_what);
	return str_copy(ret, DIGEST_SIZE, text);
}

static int read_piece(struct json_object *o, struct arena *arena, struct archive_piece *ret,
		      struct err *e)
{
	int r;

	ret->file = -1;
	r = json_get_string(o, archive_what, "path", arena, &ret->path, e);
	if (r == 0)
		r = json_get_i64(o, archive_what, "file", 0, INT32_MAX, &ret->file, e);
	if (r == 0)
		r = json_get_u64(o, archive_what, "offset", INT64_MAX, &ret->offset, e);
	if (r == 0)
		r = json_get_u64(o, archive_what, "size", INT64_MAX, &ret->size, e);
	if (r == 0)
		r = json_get_string(o, archive_what, "mediaType", arena, &ret->media_type, e);
	if (r == 0)
		r = json_get_bool(o, archive_what, "untyped", &ret->is_untyped, e);
	return r < 0 ? r : read_digest(o, ret->digest, e);
}

static int read_layers(struct json_object *o, struct arena *arena, struct archive_content *ret,
		       struct err *e)
{
	struct json_object *array = NULL;
	int r = json_get_array(o, archive_what, "layers", SIZE_MAX, &array, e);

	if (r < 0)
		return r;
	ret->layer_count = array ? json_object_array_length(array) : 0;
	ret->layers = arena_array(arena, ret->layer_count, sizeof(ret->layers[0]));
	for (size_t i = 0; ret->layers && i < ret->layer_count && r == 0; i++)
		r = read_piece(json_object_array_get_idx(array, i), arena, &ret->layers[i], e);
	return r;
}

static int read_content(struct json_object *o, struct arena *arena, struct archive_content *ret,
			struct err *e)
{
	struct json_object *config = NULL;
	struct json_object *manifest = NULL;
	int r = json_get_object(o, archive_what, "config", &config, e);

	if (r == 0)
		r = json_get_object(o, archive_what, "manifest", &manifest, e);
	if (r == 0)
		r = json_get_strings(o, archive_what, "names", arena, &ret->names, e);
	if (r == 0)
		r = read_piece(config, arena, &ret->config, e);
	ret->has_manifest = manifest != NULL;
	if (r == 0 && manifest)
		r = read_piece(manifest, arena, &ret->manifest, e);
	return r < 0 ? r : read_layers(o, arena, ret, e);
}

static int read_contents(struct json_object *o, struct arena *arena, struct archive_index *ret,
			 struct err *e)
{
	struct json_object *array = NULL;
	int r = json_get_array(o, archive_what, "images", SIZE_MAX, &array, e);

	if (r < 0)
		return r;
	ret->count = array ? json_object_array_length(array) : 0;
	ret->items = arena_array(arena, ret->count, sizeof(ret->items[0]));
	for (size_t i = 0; ret->items && i < ret->count && r == 0; i++)
		r = read_content(json_object_array_get_idx(array, i), arena, &ret->items[i], e);
	if (r == 0 && arena_ok(arena) < 0)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for what is in the archive");
	return r;
}

/* Where hoy-image spools to: made empty. */
static int spool_make(const struct work *work, struct err *e)
{
	int fd;

	FAULT("mkdir");
	if (mkdirat(work->fd, ARCHIVE_SPOOL, 0700) < 0)
		return err_sys(e, errno, "make %s/tmp/%s/%s", work->state->root, work->name,
			       ARCHIVE_SPOOL);
	fd = openat(work->fd, ARCHIVE_SPOOL, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, errno, "open %s/tmp/%s/%s", work->state->root, work->name,
				ARCHIVE_SPOOL)
		      : fd;
}

static void request_words(struct worker_request *request, const struct archive_wanted *wanted,
			  bool is_layout, struct arena *arena)
{
	size_t count = 0;

	if (is_layout)
		request->words[count++] = "layout";
	if (wanted->platform)
		request->words[count++] = arena_printf(arena, "platform=%s", wanted->platform);
	if (wanted->name)
		request->words[count++] = arena_printf(arena, "name=%s", wanted->name);
}

/* --- how far it is ----------------------------------------------------------------------- */

struct reading {
	const struct load_watcher *watcher;
	int count_fd; /* an empty file whose offset hoy-image moves on by what it reads */
};

static void reading_tick(void *context)
{
	const struct reading *reading = context;
	off_t at = lseek(reading->count_fd, 0, SEEK_CUR);
	const struct load_progress progress = { .event = LOAD_READING,
						.bytes = at > 0 ? (uint64_t)at : 0 };

	/* A plain file is not read, only searched. */
	if (at > 0)
		reading->watcher->tell(reading->watcher->context, &progress);
}

static void reading_end(const struct reading *reading)
{
	const struct load_progress progress = { .event = LOAD_READ };

	if (reading->count_fd >= 0)
		reading->watcher->tell(reading->watcher->context, &progress);
}

static int index_run(const struct worker_request *request, struct reading *reading,
		     const struct interrupt *interrupt, struct json_object **ret, struct err *e)
{
	const struct worker_watch watch = { .interrupt = interrupt,
					    .tick = reading->count_fd >= 0 ? reading_tick
									   : NULL,
					    .context = reading };
	struct worker worker;
	int r = worker_start(request, &worker, e);

	if (r == 0)
		r = worker_await(&worker, &watch, e);
	if (r == 0)
		r = worker_wait_object(&worker, ARCHIVE_RESULT_MAX, ret, e);
	reading_end(reading);
	return r;
}

int archive_index_read(const struct work *work, const struct archive_index_request *request,
		       struct arena *arena, struct archive_index *ret, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	bool is_layout = request->input->archive_fd < 0;
	AUTO_CLOSE int spool_fd = is_layout ? -EBADF : spool_make(work, e);
	/* Nothing fits into it. Without it nobody sees how far it is, and no more. */
	AUTO_CLOSE int count_fd =
		is_layout || !request->watcher->tell ? -EBADF : memfd_make_bounded("read", 0);
	struct reading reading = { .watcher = request->watcher, .count_fd = count_fd };
	struct worker_request worker = {
		.verb = "index",
		.input_fd = is_layout ? -1 : request->input->archive_fd,
		.output_fd = count_fd,
		.directory_fd = is_layout ? request->input->layout_fd : spool_fd,
		.lock_fd = work->lock_fd,
	};
	int r;

	if (!is_layout && spool_fd < 0)
		return spool_fd;
	*ret = (struct archive_index){ .work = work, .input = *request->input };
	request_words(&worker, &request->wanted, is_layout, arena);
	r = index_run(&worker, &reading, request->interrupt, &o, e);
	return r < 0 ? r : read_contents(o, arena, ret, e);
}

bool archive_piece_is_blob(const struct archive_piece *piece)
{
	return piece->file >= 0 && !piece->is_untyped;
}

void archive_spool_name(int64_t file, char name[ARCHIVE_SPOOL_NAME])
{
	(void)snprintf(name, ARCHIVE_SPOOL_NAME, "%s/%lld", ARCHIVE_SPOOL, (long long)file);
}

int archive_open(const struct archive_index *index, const struct archive_piece *piece,
		 struct err *e)
{
	char name[ARCHIVE_SPOOL_NAME];
	struct stat st;
	int fd;

	if (piece->path) {
		fd = inroot_open(index->input.layout_fd, piece->path,
				 O_RDONLY | O_NOCTTY | O_NONBLOCK);
		if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
			(void)fd_close(fd);
			fd = -EINVAL;
		}
		return fd < 0 ? err_sys(e, fd, "open %.200s of the layout", piece->path) : fd;
	}
	if (piece->file < 0) {
		fd = fcntl(index->input.archive_fd, F_DUPFD_CLOEXEC, 3);
		return fd < 0 ? err_sys(e, errno, "open the archive") : fd;
	}
	archive_spool_name(piece->file, name);
	fd = openat(index->work->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? err_sys(e, errno, "open what was kept of the archive") : fd;
}

int archive_text(const struct archive_index *index, const struct archive_piece *piece,
		 const char *what, size_t max, struct str *ret, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	AUTO_FREE char *data = NULL;
	char digest[DIGEST_SIZE];
	ssize_t n;

	if (piece->size > max)
		return err_set(e, ERR_INVALID, -EFBIG, "the %s is larger than %zu bytes", what,
			       max);
	fd = archive_open(index, piece, e);
	if (fd < 0)
		return fd;
	data = malloc((size_t)piece->size + 1);
	if (!data)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the %s", what);
	n = fd_read_at(fd, data, (size_t)piece->size, piece->offset);
	if (n < 0)
		return err_sys(e, (int)n, "read the %s", what);
	blob_digest(data, (size_t)n, digest);
	if ((uint64_t)n < piece->size ||
	    (piece->digest[0] && strcmp(piece->digest, digest) != 0))
		return err_set(e, ERR_INVALID, -EBADMSG,
			       "the %s is damaged: its digest is not %s", what, piece->digest);
	str_add_bytes(ret, data, (size_t)n);
	return str_ok(ret) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the %s", what)
			       : 0;
}
