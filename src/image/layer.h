/*
 * Layers on disk: ROOT/layers/<hex of the diff id>/ with layer.json and, in one of two forms,
 * what the layer has.
 *
 *   fs/           a directory tree, as an overlay takes it: see linux/whiteout.h
 *   layer.erofs   the same as one file, an EROFS image
 *
 * Which form a new one gets is the storage driver's choice; each can be used by all of them.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_LAYER_H
#define HOY_IMAGE_LAYER_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

enum layer_form {
	LAYER_DIRECTORY,
	LAYER_EROFS,
};

/* A fresh, empty place for a layer being unpacked, in ROOT/tmp/`work_name`: an fd owned by the
 * caller, a directory or a file for writing. */
int layer_begin(const struct state *state, enum layer_form form, const char *work_name,
		struct err *e);
/* Make it the layer of `diff_id`, atomically; one that is there already wins. The content is on
 * disk already. */
int layer_publish(const struct state *state, const char *work_name, const char *diff_id,
		  uint64_t size, struct err *e);
/* The same, in the place of what is there. */
int layer_replace(const struct state *state, const char *work_name, const char *diff_id,
		  uint64_t size, struct err *e);
/* Its form, or -ENOENT: it is not there. */
int layer_find(const struct state *state, const char *diff_id);
enum { LAYER_PATH_SIZE = 256 };

/* Path relative to ROOT of what a layer of this form has. */
void layer_form_path(const char *diff_id, enum layer_form form, char path[LAYER_PATH_SIZE]);
/* The same, of the form that it has, into `path`. -ENOENT: not there. */
int layer_path(const struct state *state, const char *diff_id, struct str *path);
/* Is it there, and whole as far as one sees without reading all of it? 0, or -errno with a
 * sentence that names it. */
int layer_check(const struct state *state, const char *diff_id, struct err *e);
/* What publish was told. */
int layer_size(const struct state *state, const char *diff_id, uint64_t *ret, struct err *e);
/*
 * At once out of sight, deleted at the latest by the next work_recover. -ENOENT counts as done.
 * Works on a full disk.
 */
int layer_remove(const struct state *state, const char *diff_id, struct err *e);

#endif
