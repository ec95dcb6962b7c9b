/*
 * Which images an archive holds and where: the engine's side of `hoy-image index`.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_ARCHIVE_INDEX_H
#define HOY_IMAGE_ARCHIVE_INDEX_H

#include "base/interrupt.h"
#include "format/digest.h"
#include "image/work.h"

enum { ARCHIVE_SPOOL_NAME = 24, ARCHIVE_RESULT_MAX = 16 << 20 };

#define ARCHIVE_SPOOL "spool" /* in the work directory: what came only once */

struct archive_piece {
	int64_t file; /* the number of a spooled file; -1: the archive itself */
	uint64_t offset;
	uint64_t size;
	char digest[DIGEST_SIZE]; /* that it must have; "": not known */
	char *media_type;	  /* NULL: not known */
};

struct archive_content {
	struct archive_piece config;
	bool has_manifest;
	struct archive_piece manifest;
	struct strv names; /* as they stand there */
	struct archive_piece *layers;
	size_t layer_count;
};

struct archive_index {
	const struct work *work; /* borrowed */
	int input_fd;		 /* borrowed */
	struct archive_content *items;
	size_t count;
};

/* Look through `input_fd`; everything lives in `arena`. `word`: passed on, see tool.h; NULL. */
int archive_index_read(const struct work *work, const struct interrupt *interrupt, int input_fd,
		       const char *word, struct arena *arena, struct archive_index *ret,
		       struct err *e);

/* The spooled file's name below ROOT/tmp/WORK. */
void archive_spool_name(int64_t file, char name[ARCHIVE_SPOOL_NAME]);
/* A descriptor that has the piece in it, of its own, owned by the caller. */
int archive_open(const struct archive_index *index, const struct archive_piece *piece,
		 struct err *e);
/* A document of at most `max` bytes, whose digest is checked when it is known. `what` names it in
 * errors. */
int archive_text(const struct archive_index *index, const struct archive_piece *piece,
		 const char *what, size_t max, struct str *ret, struct err *e);

#endif
