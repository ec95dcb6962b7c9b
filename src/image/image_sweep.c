/*
 * Tidying up: everything that no image and no container needs.
 *
 * Runs in: cli (engine).
 */
#include "base/fd.h"
#include "image/image_store.h"
#include "image/sweep.h"
#include "image/work.h"

int image_sweep(const struct state *state, const struct image_users *users, uint64_t *ret_bytes,
		struct err *e)
{
	AUTO_CLOSE int lock = -EBADF;
	int r = work_recover(state, e);

	if (r < 0)
		return r;
	lock = images_lock(state, true, e);
	if (lock < 0)
		return lock;
	r = sweep_unreachable(state, NULL, users, ret_bytes, e);
	lock = fd_close(lock);
	return r < 0 ? r : work_recover(state, e);
}

int image_unneeded(const struct state *state, const struct image_users *users,
		   uint64_t *ret_bytes, struct err *e)
{
	/* Alone, or what is just being published would be seen before its image. */
	AUTO_CLOSE int lock = images_lock(state, true, e);

	return lock < 0 ? lock : sweep_measure(state, users, ret_bytes, e);
}

int image_recover(const struct state *state, struct err *e)
{
	return work_recover_now(state, e);
}
