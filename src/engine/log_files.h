/*
 * The files of one log, while the monitor may rotate them under us: the current one, .1 (the
 * newest of the old), .2 and so on.
 *
 * A file is known by its inode, never by its name. The monitor renames from the highest number
 * down, so if an open file has the same number before and after its neighbour was opened, it
 * really was the neighbour.
 *
 * Runs in: cli.
 */
#ifndef HOY_ENGINE_LOG_FILES_H
#define HOY_ENGINE_LOG_FILES_H

#include <stdbool.h>

#include "base/id.h"

struct log_files {
	int dir_fd; /* borrowed: the container's directory */
	char id[ID_SIZE];
};

/* The newest file. Returns an fd owned by the caller, or -ENOENT when there is none (yet), or
 * -errno. */
int log_files_newest(const struct log_files *files);
/* The oldest file, as log_files_newest. */
int log_files_oldest(const struct log_files *files);
/* The file before `fd`: an fd owned by the caller, or -ENOENT when `fd` is the oldest. */
int log_files_older(const struct log_files *files, int fd);
/*
 * The file after `fd`: an fd owned by the caller, or -ENOENT when it is not made yet. When `fd`
 * has been rotated away altogether, the oldest that is left.
 */
int log_files_newer(const struct log_files *files, int fd);
/* Whether `fd` is still the file that is written. */
bool log_files_is_current(const struct log_files *files, int fd);

#endif
