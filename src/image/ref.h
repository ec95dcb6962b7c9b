/*
 * References: names that point to images, one small file each.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_REF_H
#define HOY_IMAGE_REF_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "format/digest.h"
#include "store/state.h"

struct ref {
	char *name; /* full: "docker.io/library/busybox:latest" */
	char id[DIGEST_SIZE];
	/* which of the image's manifests it was given for; "": the record's own */
	char manifest[DIGEST_SIZE];
};

/* What the full reference `name` points to; the name itself is left out. -ENOENT, or -EBADMSG
 * with a sentence when the file is damaged. */
int ref_read(const struct state *state, const char *name, struct ref *ret, struct err *e);
/* Durable: old or new, whatever happens. */
int ref_write(const struct state *state, const struct ref *ref, struct err *e);
int ref_remove(const struct state *state, const char *name, struct err *e);

/* All of them, sorted by name, in `arena`. Damaged ones have an empty id and their file's name.
 */
int ref_list(const struct state *state, struct arena *arena, struct ref **ret,
	     size_t *ret_count, struct err *e);

#endif
