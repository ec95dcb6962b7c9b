/*
 * Images as files: save and load.
 *
 * What save writes is an OCI layout in a tar that is docker's archive at the same time: blobs
 * below blobs/sha256/ as they are kept, `index.json` and `oci-layout`, and `manifest.json` and
 * `repositories` which point at the same blobs. The same images give the same bytes.
 *
 * Runs in: cli (engine).
 * See: OCI image-spec image-layout.md; moby image/spec/spec.md.
 */
#ifndef HOY_IMAGE_ARCHIVE_H
#define HOY_IMAGE_ARCHIVE_H

#include "base/err.h"
#include "base/str.h"
#include "image/load_progress.h"
#include "store/state.h"

struct archive_save_request {
	const struct strv
		*names;	      /* references, ids, repositories without a tag: all its tags */
	const char *platform; /* that all must be for; NULL: any */
	int output_fd;	      /* a file or a pipe */
};

/* The images as one archive. Nothing is written before all are found. */
int archive_save(const struct state *state, const struct archive_save_request *request,
		 struct err *e);

struct archive_load_request {
	int archive_fd;	      /* a file or a pipe, perhaps compressed; -EBADF: */
	int layout_fd;	      /* the directory of an OCI layout */
	const char *platform; /* which one of several; NULL: this machine's */
	const char *name;     /* only what a layout calls so; NULL: everything */
	/* Called for each name of each image, and once with NULL for one without. */
	void (*loaded)(void *context, const char *name, const char *id);
	void *context;
	struct load_watcher watcher;
};

/* All images of an archive: docker's of every age since 1.10, or an OCI layout in a tar or in a
 * directory. */
int archive_load(const struct state *state, const struct archive_load_request *request,
		 struct err *e);

#endif
