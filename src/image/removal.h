/*
 * Removing images: what stands against it, what goes with it, and doing it. First everything is
 * decided and said, then done: the record goes first, by one unlink; then the image does not
 * exist. Names that still point to it are ignored by everybody and removed next, then what no
 * other image needs.
 *
 * Everything here happens with the exclusive lock of all images.
 *
 * Runs in: cli (engine).
 * See: moby daemon/images/image_delete.go.
 */
#ifndef HOY_IMAGE_REMOVAL_H
#define HOY_IMAGE_REMOVAL_H

#include "image/image_record.h"
#include "image/image_store.h"
#include "image/ref.h"
#include "image/work.h"

enum conflict_mask {
	CONFLICT_CHILDREN = 1,
	CONFLICT_RUNNING = 2,
	CONFLICT_REFERENCES = 4,
	CONFLICT_STOPPED = 8,
	CONFLICT_HARD = CONFLICT_CHILDREN | CONFLICT_RUNNING,
	CONFLICT_ALL = 15
};

struct removal_image {
	char id[DIGEST_SIZE];
	char parent[DIGEST_SIZE];
	bool is_doomed;
};

struct removal {
	const struct state *state;
	const struct work *work;
	const struct image_users *users;
	struct arena *arena;
	struct image_removal *ret;
	bool keeps_parents; /* that were kept only for what is removed */

	struct removal_image *images; /* all, sorted by id */
	size_t image_count;
	struct ref *refs; /* of all images; a decided one has an empty id */
	size_t ref_count;
	struct strv names;	     /* decided: these go */
	struct image_record *doomed; /* decided: these go, children before parents */
	size_t doomed_count;
};

/* Read all names and records; what is above them is set. */
int removal_begin(struct removal *removal, struct err *e);

/* How many names does it have; how many of them are tags? */
size_t removal_count_references(const struct removal *removal, const char *id);
size_t removal_count_tags(const struct removal *removal, const char *id);
/* Are its names of one repository, with at most one tag? Then the id means the same as the name.
 * False when it has none. */
bool removal_is_single(const struct removal *removal, const char *id);
/* Are all its names of one repository? True when it has none. */
bool removal_is_one_repository(const struct removal *removal, const char *id);
enum image_use removal_use(const struct removal *removal, const char *digest,
			   char container[ID_SIZE]);
/* 0, or -EBUSY with docker's sentence about the first of `mask` that stands against it. */
int removal_conflict(const struct removal *removal, const char *id, int mask, struct err *e);

/* Decide that a name goes, or with NULL all names of `id`. */
void removal_untag(struct removal *removal, const char *id, const char *name);
/* The same for the digests of one repository, when no tag of it is left for this image. */
void removal_untag_digests(struct removal *removal, const char *id, const char *name);
/* Decide that the image goes, with all its names, and then its parents that were kept only for
 * it. */
int removal_doom(struct removal *removal, const char *id, struct err *e);

/* Do what was decided. `ret_bytes`: how much that freed. */
int removal_carry_out(const struct removal *removal, uint64_t *ret_bytes, struct err *e);

#endif
