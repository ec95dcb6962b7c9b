/*
 * Giving an image another name. The name may have meant another image before, which then is
 * left without one.
 *
 * Runs in: cli (engine).
 */
#include "base/fd.h"
#include "image/image_load.h"
#include "image/publish.h"
#include "image/ref.h"
#include "image/work.h"

int image_tag(const struct state *state, const char *source, const char *target, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	/* So that a temporary file left by a kill is found by the next command. */
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	AUTO_CLOSE int lock = -EBADF;
	struct ref ref;
	char *reference;
	int r = publish_reference(target, &arena, &reference, e);

	if (r == 0)
		r = work_begin(state, &work, e);
	if (r < 0)
		return r;
	lock = images_lock(state, true, e);
	if (lock < 0)
		return lock;
	r = image_resolve(state, source, &ref, NULL, e);
	ref.name = reference;
	return r < 0 ? r : ref_write(state, &ref, e);
}
