/*
 * zstd. Its own limit stays: a frame whose window is above 128 MiB is refused.
 *
 * Runs in: image, confined.
 * See: tool_inflate_format.h, RFC 8878.
 */
#include <zstd.h>

#include "image/tool_inflate_format.h"

static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd };

/* A stream may begin with a skippable frame: 0x184d2a50 to 0x184d2a5f. */
static const uint8_t magic_skippable[] = { 0x2a, 0x4d, 0x18 };

static bool is_skippable(uint8_t byte)
{
	return (byte & 0xf0) == 0x50;
}

static bool zstd_is_magic(const uint8_t *first, size_t len)
{
	return inflate_has_magic(first, len, magic, sizeof(magic)) ||
	       (len > 0 && is_skippable(first[0]) &&
		inflate_has_magic(first + 1, len - 1, magic_skippable,
				  sizeof(magic_skippable)));
}

static bool zstd_is_first(uint8_t byte)
{
	return byte == magic[0] || is_skippable(byte);
}

static void *zstd_new(void)
{
	return ZSTD_createDCtx();
}

static void zstd_free(void *decoder)
{
	(void)ZSTD_freeDCtx(decoder);
}

/* The decoder expects a frame after each frame. */
static int zstd_begin(void *decoder, struct err *e)
{
	(void)decoder;
	(void)e;
	return 0;
}

static int zstd_some(void *decoder, struct inflate_io *io, bool *ret_has_ended, struct err *e)
{
	ZSTD_inBuffer in = { .src = io->in, .size = io->in_len };
	ZSTD_outBuffer out = { .dst = io->out, .size = io->out_room };
	size_t r = ZSTD_decompressStream(decoder, &out, &in);

	if (ZSTD_isError(r))
		return err_set(e, ERR_INVALID, -EINVAL, "the zstd data is damaged: %s",
			       ZSTD_getErrorName(r));
	inflate_io_advance(io, in.pos, out.pos);
	/* 0: a frame has ended and everything of it was written. */
	*ret_has_ended = r == 0;
	return 0;
}

const struct inflate_format inflate_format_zstd = {
	.name = "zstd",
	.is_magic = zstd_is_magic,
	.is_first = zstd_is_first,
	.decoder_new = zstd_new,
	.decoder_free = zstd_free,
	.begin = zstd_begin,
	.some = zstd_some,
};
