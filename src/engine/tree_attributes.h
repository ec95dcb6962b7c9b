/*
 * What a file has besides its content: copied from one to another, and compared.
 *
 * The overlay's own marks (user.overlay.*) are about the layer, and a label of SELinux is about
 * where the file lies: they are never copied, and are no difference.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_TREE_ATTRIBUTES_H
#define HOY_ENGINE_TREE_ATTRIBUTES_H

#include <sys/stat.h>

#include "engine/id_shift.h"

/* Owner, extended attributes, mode and times (of `st`) of a file or directory; what `to_fd` has
 * of other extended attributes goes. `shift`: of ids in extended attributes, NULL: none. Returns 0
 * or -errno. */
int attributes_copy(int from_fd, int to_fd, const struct stat *st,
		    const struct id_shift *shift);

/* Owner, mode, times, size and device number; times of directories are left out. */
bool stats_differ(const struct stat *a, const struct stat *b);
/* The same names with the same values? Returns 1, 0 or -errno. */
int xattrs_differ(int a_fd, int b_fd);

#endif
