/*
 * Writing a tar: ustar headers, with pax records for whatever does not fit them.
 *
 * Our own, because the same tree must give the same bytes on every machine and with every
 * library version: digests are made of it. Pax records are written only where needed (long
 * names, large numbers, fractions of seconds, attributes, holes), in one order.
 *
 * Runs in: cli (engine), image.
 * See: POSIX.1-2017 pax "ustar Interchange Format", "pax Extended Header"; GNU tar manual, "PAX
 * Format, Version 1.0" for holes.
 */
#ifndef HOY_IMAGE_TAR_H
#define HOY_IMAGE_TAR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"

enum { TAR_BUFFER = 1 << 20 };

/* One range of a sparse file that has data. */
struct tar_extent {
	uint64_t offset;
	uint64_t len;
};

struct tar_entry {
	/* as it shall stand in the archive; a directory's without "/" at the end */
	const char *path;
	/* target of a symbolic link, or with `is_hardlink` the earlier path; else NULL */
	const char *link;
	bool is_hardlink;
	struct stat stat;
	struct str xattrs;		  /* pax records, made by tar_add_xattr; empty: none */
	const struct tar_extent *extents; /* of a file with holes; NULL: none */
	size_t extent_count;
};

struct tar {
	int fd; /* borrowed */
	char *buffer;
	size_t used;
	uint64_t written;
};

int tar_init(struct tar *tar, int fd, struct err *e);
void tar_done(struct tar *tar);

/* Append one "SCHILY.xattr.NAME" record to `records`. */
void tar_add_xattr(struct str *records, const char *name, const void *value, size_t len);

/*
 * The header of `entry`. For a regular file that is no hard link the caller then writes exactly
 * `*ret_content` bytes of content with tar_data (of a file with holes: the extents, one behind
 * the other) and calls tar_pad.
 */
int tar_header(struct tar *tar, const struct tar_entry *entry, uint64_t *ret_content,
	       struct err *e);
int tar_data(struct tar *tar, const void *data, size_t len, struct err *e);
/* `len` bytes of the file `fd` from where it stands, from kernel to kernel where that can be.
 * -EBADMSG: it has fewer. */
int tar_file(struct tar *tar, int fd, uint64_t len, struct err *e);
int tar_pad(struct tar *tar, struct err *e);
/* Two blocks of zeros, and everything out. */
int tar_end(struct tar *tar, struct err *e);

#endif
