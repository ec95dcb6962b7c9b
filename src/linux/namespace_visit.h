/*
 * For a moment in another mount namespace.
 *
 * We go there ourselves and come back: 6 us. A child that shares our memory and our descriptors
 * would not have to come back, and costs 14 us where nothing else runs; but it has to be
 * scheduled, and we after it: 0.3 ms and more on a busy machine.
 *
 * Runs in: cli (engine), runtime.
 * See: setns(2).
 */
#ifndef HOY_LINUX_NAMESPACE_VISIT_H
#define HOY_LINUX_NAMESPACE_VISIT_H

#include "base/err.h"

/*
 * Run `visit(context)` in the mount namespace behind `fd`, with its root as root and working
 * directory; -1: in our own, with ours. Afterwards namespace, root, working directory and umask
 * are what they were, whatever the visit did to them. The caller is single-threaded. Returns what
 * `visit` returns, or -errno with a sentence; when it was the way back that failed, `e` says so,
 * and no path means any more what it meant.
 */
int namespace_visit(int fd, int (*visit)(void *context), void *context, struct err *e);

#endif
