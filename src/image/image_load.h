/*
 * From an id to a whole `struct image`.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_IMAGE_LOAD_H
#define HOY_IMAGE_IMAGE_LOAD_H

#include "format/reference.h"
#include "image/image_store.h"
#include "image/ref.h"

/* -ENOENT without a sentence: there is no such image. `references` stays empty. */
int image_load(const struct state *state, const char *id, struct arena *arena,
	       struct image *ret, struct err *e);

/* The same without the config, which stays empty. */
int image_load_record(const struct state *state, const char *id, struct arena *arena,
		      struct image *ret, struct err *e);

enum image_name_kind { IMAGE_NAME_ID, IMAGE_NAME_REFERENCE };

/*
 * Which image `name` means, and whether it was an id (or the beginning of one) or a reference:
 * then which of its manifests, and under which name it was found (`ret_found`, NULL: not asked
 * for), which is another one for a name that is short. `ret->name` stays NULL. Returns an
 * image_name_kind, or -ENOENT "No such image: NAME", or -EINVAL for a prefix of several.
 */
int image_resolve(const struct state *state, const char *name, struct ref *ret,
		  struct reference *ret_found, struct err *e);

/*
 * What `name` stands for, if it is a reference without a registry, the likeliest first. Returns
 * how many: 0, and `ret` unwritten, also when the operator's files cannot be read.
 */
size_t image_short_candidates(const char *name, struct arena *arena, struct reference **ret);

#endif
