/*
 * See tool_stream.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "spec/descriptor.h"

enum { STREAM_IN = 256 * 1024, STREAM_OUT = 512 * 1024, STREAM_TAR_BLOCK = 512 };

static const uint64_t STREAM_RATIO_FROM = 64 << 20;

uint64_t tool_limit(const char *name, uint64_t fallback)
{
	uint64_t limit;

	return parse_u64(getenv(name), 1, INT64_MAX, &limit) == 0 ? limit : fallback;
}

struct stream_limits stream_limits_of(const struct statvfs *free_now)
{
	uint64_t room = free_now->f_bavail / 10 * 9 * free_now->f_frsize;
	struct stream_limits limits = {
		.bytes = tool_limit("HOY_UNPACK_MAX_BYTES", room),
		.ratio = tool_limit("HOY_UNPACK_MAX_RATIO", STREAM_RATIO),
	};

	limits.is_room = limits.bytes == room;
	return limits;
}

/* How much of the blob an earlier attempt left in the output. */
static int stream_find_resumed(struct stream *stream, struct err *e)
{
	struct stat st;

	if (stream->source.kind != STREAM_RESUMED)
		return 0;
	if (fstat(stream->output_fd, &st) < 0 || lseek(stream->output_fd, 0, SEEK_SET) < 0)
		return err_sys(e, errno, "look at what is there of the blob");
	stream->resumed = (uint64_t)st.st_size;
	return 0;
}

int stream_init(struct stream *stream, const struct stream_source *source,
		const struct stream_limits *limits, struct err *e)
{
	int r;

	/* Of what is resumed the output has the bytes as they came. */
	assert(source->kind != STREAM_RESUMED || !source->is_untyped_taken);
	*stream = (struct stream){ .input_fd = TOOL_INPUT,
				   .output_fd = TOOL_OUTPUT,
				   .limits = *limits,
				   .source = *source };
	stream->in = malloc(STREAM_IN);
	stream->out = malloc(STREAM_OUT);
	if (!stream->in || !stream->out)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for buffers");
	r = stream_find_resumed(stream, e);
	if (r == 0)
		r = hash_init(&stream->blob_hash, e);
	return r < 0 ? r : hash_init(&stream->diff_hash, e);
}

/* Up to `len` bytes from where the blob comes from; `*ret_is_new`: the output has them not
 * yet. */
static ssize_t stream_read(struct stream *stream, void *to, size_t len, bool *ret_is_new)
{
	struct stream_source *source = &stream->source;
	ssize_t n;

	*ret_is_new = stream->resumed == 0;
	if (stream->resumed > 0) {
		n = fd_read_full(stream->output_fd, to,
				 len < stream->resumed ? len : (size_t)stream->resumed);
		/* It was cut short meanwhile: then this is all. */
		stream->resumed = n > 0 ? stream->resumed - (uint64_t)n : 0;
		return n;
	}
	if (source->kind != STREAM_RANGE)
		return fd_read_full(stream->input_fd, to, len);
	n = fd_read_at(stream->input_fd, to, len < source->size ? len : (size_t)source->size,
		       source->offset);
	if (n > 0) {
		source->offset += (uint64_t)n;
		source->size -= (uint64_t)n;
	}
	return n;
}

/* Bytes of the blob: hashed, and but for the first `old`, which are there already, kept. */
static int stream_keep(struct stream *stream, const char *data, size_t len, size_t old,
		       struct err *e)
{
	int r = hash_add(&stream->blob_hash, data, len, e);

	if (r < 0)
		return r;
	if (len > old) {
		r = fd_write_all(stream->output_fd, data + old, len - old);
		if (r < 0)
			return err_sys(e, r, "keep the archive");
	}
	stream->blob_size += len;
	writeback_begin(&stream->writeback, stream->output_fd, stream->blob_size);
	return 0;
}

/* Fill `in`, which is empty. `*ret_old`: of how many bytes the output has them already. */
static int stream_fill(struct stream *stream, size_t *ret_old, struct err *e)
{
	*ret_old = 0;
	stream->in_at = 0;
	while (stream->in_len < STREAM_IN) {
		bool is_new;
		ssize_t n = stream_read(stream, stream->in + stream->in_len,
					STREAM_IN - stream->in_len, &is_new);

		if (n < 0)
			return err_sys(e, (int)n, "read the archive");
		if (n == 0 && is_new)
			break;
		*ret_old += is_new ? 0 : (size_t)n;
		stream->in_len += (size_t)n;
	}
	stream->is_in_over = stream->in_len < STREAM_IN;
	stream->came += stream->in_len;
	/* How far we are, for who wants to see it. */
	if (stream->source.is_anonymous)
		(void)lseek(stream->output_fd, (off_t)stream->in_len, SEEK_CUR);
	return 0;
}

static int stream_more(struct stream *stream, struct err *e)
{
	size_t old;
	int r;

	if (stream->in_len > 0 || stream->is_in_over)
		return 0;
	r = stream_fill(stream, &old, e);
	return r < 0 || stream->keeps != STREAM_KEEPS_ALL
		       ? r
		       : stream_keep(stream, stream->in, stream->in_len, old, e);
}

static int stream_choose_kept(struct stream *stream, enum inflate_kind kind, struct err *e)
{
	if (stream->source.is_anonymous)
		stream->keeps = STREAM_KEEPS_NOTHING;
	else if (inflate_is_typed(kind))
		stream->keeps = STREAM_KEEPS_ALL;
	else if (stream->source.is_untyped_taken)
		stream->keeps = STREAM_KEEPS_TAR;
	else
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "the layer is compressed with %s, and a layer of an image may "
			       "be only with gzip or zstd",
			       inflate_name(kind));
	return 0;
}

