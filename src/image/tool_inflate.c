/*
 * See tool_inflate.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_inflate.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

static const uint8_t magic_gzip[] = { 0x1f, 0x8b };
static const uint8_t magic_zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
static const uint8_t magic_xz[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
static const uint8_t magic_bzip2[] = { 'B', 'Z', 'h' };

static bool has_magic(const void *first, size_t len, const uint8_t *magic, size_t magic_len)
{
	return len >= magic_len && memcmp(first, magic, magic_len) == 0;
}

int inflate_detect(const void *first, size_t len, struct err *e)
{
	const uint8_t *bytes = first;

	if (has_magic(first, len, magic_gzip, sizeof(magic_gzip)))
		return INFLATE_GZIP;
	/* A zstd stream may begin with a skippable frame: 0x184d2a50 to 0x184d2a5f. */
	if (has_magic(first, len, magic_zstd, sizeof(magic_zstd)) ||
	    (len >= 4 && (bytes[0] & 0xf0) == 0x50 && bytes[1] == 0x2a && bytes[2] == 0x4d &&
	     bytes[3] == 0x18))
		return INFLATE_ZSTD;
	if (has_magic(first, len, magic_xz, sizeof(magic_xz)))
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "the archive is compressed with xz, which is not read: give "
			       "what xz -dc makes of it");
	if (has_magic(first, len, magic_bzip2, sizeof(magic_bzip2)))
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "the archive is compressed with bzip2, which is not read: "
			       "give what bzip2 -dc makes of it");
	return INFLATE_PLAIN;
}

static void gzip_begin(struct inflate *inflate)
{
	isal_inflate_reset(inflate->gzip);
	inflate->gzip->crc_flag = ISAL_GZIP;
}

int inflate_init(struct inflate *inflate, enum inflate_kind kind, struct err *e)
{
	*inflate = (struct inflate){ .kind = kind };
	if (kind == INFLATE_GZIP) {
		inflate->gzip = calloc(1, sizeof(*inflate->gzip));
		if (inflate->gzip) {
			isal_inflate_init(inflate->gzip);
			gzip_begin(inflate);
		}
	} else if (kind == INFLATE_ZSTD) {
		inflate->zstd = ZSTD_createDCtx();
	}
	if ((kind == INFLATE_GZIP && !inflate->gzip) ||
	    (kind == INFLATE_ZSTD && !inflate->zstd))
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for decompression");
	return 0;
}

static void io_advance(struct inflate_io *io, size_t read, size_t written)
{
	io->in = (const char *)io->in + read;
	io->in_len -= read;
	io->out = (char *)io->out + written;
	io->out_room -= written;
}

static int plain_some(struct inflate_io *io)
{
	size_t n = io->in_len < io->out_room ? io->in_len : io->out_room;

	memcpy(io->out, io->in, n);
	io_advance(io, n, n);
	return 0;
}

static int padding_some(struct inflate_io *io, struct err *e)
{
	const char *in = io->in;

	for (size_t i = 0; i < io->in_len; i++)
		if (in[i] != 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "there is garbage after the compressed archive");
	io_advance(io, io->in_len, 0);
	return 0;
}

static int gzip_some(struct inflate *inflate, struct inflate_io *io, struct err *e)
{
	struct inflate_state *gzip = inflate->gzip;
	size_t in_len = io->in_len > UINT32_MAX / 2 ? UINT32_MAX / 2 : io->in_len;
	size_t out_room = io->out_room > UINT32_MAX / 2 ? UINT32_MAX / 2 : io->out_room;
	int r;

	/* Between members isa-l holds no input of its own: what is next is at io->in. */
	if (!inflate->is_inside && io->in_len == 0)
		return 0;
	if (!inflate->is_inside && *(const uint8_t *)io->in != magic_gzip[0]) {
		inflate->is_over = true;
		return 0;
	}
	inflate->is_inside = true;
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
	io_advance(io, in_len - gzip->avail_in, out_room - gzip->avail_out);
	if (gzip->block_state == ISAL_BLOCK_FINISH) {
		inflate->is_inside = false;
		gzip_begin(inflate);
	}
	return 0;
}

static int zstd_some(struct inflate *inflate, struct inflate_io *io, struct err *e)
{
	ZSTD_inBuffer in = { .src = io->in, .size = io->in_len };
	ZSTD_outBuffer out = { .dst = io->out, .size = io->out_room };
	size_t r;

	if (!inflate->is_inside && io->in_len == 0)
		return 0;
	if (!inflate->is_inside && *(const uint8_t *)io->in == 0) {
		inflate->is_over = true;
		return 0;
	}
	r = ZSTD_decompressStream(inflate->zstd, &out, &in);
	if (ZSTD_isError(r))
		return err_set(e, ERR_INVALID, -EINVAL, "the zstd data is damaged: %s",
			       ZSTD_getErrorName(r));
	io_advance(io, in.pos, out.pos);
	/* 0: a frame has ended and everything of it was written. */
	inflate->is_inside = r != 0;
	return 0;
}

int inflate_some(struct inflate *inflate, struct inflate_io *io, struct err *e)
{
	if (inflate->is_over)
		return padding_some(io, e);
	switch (inflate->kind) {
	case INFLATE_GZIP:
		return gzip_some(inflate, io, e);
	case INFLATE_ZSTD:
		return zstd_some(inflate, io, e);
	case INFLATE_PLAIN:
		break;
	}
	return plain_some(io);
}

int inflate_end(const struct inflate *inflate, struct err *e)
{
	if (inflate->is_inside)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the compressed archive ends too early");
	return 0;
}

void inflate_done(struct inflate *inflate)
{
	free(inflate->gzip);
	(void)ZSTD_freeDCtx(inflate->zstd);
	*inflate = (struct inflate){ 0 };
}
