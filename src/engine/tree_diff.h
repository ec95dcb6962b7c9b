/*
 * What a tree has changed against another one, as an overlay's upper directory would hold it.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_TREE_DIFF_H
#define HOY_ENGINE_TREE_DIFF_H

#include "base/err.h"

/*
 * Fill the empty directory `upper_fd` with what `now_fd` has that `before_fd` has not, or has
 * otherwise: files by another name of theirs (so all of it must be on one file system),
 * directories anew, whiteouts for what is gone. A file is the same when type, owner, mode,
 * extended attributes, size and time of change are.
 */
int tree_diff(int before_fd, int now_fd, int upper_fd, struct err *e);

#endif
