/*
 * Walking over a tar: names, kinds, sizes, and where the bytes are. For archives of images, whose
 * members are files and links; unpacking a layer is libarchive's part (tool_unpack.c), which does
 * not tell where in a file the bytes of an entry stand.
 *
 * Reads ustar, pax, GNU's long names and large numbers. A member that is stored sparse is only
 * said to be so.
 *
 * Runs in: image, confined.
 * See: POSIX.1-2017 pax; GNU tar manual, "Basic Tar Format".
 */
#ifndef HOY_IMAGE_TOOL_TAR_READ_H
#define HOY_IMAGE_TOOL_TAR_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* Where the tar comes from. Both return 0 or -errno with a sentence. */
struct tar_input {
	/* Up to `len` bytes, fewer only at the end; `*ret` how many. */
	int (*read)(void *context, void *to, size_t len, size_t *ret, struct err *e);
	int (*skip)(void *context, uint64_t len, struct err *e);
	void *context;
};

enum tar_kind { TAR_FILE, TAR_HARDLINK, TAR_SYMLINK, TAR_DIRECTORY, TAR_OTHER };

struct tar_member {
	enum tar_kind kind;
	const char *name; /* as it stands there; borrowed until the next one */
	const char *link; /* of a link; else "" */
	uint64_t size;	  /* of a file */
	bool is_sparse;
};

struct tar_reader {
	const struct tar_input *input;
	uint64_t content; /* what is left of the member's bytes */
	uint64_t padding; /* and of what follows them */
	struct str name;
	struct str link;
	bool has_name; /* given by a header of its own before the entry */
	bool has_link;
	bool has_size;
	bool is_sparse;
	uint64_t size;
};

void tar_reader_init(struct tar_reader *reader, const struct tar_input *input);
void tar_reader_done(struct tar_reader *reader);

/* The next member: 1, 0 at the end, or -EINVAL with a sentence: damaged, cut off. What the caller
 * did not read of the one before is skipped. */
int tar_reader_next(struct tar_reader *reader, struct tar_member *ret, struct err *e);
/* More of the member's bytes: *ret is 0 at their end only. */
int tar_reader_data(struct tar_reader *reader, void *to, size_t len, size_t *ret,
		    struct err *e);

#endif
