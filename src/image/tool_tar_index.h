/*
 * The members of an archive of images: names, and where the bytes are.
 *
 * A file that can be read anywhere is only indexed: its members stay where they are. What comes by
 * a pipe, or compressed, is spooled once, each member into a file of its own below
 * TOOL_DIRECTORY, named by its number; such a file can become a blob of the store as it is.
 *
 * Names are keys to look members up with and nothing else: no file is ever made or opened by one.
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_TAR_INDEX_H
#define HOY_IMAGE_TOOL_TAR_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { TAR_INDEX_MAX = 65536, TAR_INDEX_NAMES_MAX = 16 << 20, TAR_INDEX_LINKS_MAX = 16 };

struct archive_input;

struct indexed {
	char *name;   /* clean; in a directory that is how it is found */
	char *target; /* of a link: the clean name that it means; else NULL */
	bool is_sparse;
	int64_t spooled; /* the number of its file; -1: it stays where it is */
	uint64_t offset; /* of its first byte in that file, or in the archive */
	uint64_t size;
};

struct tar_index {
	/* not an archive: a directory, TOOL_DIRECTORY, whose files are looked up as they are
	 * asked for */
	bool is_directory;
	struct arena *found; /* where those live; borrowed */
	struct arena arena;
	struct indexed *items; /* sorted by name after tar_index_read */
	size_t count;
	size_t room;
	size_t name_bytes;
	uint64_t spooled_bytes;
};

/* All of `input`, which has begun. */
int tar_index_read(struct tar_index *index, struct archive_input *input, struct err *e);
void tar_index_done(struct tar_index *index);

/* The file that `key` names, through links. -EINVAL with a sentence: there is none, or it cannot
 * be read where it stands. */
int tar_index_find(const struct tar_index *index, const char *key, const struct indexed **ret,
		   struct err *e);
/* Is there a file or a link of this name? */
bool tar_index_has(const struct tar_index *index, const char *key);

/* The first bytes of a file: `len` of them, or all that it has. */
int tar_index_first(const struct tar_index *index, const struct indexed *member, void *ret,
		    size_t len, size_t *ret_len, struct err *e);
/* The bytes of a file of at most `max`, in heap memory with a NUL behind them. */
int tar_index_text(const struct tar_index *index, const struct indexed *member, size_t max,
		   char **ret, struct err *e);

#endif
