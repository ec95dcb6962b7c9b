/*
 * Which images an archive holds and where: the engine's side of `hoy-image index`.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_ARCHIVE_INDEX_H
#define HOY_IMAGE_ARCHIVE_INDEX_H

#include "base/interrupt.h"
#include "format/digest.h"
#include "image/load_progress.h"
#include "image/work.h"

enum { ARCHIVE_SPOOL_NAME = 24, ARCHIVE_RESULT_MAX = 16 << 20 };

#define ARCHIVE_SPOOL "spool" /* in the work directory: what came only once */

struct archive_piece {
	char *path;   /* of a layout's file; NULL: it is in an archive */
	int64_t file; /* the number of a spooled file; -1: the archive itself */
	uint64_t offset;
	uint64_t size;
	char digest[DIGEST_SIZE]; /* that it must have; "": not known */
	char *media_type;	  /* NULL: not known */
	bool is_untyped;	  /* a layer, compressed in a way that no media type names */
};

struct archive_content {
	struct archive_piece config;
	bool has_manifest;
	struct archive_piece manifest;
	struct strv names; /* as they stand there */
	struct archive_piece *layers;
	size_t layer_count;
};

/* What is looked through. */
struct archive_input_fds {
	int archive_fd; /* a file or a pipe; -EBADF: */
	int layout_fd;	/* the directory of an OCI layout */
};

struct archive_index {
	const struct work *work;	/* borrowed */
	struct archive_input_fds input; /* borrowed */
	struct archive_content *items;
	size_t count;
};

/* Which images are wanted; members NULL: all, of this machine's platform. */
struct archive_wanted {
	const char *platform; /* of several */
	const char *name;     /* a layout's name for it */
};

/* What is asked for, and who waits for it. */
struct archive_index_request {
	const struct archive_input_fds *input;
	struct archive_wanted wanted;
	const struct interrupt *interrupt;
	const struct load_watcher *watcher;
};

/* Look through the input; everything lives in `arena`. */
int archive_index_read(const struct work *work, const struct archive_index_request *request,
		       struct arena *arena, struct archive_index *ret, struct err *e);

/* Is it a file that can become a layer's blob as it is? */
bool archive_piece_is_blob(const struct archive_piece *piece);
/* The spooled file's name below ROOT/tmp/WORK. */
void archive_spool_name(int64_t file, char name[ARCHIVE_SPOOL_NAME]);
/* A file that has the piece in it, owned by the caller. */
int archive_open(const struct archive_index *index, const struct archive_piece *piece,
		 struct err *e);
/* A document of at most `max` bytes, whose digest is checked when it is known. `what` names it in
 * errors. */
int archive_text(const struct archive_index *index, const struct archive_piece *piece,
		 const char *what, size_t max, struct str *ret, struct err *e);

#endif
