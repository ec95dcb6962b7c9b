/*
 * Reading small files of a container's root, which is a descriptor: a mount of its layers, or a
 * running one's /proc/PID/root.
 *
 * What is in there is hostile: paths are resolved with RESOLVE_IN_ROOT, and only what turns out
 * to be a regular file is opened, without blocking, and read up to 1 MiB. A FIFO, a device,
 * /dev/zero or an endless file named /etc/passwd is an error and nothing else.
 *
 * Runs in: cli (engine).
 * See: openat2(2).
 */
#ifndef HOY_ENGINE_ROOT_FILE_H
#define HOY_ENGINE_ROOT_FILE_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

enum { ROOT_FILE_MAX = 1024 * 1024 };

/* The root of a running process. Returns an fd owned by the caller, or -ESRCH, -errno with a
 * sentence. */
int root_of_process(pid_t pid, struct err *e);

/*
 * The whole of the regular file `path` (absolute), in the arena. Returns 0, -ENOENT, or -errno
 * with a sentence when it is something that is not read (a link to a link to ..., a FIFO, too
 * large).
 */
int root_file_read(int root_fd, const char *path, struct arena *arena, char **ret_text,
		   struct err *e);

#endif
