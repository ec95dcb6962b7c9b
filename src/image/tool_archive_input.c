/*
 * See tool_archive_input.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_archive_input.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "image/tool.h"
#include "image/tool_inflate.h"

int archive_input_init(struct archive_input *input, struct err *e)
{
	const struct stream_source source = { .is_anonymous = true };
	struct stream_limits limits;
	struct statvfs free_now;

	*input = (struct archive_input){ 0 };
	if (fstatvfs(TOOL_DIRECTORY, &free_now) < 0)
		return err_sys(e, errno, "ask how much is free");
	limits = stream_limits_of(&free_now);
	input->bytes_max = limits.bytes;
	return stream_init(&input->stream, &source, &limits, e);
}

void archive_input_done(struct archive_input *input)
{
	stream_done(&input->stream);
}

/* Is TOOL_INPUT a file with an uncompressed tar in it? It is read from where it stands. */
static int input_look(struct archive_input *input, struct err *e)
{
	char first[INFLATE_MAGIC];
	struct stat st;
	off_t at;
	ssize_t n;

	if (fstat(TOOL_INPUT, &st) < 0)
		return err_sys(e, errno, "look at the archive");
	at = lseek(TOOL_INPUT, 0, SEEK_CUR);
	if (!S_ISREG(st.st_mode) || at < 0)
		return 0;
	n = fd_read_at(TOOL_INPUT, first, sizeof(first), (uint64_t)at);
	if (n < 0)
		return err_sys(e, (int)n, "read the archive");
	input->is_seekable = n > 0 && inflate_detect(first, (size_t)n) == INFLATE_PLAIN;
	input->at = (uint64_t)at;
	input->end = (uint64_t)st.st_size;
	return 0;
}

int archive_input_begin(struct archive_input *input, struct err *e)
{
	int r = input_look(input, e);

	return r < 0 || input->is_seekable ? r : stream_begin(&input->stream, e);
}

/* --- a file ------------------------------------------------------------------------------ */

static int file_get(void *context, void *to, size_t len, size_t *ret, struct err *e)
{
	struct archive_input *input = context;
	ssize_t n = fd_read_at(TOOL_INPUT, to, len, input->at);

	if (n < 0)
		return err_sys(e, (int)n, "read the archive");
	input->at += (uint64_t)n;
	*ret = (size_t)n;
	return 0;
}

static int file_skip(void *context, uint64_t len, struct err *e)
{
	struct archive_input *input = context;

	if (input->at > input->end || len > input->end - input->at)
		return err_set(e, ERR_INVALID, -EINVAL, "the archive ends too early");
	input->at += len;
	return 0;
}

/* --- a stream ---------------------------------------------------------------------------- */

static int stream_more(struct archive_input *input, struct err *e)
{
	const void *data;
	int r = 0;

	if (input->len == 0) {
		r = stream_next(&input->stream, &data, &input->len, e);
		input->data = data;
	}
	return r;
}

/* `to` NULL: only past them. */
static int stream_take(struct archive_input *input, char *to, uint64_t len, uint64_t *ret,
		       struct err *e)
{
	*ret = 0;
	while (*ret < len) {
		size_t n;
		int r = stream_more(input, e);

		if (r < 0)
			return r;
		if (input->len == 0)
			break;
		n = input->len < len - *ret ? input->len : (size_t)(len - *ret);
		if (to)
			memcpy(to + *ret, input->data, n);
		input->data += n;
		input->len -= n;
		*ret += n;
	}
	return 0;
}

static int stream_get(void *context, void *to, size_t len, size_t *ret, struct err *e)
{
	uint64_t got;
	int r = stream_take(context, to, len, &got, e);

	*ret = (size_t)got;
	return r;
}

static int stream_skip(void *context, uint64_t len, struct err *e)
{
	uint64_t got;
	int r = stream_take(context, NULL, len, &got, e);

	if (r == 0 && got < len)
		r = err_set(e, ERR_INVALID, -EINVAL, "the archive ends too early");
	return r;
}

int archive_input_end(struct archive_input *input, struct err *e)
{
	struct tool_result ignored;

	if (input->is_seekable)
		return 0;
	do {
		int r;

		input->len = 0;
		r = stream_more(input, e);
		if (r < 0)
			return r;
	} while (input->len > 0);
	return stream_end(&input->stream, &ignored, e);
}

struct tar_input archive_input_tar(struct archive_input *input)
{
	if (input->is_seekable)
		return (struct tar_input){ file_get, file_skip, input };
	return (struct tar_input){ stream_get, stream_skip, input };
}
