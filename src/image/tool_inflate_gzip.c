/*
 * gzip, by isa-l.
 *
 * Runs in: image, confined.
 * See: tool_inflate_format.h, RFC 1952.
 */
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

#include "image/tool_inflate_format.h"

static const uint8_t magic[] = { 0x1f, 0x8b };

static bool gzip_is_magic(const uint8_t *first, size_t len)
{
	return inflate_has_magic(first, len, magic, sizeof(magic));
}

static bool gzip_is_first(uint8_t byte)
{
	return byte == magic[0];
}

static void *gzip_new(void)
{
	struct inflate_state *gzip = calloc(1, sizeof(*gzip));

	if (gzip)
		isal_inflate_init(gzip);
	return gzip;
}

static int gzip_begin(void *decoder, struct err *e)
{
	struct inflate_state *gzip = decoder;

	(void)e;
	isal_inflate_reset(gzip);
	gzip->crc_flag = ISAL_GZIP;
	return 0;
}

static int gzip_some(void *decoder, struct inflate_io *io, bool *ret_has_ended, struct err *e)
{
	struct inflate_state *gzip = decoder;
	size_t in_len = io->in_len > UINT32_MAX / 2 ? UINT32_MAX / 2 : io->in_len;
	size_t out_room = io->out_room > UINT32_MAX / 2 ? UINT32_MAX / 2 : io->out_room;
	int r;

	gzip->next_in = (uint8_t *)(uintptr_t)io->in;
	gzip->avail_in = (uint32_t)in_len;
	gzip->next_out = io->out;
	gzip->avail_out = (uint32_t)out_room;
	r = isal_inflate(gzip);
	if (r == ISAL_INCORRECT_CHECKSUM)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the gzip checksum is wrong: the archive is damaged");
	if (r != ISAL_DECOMP_OK)
		return err_set(e, ERR_INVALID, -EINVAL, "the gzip data is damaged (%d)", r);
	/* Only now: of damaged data it may say that it has read more than there was. */
	inflate_io_advance(io, in_len - gzip->avail_in, out_room - gzip->avail_out);
	/* Between members isa-l holds no input of its own: what is next is at io->in. */
	*ret_has_ended = gzip->block_state == ISAL_BLOCK_FINISH;
	return 0;
}

const struct inflate_format inflate_format_gzip = {
	.name = "gzip",
	.is_magic = gzip_is_magic,
	.is_first = gzip_is_first,
	.decoder_new = gzip_new,
	.decoder_free = free,
	.begin = gzip_begin,
	.some = gzip_some,
};
