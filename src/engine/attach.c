/*
 * Talking to the monitor of a running container.
 *
 * Runs in: cli (engine).
 * See: proto/attach.h; engine.h.
 */
#include "proto/attach.h"

#include "base/fd.h"
#include "engine/engine.h"
#include "store/run_dir.h"

int engine_attach(struct engine *engine, const char *container, uint16_t attach_flags,
		  struct err *e)
{
	struct attach_header hello = { .version = ATTACH_VERSION,
				       .type = ATTACH_HELLO,
				       .flags = attach_flags };
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_CLOSE int fd = -EBADF;
	struct container found;
	int r = engine_get(engine, container, &arena, &found, e);

	if (r < 0)
		return r;
	if (found.liveness.status != STATUS_RUNNING)
		return err_set(e, ERR_CONFLICT, -ESRCH,
			       "You cannot attach to a stopped container, start it first");
	fd = run_dir_connect(&engine->state, found.record.id);
	if (fd < 0)
		return err_sys(e, fd, "connect to the monitor of container %s",
			       found.record.name);
	r = attach_send(fd, &hello, NULL, 0);
	if (r < 0)
		return err_sys(e, r, "greet the monitor of container %s", found.record.name);
	return fd_take(&fd);
}
