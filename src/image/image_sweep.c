/*
 * Tidying up: everything that no image and no container needs.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "image/image_record.h"
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

int image_sweep_after(const struct state *state, const char *image_id,
		      const struct image_users *users, struct err *e)
{
	int lock = images_lock(state, false, e);
	bool is_there;

	if (lock < 0)
		return lock;
	is_there = image_id && image_record_exists(state, image_id);
	(void)fd_close(lock);
	return is_there ? 0 : image_sweep(state, users, NULL, e);
}

int image_sweep_postponed(const struct state *state, const struct image_users *users,
			  struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv others = { 0 };
	int lock;
	int r;

	if (faccessat(state->root_fd, SWEEP_POSTPONED, F_OK, 0) < 0)
		return 0;
	lock = images_lock(state, false, e);
	if (lock < 0)
		return lock;
	r = work_announced(state, NULL, &arena, &others, e);
	(void)fd_close(lock);
	return r < 0 || others.count > 0 ? r : image_sweep(state, users, NULL, e);
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
