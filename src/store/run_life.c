/*
 * See run_life.h.
 *
 * Runs in: cli (engine).
 */
#include "store/run_life.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"

#define LIFE_NAME "life"

enum { LIFE_PATH_SIZE = 128 };

int run_life_make(int run_dir_fd)
{
	int fd;

	FAULT("mkfifo");
	if (mkfifoat(run_dir_fd, LIFE_NAME, 0600) < 0)
		return -errno;
	fd = openat(run_dir_fd, LIFE_NAME, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int run_life_open(const struct state *state, const char *id)
{
	char path[LIFE_PATH_SIZE];
	int fd;

	(void)snprintf(path, sizeof(path), "containers/%s/" LIFE_NAME, id);
	fd = openat(state->runroot_fd, path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
