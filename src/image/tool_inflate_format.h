/*
 * One way of compression, behind tool_inflate.h, which knows about members, padding and ends.
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_INFLATE_FORMAT_H
#define HOY_IMAGE_TOOL_INFLATE_FORMAT_H

#include <string.h>

#include "image/tool_inflate.h"

struct inflate_format {
	const char *name;
	/* After this many zeros, or a multiple, another member may follow, and padding of
	 * another length is damage; 0: only more zeros, of any number. */
	unsigned int padding_unit;
	/* Is that the beginning of a member? Of `len` bytes, at most INFLATE_MAGIC. */
	bool (*is_magic)(const uint8_t *first, size_t len);
	/* Can one begin with this byte? */
	bool (*is_first)(uint8_t byte);
	void *(*decoder_new)(void);	     /* NULL: no memory */
	void (*decoder_free)(void *decoder); /* NULL is fine */
	/* A member is about to begin, the first one or another one. */
	int (*begin)(void *decoder, struct err *e);
	/* As inflate_some, inside of a member; `*ret_has_ended`: that was all of it. */
	int (*some)(void *decoder, struct inflate_io *io, bool *ret_has_ended, struct err *e);
};

extern const struct inflate_format inflate_format_gzip;
extern const struct inflate_format inflate_format_zstd;
extern const struct inflate_format inflate_format_xz;
extern const struct inflate_format inflate_format_bzip2;

static inline bool inflate_has_magic(const uint8_t *first, size_t len, const uint8_t *magic,
				     size_t magic_len)
{
	return len >= magic_len && memcmp(first, magic, magic_len) == 0;
}

static inline void inflate_io_advance(struct inflate_io *io, size_t read, size_t written)
{
	io->in = (const char *)io->in + read;
	io->in_len -= read;
	io->out = (char *)io->out + written;
	io->out_room -= written;
}

#endif
