/*
 * See tool_inflate.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_inflate_format.h"

static const struct inflate_format *const formats[] = {
	[INFLATE_PLAIN] = NULL,
	[INFLATE_GZIP] = &inflate_format_gzip,
	[INFLATE_ZSTD] = &inflate_format_zstd,
	[INFLATE_XZ] = &inflate_format_xz,
	[INFLATE_BZIP2] = &inflate_format_bzip2,
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

enum inflate_kind inflate_detect(const void *first, size_t len)
{
	for (size_t kind = 0; kind < FORMATS; kind++)
		if (formats[kind] && formats[kind]->is_magic(first, len))
			return (enum inflate_kind)kind;
	return INFLATE_PLAIN;
}

bool inflate_is_typed(enum inflate_kind kind)
{
	return kind <= INFLATE_ZSTD;
}

const char *inflate_name(enum inflate_kind kind)
{
	return formats[kind] ? formats[kind]->name : "";
}

int inflate_init(struct inflate *inflate, enum inflate_kind kind, struct err *e)
{
	*inflate = (struct inflate){ .kind = kind, .format = formats[kind] };
	if (inflate->format) {
		inflate->decoder = inflate->format->decoder_new();
		if (!inflate->decoder)
			return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for decompression");
	}
	return 0;
}

static void plain_some(struct inflate_io *io)
{
	size_t n = io->in_len < io->out_room ? io->in_len : io->out_room;

	memcpy(io->out, io->in, n);
	inflate_io_advance(io, n, n);
}

/* Up to the byte that is no zero. */
static void padding_skip(struct inflate *inflate, struct inflate_io *io)
{
	while (io->in_len > 0 && *(const uint8_t *)io->in == 0) {
		inflate->padding++;
		inflate_io_advance(io, 1, 0);
	}
}

/* Between two members, or behind the last one: does another one begin? */
static int member_begin(struct inflate *inflate, struct inflate_io *io, struct err *e)
{
	const struct inflate_format *format = inflate->format;
	bool may_follow;

	padding_skip(inflate, io);
	if (io->in_len == 0)
		return 0;
	may_follow = inflate->padding == 0 ||
		     (format->padding_unit && inflate->padding % format->padding_unit == 0);
	if (!may_follow || !format->is_first(*(const uint8_t *)io->in))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "there is garbage after the compressed archive");
	inflate->padding = 0;
	inflate->is_inside = true;
	return format->begin(inflate->decoder, e);
}

int inflate_some(struct inflate *inflate, struct inflate_io *io, struct err *e)
{
	bool has_ended = false;
	int r = 0;

	if (!inflate->format) {
		plain_some(io);
		return 0;
	}
	if (!inflate->is_inside)
		r = member_begin(inflate, io, e);
	if (r == 0 && inflate->is_inside)
		r = inflate->format->some(inflate->decoder, io, &has_ended, e);
	if (has_ended)
		inflate->is_inside = false;
	return r;
}

int inflate_end(const struct inflate *inflate, struct err *e)
{
	const struct inflate_format *format = inflate->format;

	if (inflate->is_inside ||
	    (format && format->padding_unit && inflate->padding % format->padding_unit != 0))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the compressed archive ends too early");
	return 0;
}

void inflate_done(struct inflate *inflate)
{
	if (inflate->format)
		inflate->format->decoder_free(inflate->decoder);
	*inflate = (struct inflate){ 0 };
}
