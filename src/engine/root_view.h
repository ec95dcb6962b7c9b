/*
 * Reading small files of a container's root without mounting it: as a stack of its layers, or
 * through a running one's /proc/PID/root.
 *
 * What is in there is hostile: paths are resolved with RESOLVE_IN_ROOT, a file is opened
 * without blocking and without following a link at its end, must be a regular one, and is read
 * up to 1 MiB. A FIFO, a device, /dev/zero or an endless file named /etc/passwd is an error and
 * nothing else.
 *
 * Runs in: cli (engine).
 * See: openat2(2).
 */
#ifndef HOY_ENGINE_ROOT_VIEW_H
#define HOY_ENGINE_ROOT_VIEW_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

enum { ROOT_VIEW_MAX = 512, ROOT_FILE_MAX = 1024 * 1024 };

struct root_view {
	int fds[ROOT_VIEW_MAX]; /* directories, topmost first */
	size_t count;
};

/* The container's upper directory (relative to `dir_fd`; NULL: none) above its layers (relative
 * to `store_fd`, topmost first). */
int root_view_open(struct root_view *view, int dir_fd, const char *upper, int store_fd,
		   const struct strv *layers, struct err *e);
/* The root of a running process. */
int root_view_open_process(struct root_view *view, pid_t pid, struct err *e);
void root_view_close(struct root_view *view);

/*
 * The whole of the regular file `path` (absolute), in the arena. Returns 0, -ENOENT, or -EINVAL
 * when it is something that is not read (a link to a link to ..., a FIFO, too large) with a
 * sentence.
 */
int root_view_read(const struct root_view *view, const char *path, struct arena *arena,
		   char **ret_text, struct err *e);

#endif
