/*
 * Unfinished work: ROOT/tmp/<random>, held by a lock on its `lock` file; nobody holds it:
 * debris, removed by the next command.
 *
 * What a command has already published when it dies (a layer, a blob, a record without its
 * reference) is named by its `publishing` file, written before any of that appeared, and is
 * taken back unless an image needs it.
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
};

/* Make one and hold it. Removes debris of others first. The directory is removed by work_end.
 */
int work_begin(const struct state *state, struct work *ret, struct err *e);
/* Say what is about to be published, before anything of it is: lines "image DIGEST", "blob
 * DIGEST", "layer DIGEST". */
int work_announce(const struct work *work, const struct str *lines, struct err *e);
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