int stream_begin(struct stream *stream, struct err *e)
{
	enum inflate_kind kind;
	size_t old;
	int r = stream_fill(stream, &old, e);

	if (r < 0)
		return r;
	if (stream->in_len == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "the archive is empty");
	kind = inflate_detect(stream->in, stream->in_len);
	r = stream_choose_kept(stream, kind, e);
	if (r == 0 && stream->keeps == STREAM_KEEPS_ALL)
		r = stream_keep(stream, stream->in, stream->in_len, old, e);
	return r < 0 ? r : inflate_init(&stream->inflate, kind, e);
}

static int stream_check_limits(const struct stream *stream, struct err *e)
{
	if (stream->tar_size > stream->limits.bytes)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the archive unpacks to more than %llu bytes%s",
			       (unsigned long long)stream->limits.bytes,
			       stream->limits.is_room ? ", and there is no room for more" : "");
	if (stream->tar_size > STREAM_RATIO_FROM &&
	    stream->tar_size / stream->limits.ratio > stream->came)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the archive expands more than %llu times: it looks like a bomb",
			       (unsigned long long)stream->limits.ratio);
	return 0;
}

/* Padding, members of nothing: what is compressed may go on and never become more. */
static int stream_check_came(const struct stream *stream, struct err *e)
{
	if (stream->came > stream->limits.bytes)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the archive is larger than %llu bytes%s",
			       (unsigned long long)stream->limits.bytes,
			       stream->limits.is_room ? ", and there is no room for more" : "");
	return 0;
}

static void stream_count_zeros(struct stream *stream, const char *data, size_t len)
{
	size_t zeros = 0;

	while (zeros < len && zeros < STREAM_TAR_BLOCK && data[len - 1 - zeros] == 0)
		zeros++;
	stream->zeros = zeros == len ? stream->zeros + zeros : zeros;
}

/* A plain tar is hashed as the blob that it is, and kept so. */
static int stream_took(struct stream *stream, const void *data, size_t len, struct err *e)
{
	int r = 0;

	stream->tar_size += len;
	stream_count_zeros(stream, data, len);
	if (stream->keeps == STREAM_KEEPS_TAR)
		r = stream_keep(stream, data, len, 0, e);
	else if (stream->keeps == STREAM_KEEPS_ALL && stream->inflate.kind != INFLATE_PLAIN)
		r = hash_add(&stream->diff_hash, data, len, e);
	return r < 0 ? r : stream_check_limits(stream, e);
}

/* A tar as it came needs no copy: the input buffer itself is handed out. */
static int stream_next_plain(struct stream *stream, const void **ret_data, size_t *ret_len,
			     struct err *e)
{
	int r = stream_more(stream, e);

	if (r < 0)
		return r;
	*ret_data = stream->in + stream->in_at;
	*ret_len = stream->in_len;
	stream->in_len = 0;
	return stream_took(stream, *ret_data, *ret_len, e);
}

int stream_next(struct stream *stream, const void **ret_data, size_t *ret_len, struct err *e)
{
	struct inflate_io io = { .out = stream->out, .out_room = STREAM_OUT };
	int r;

	if (stream->inflate.kind == INFLATE_PLAIN)
		return stream_next_plain(stream, ret_data, ret_len, e);
	for (;;) {
		size_t room_before = io.out_room;

		r = stream_more(stream, e);
		if (r == 0)
			r = stream_check_came(stream, e);
		if (r < 0)
			return r;
		io.in = stream->in + stream->in_at;
		io.in_len = stream->in_len;
		r = inflate_some(&stream->inflate, &io, e);
		if (r < 0)
			return r;
		stream->in_at += stream->in_len - io.in_len;
		stream->in_len = io.in_len;
		if (io.out_room == 0)
			break;
		if (stream->in_len == 0 && stream->is_in_over && io.out_room == room_before)
			break;
	}
	*ret_data = stream->out;
	*ret_len = STREAM_OUT - io.out_room;
	/* Here, so that nobody calls damage of the tar what is missing of the compression. */
	r = *ret_len == 0 ? inflate_end(&stream->inflate, e) : 0;
	return r < 0 ? r : stream_took(stream, stream->out, *ret_len, e);
}

int stream_end(struct stream *stream, struct tool_result *result, struct err *e)
{
	int r = inflate_end(&stream->inflate, e);

	if (r < 0)
		return r;
	/* Compression says itself where it ends; a plain tar does only by its block of zeros.
	 */
	if (stream->inflate.kind == INFLATE_PLAIN && stream->zeros < STREAM_TAR_BLOCK)
		return err_set(e, ERR_INVALID, -EINVAL, "the archive ends too early");
	r = hash_end(&stream->blob_hash, result->blob, e);
	if (r < 0)
		return r;
	result->blob_size = stream->blob_size;
	if (stream->keeps == STREAM_KEEPS_ALL && stream->inflate.kind != INFLATE_PLAIN) {
		r = hash_end(&stream->diff_hash, result->diff_id, e);
		if (r < 0)
			return r;
	} else {
		memcpy(result->diff_id, result->blob, sizeof(result->diff_id));
	}
	return str_copy(result->media_type, sizeof(result->media_type),
			stream->inflate.kind == INFLATE_GZIP   ? MEDIA_TYPE_OCI_LAYER "+gzip"
			: stream->inflate.kind == INFLATE_ZSTD ? MEDIA_TYPE_OCI_LAYER "+zstd"
							       : MEDIA_TYPE_OCI_LAYER);
}

void stream_done(struct stream *stream)
{
	inflate_done(&stream->inflate);
	hash_done(&stream->blob_hash);
	hash_done(&stream->diff_hash);
	free(stream->in);
	free(stream->out);
	*stream = (struct stream){ 0 };
}
