/*
 * Unfinished work: ROOT/tmp/<random>, held by a lock on its `lock` file; nobody holds it:
 * debris, removed by the next command.
 *
 * A command says in its directory what it is about to do to the store, before it does any of it:
 *
 *   publishing   what it makes appear, or needs: as long as the command lives nobody removes
 *                it; when it has died, what it made is taken back unless an image needs it
 *   removing     what it removes: the next command goes on with it
 *
 * A line is a word and a digest: "image DIGEST", "blob DIGEST", "layer DIGEST" (taken back),
 * "fetched DIGEST" (a blob from a network: taken back to ROOT/partial, where the next pull finds
 * it), "need DIGEST" (there already, and somebody else's to take back).
 *
 * Runs in: cli (engine).
 * See: flock(2).
 */
#ifndef HOY_IMAGE_WORK_H
#define HOY_IMAGE_WORK_H

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

enum { WORK_NAME_SIZE = 33 };

struct work {
	const struct state *state; /* borrowed */
	char name[WORK_NAME_SIZE]; /* below ROOT/tmp */
	int fd;			   /* the directory */
	int lock_fd;
	unsigned int places; /* how many layer_place.h has made in it */
};

/* Make one and hold it. Removes debris of others first. The directory is removed by work_end.
 */
int work_begin(const struct state *state, struct work *ret, struct err *e);

#define WORK_PUBLISHING "publishing"
#define WORK_REMOVING	"removing"

/* Say what is about to happen, in `list`, one of the two above. With the exclusive lock of all
 * images. */
int work_announce(const struct work *work, const char *list, const struct str *lines,
		  struct err *e);
/*
 * What other living commands are publishing: their lines, in `arena`. `except`: one whose lines
 * are left out; NULL. With the lock of all images.
 */
int work_announced(const struct state *state, const struct work *except, struct arena *arena,
		   struct strv *ret, struct err *e);
/* What this one is publishing, "" when nothing, in heap memory. */
int work_publishing(const struct work *work, char **ret, struct err *e);
/* Remove it with everything in it. */
void work_end(struct work *work);
/* Leave it to the next command: what it was publishing could not be taken back. */
void work_abandon(struct work *work);
static inline void work_end_auto(struct work *work)
{
	work_end(work);
}
#define AUTO_WORK __attribute__((cleanup(work_end_auto)))

/*
 * Remove what nobody holds, and take back what it was publishing. Cheap when there is nothing.
 * Returns 0, or the first failure after having tried everything.
 */
int work_recover(const struct state *state, struct err *e);
/* The same without waiting for anybody: -EWOULDBLOCK when images are being changed just now. */
int work_recover_now(const struct state *state, struct err *e);
/* The names of those that nobody holds, for image_check: how many there are. */
int work_count_debris(const struct state *state, size_t *ret, struct err *e);

/* The lock of all images: shared for those who only need them to stay, exclusive for who
 * changes. An fd owned by the caller. */
int images_lock(const struct state *state, bool is_exclusive, struct err *e);

#endif
