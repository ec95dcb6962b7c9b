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
#include "store/state.h"

/*
 * The images that `names` mean (a reference, an id, or a repository without a tag: all its tags)
 * as one archive to `output_fd`, a file or a pipe. Nothing is written before all are found.
 */
int archive_save(const struct state *state, const struct strv *names, int output_fd,
		 struct err *e);

struct archive_load_request {
	int input_fd;	      /* a file or a pipe, perhaps compressed */
	const char *platform; /* which one of several; NULL: this machine's */
	/* Called for each name of each image, and once with NULL for one without. */
	void (*loaded)(void *context, const char *name, const char *id);
	void *context;
};

/* All images of an archive: docker's of every age since 1.10, or an OCI layout in a tar. */
int archive_load(const struct state *state, const struct archive_load_request *request,
		 struct err *e);

#endif
