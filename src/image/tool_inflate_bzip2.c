/*
 * bzip2, by libbz2. It takes 4 MiB at most.
 *
 * Runs in: image, confined.
 * See: tool_inflate_format.h, bzip2(1), bzlib.h.
 */
#include <bzlib.h>
#include <limits.h>
#include <stdlib.h>

#include "image/tool_inflate_format.h"

static const uint8_t magic[] = { 'B', 'Z', 'h' };

/* What follows the size of blocks: the first block, or the end of nothing. The letters alone could
 * begin a tar, as the name of its first entry. */
static const uint8_t magic_block[] = { 0x31, 0x41 };
static const uint8_t magic_end[] = { 0x17, 0x72 };

struct bzip2 {
	bz_stream stream;
	bool is_open;
};

static bool bzip2_is_magic(const uint8_t *first, size_t len)
{
	const uint8_t *behind = first + sizeof(magic) + 1;

	return len >= sizeof(magic) + 1 + sizeof(magic_block) &&
	       inflate_has_magic(first, len, magic, sizeof(magic)) &&
	       first[sizeof(magic)] >= '1' && first[sizeof(magic)] <= '9' &&
	       (memcmp(behind, magic_block, sizeof(magic_block)) == 0 ||
		memcmp(behind, magic_end, sizeof(magic_end)) == 0);
}

static bool bzip2_is_first(uint8_t byte)
{
	return byte == magic[0];
}

static void *bzip2_new(void)
{
	return calloc(1, sizeof(struct bzip2));
}

static void bzip2_close(struct bzip2 *bzip2)
{
	if (bzip2->is_open)
		(void)BZ2_bzDecompressEnd(&bzip2->stream);
	*bzip2 = (struct bzip2){ 0 };
}

static void bzip2_free(void *decoder)
{
	if (decoder)
		bzip2_close(decoder);
	free(decoder);
}

static int bzip2_begin(void *decoder, struct err *e)
{
	struct bzip2 *bzip2 = decoder;

	bzip2_close(bzip2);
	if (BZ2_bzDecompressInit(&bzip2->stream, 0, 0) != BZ_OK)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for decompression");
	bzip2->is_open = true;
	return 0;
}

static int bzip2_some(void *decoder, struct inflate_io *io, bool *ret_has_ended, struct err *e)
{
	bz_stream *stream = &((struct bzip2 *)decoder)->stream;
	unsigned int in_len = io->in_len > INT_MAX ? INT_MAX : (unsigned int)io->in_len;
	unsigned int out_room = io->out_room > INT_MAX ? INT_MAX : (unsigned int)io->out_room;
	int result;

	stream->next_in = (char *)(uintptr_t)io->in;
	stream->avail_in = in_len;
	stream->next_out = io->out;
	stream->avail_out = out_room;
	result = BZ2_bzDecompress(stream);
	if (result == BZ_MEM_ERROR)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for decompression");
	if (result != BZ_OK && result != BZ_STREAM_END)
		return err_set(e, ERR_INVALID, -EINVAL, "the bzip2 data is damaged (%d)",
			       result);
	inflate_io_advance(io, in_len - stream->avail_in, out_room - stream->avail_out);
	*ret_has_ended = result == BZ_STREAM_END;
	return 0;
}

const struct inflate_format inflate_format_bzip2 = {
	.name = "bzip2",
	.is_magic = bzip2_is_magic,
	.is_first = bzip2_is_first,
	.decoder_new = bzip2_new,
	.decoder_free = bzip2_free,
	.begin = bzip2_begin,
	.some = bzip2_some,
};
