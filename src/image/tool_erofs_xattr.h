/*
 * Extended attributes of an image.
 *
 * They are first collected as a list of encoded entries (a header of 4 bytes, the name without
 * its prefix, the value), and then become the body that lies behind an inode: small ones stand
 * in it themselves, large ones lie somewhere else in the image and are referred to, once for
 * all inodes that have the same. So a body always fits into a block with its inode.
 *
 * Limits: a shared attribute must lie in the first 16 GiB of the image; behind that, large ones
 * stand in the body too, which takes 256 KiB.
 *
 * Runs in: image, confined.
 * See: fs/erofs/erofs_fs.h, struct erofs_xattr_entry.
 */
#ifndef HOY_IMAGE_TOOL_EROFS_XATTR_H
#define HOY_IMAGE_TOOL_EROFS_XATTR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "image/tool_erofs_records.h"
#include "image/tool_layer.h"

/* How many shared attributes are remembered, so that the next file with the same refers to it.
 */
enum { EROFS_SHARED_MAX = 256 };

struct erofs_shared {
	uint32_t id; /* its place in the image, in units of 4 bytes */
	uint32_t at; /* the entry's copy in `texts` */
	uint32_t len;
};

struct erofs_xattrs {
	struct erofs_records *records; /* borrowed */
	struct erofs_shared shared[EROFS_SHARED_MAX];
	size_t shared_count;
	struct str texts;
	uint64_t shared_end; /* shared ones lie below: 16 GiB, less in tests */
};

void erofs_xattrs_init(struct erofs_xattrs *xattrs, struct erofs_records *records);
void erofs_xattrs_done(struct erofs_xattrs *xattrs);

/* Set one in the list `entries`: of two of the same name the later one counts. Its length is
 * within the limits of tool_layer.h. Memory: str_ok(entries). */
void erofs_xattr_set(struct str *entries, const struct layer_xattr *xattr);

/*
 * The body of the list `entries` (of `len` bytes) into the empty `body`: nothing when the list
 * is empty. Shared ones are written to the image. Returns 0, or -E2BIG with a sentence.
 */
int erofs_xattrs_body(struct erofs_xattrs *xattrs, const char *entries, size_t len,
		      struct str *body, struct err *e);

#endif
