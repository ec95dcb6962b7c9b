/*
 * xz, by liblzma, one stream at a time: it would read several by itself, but only if it were told
 * where the input ends.
 *
 * How much memory it takes is said by the archive. As much dictionary is given as a zstd frame may
 * have window, 128 MiB: xz -9 asks for 64, more only what is compressed with options of its own
 * (up to 1.5 GiB), and hoy-image may have 1 GiB of addresses in all.
 *
 * Runs in: image, confined.
 * See: tool_inflate_format.h, The .xz File Format 1.0.4, lzma/container.h.
 */
#include <lzma.h>
#include <stdlib.h>

#include "image/tool_inflate_format.h"

enum {
	XZ_DICTIONARY_MAX = 128 << 20,
	XZ_OTHER_MEMORY = 1 << 20, /* of the decoder, besides */
	XZ_PADDING_UNIT = 4
};

static const uint8_t magic[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };

static bool xz_is_magic(const uint8_t *first, size_t len)
{
	return inflate_has_magic(first, len, magic, sizeof(magic));
}

static bool xz_is_first(uint8_t byte)
{
	return byte == magic[0];
}

static void *xz_new(void)
{
	return calloc(1, sizeof(lzma_stream)); /* LZMA_STREAM_INIT is all zeros */
}

static void xz_free(void *decoder)
{
	if (decoder)
		lzma_end(decoder);
	free(decoder);
}

static int xz_begin(void *decoder, struct err *e)
{
	const uint64_t memory_max = (uint64_t)XZ_DICTIONARY_MAX + XZ_OTHER_MEMORY;

	/* What it has from the stream before is used again. */
	if (lzma_stream_decoder(decoder, memory_max, LZMA_TELL_UNSUPPORTED_CHECK) != LZMA_OK)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for decompression");
	return 0;
}

static int xz_failed(const lzma_stream *xz, lzma_ret result, struct err *e)
{
	switch (result) {
	case LZMA_MEMLIMIT_ERROR:
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the xz data takes %llu MiB of memory to decompress: more than "
			       "a dictionary of %d MiB is not given",
			       (unsigned long long)(lzma_memusage(xz) >> 20),
			       XZ_DICTIONARY_MAX >> 20);
	case LZMA_MEM_ERROR:
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for decompression");
	case LZMA_OPTIONS_ERROR:
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the xz data is compressed with options that are not known");
	case LZMA_UNSUPPORTED_CHECK:
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the xz data has a checksum of a kind that is not known");
	default:
		return err_set(e, ERR_INVALID, -EINVAL, "the xz data is damaged (%d)",
			       (int)result);
	}
}

static int xz_some(void *decoder, struct inflate_io *io, bool *ret_has_ended, struct err *e)
{
	lzma_stream *xz = decoder;
	lzma_ret result;

	xz->next_in = io->in;
	xz->avail_in = io->in_len;
	xz->next_out = io->out;
	xz->avail_out = io->out_room;
	result = lzma_code(xz, LZMA_RUN);
	/* LZMA_BUF_ERROR: it needs more input, or more room. */
	if (result != LZMA_OK && result != LZMA_STREAM_END && result != LZMA_BUF_ERROR)
		return xz_failed(xz, result, e);
	inflate_io_advance(io, io->in_len - xz->avail_in, io->out_room - xz->avail_out);
	*ret_has_ended = result == LZMA_STREAM_END;
	return 0;
}

const struct inflate_format inflate_format_xz = {
	.name = "xz",
	.padding_unit = XZ_PADDING_UNIT,
	.is_magic = xz_is_magic,
	.is_first = xz_is_first,
	.decoder_new = xz_new,
	.decoder_free = xz_free,
	.begin = xz_begin,
	.some = xz_some,
};
