/*
 * A filter made smaller: the kernel checks, translates and compiles every instruction at each
 * start of a container, so that docker's profile as libseccomp writes it (1246 instructions)
 * costs 370 us to load.
 *
 * Most system calls are decided by their number alone, and neighbours mostly alike: ranges of
 * numbers, searched by halving, need a quarter of the instructions. What looks at arguments is
 * copied as it is.
 *
 * Runs in: cli (engine), runtime; only when a filter is compiled for the cache.
 */
#ifndef HOY_RUNTIME_SECCOMP_SHRINK_H
#define HOY_RUNTIME_SECCOMP_SHRINK_H

#include <stdint.h>

#include "runtime/seccomp.h"

enum { SECCOMP_ARCHES_MAX = 24 };

/* The highest system call that the profile names, of one architecture; x32 is x86_64 with
 * numbers above its bit. */
struct seccomp_last {
	uint32_t arch; /* AUDIT_ARCH_* */
	uint32_t number;
};

struct seccomp_known {
	struct seccomp_last items[SECCOMP_ARCHES_MAX];
	size_t count;
};

/*
 * Replace the program by a smaller one that decides every system call alike, but for one thing:
 * unless `default_action` lets calls through (allow, log, trace), it does not decide about
 * numbers above `known`: they give ENOSYS. A libc that tries a new system call first then falls
 * back to an old one, as on an old kernel; EPERM would stop it (docker and runc do the same).
 *
 * The result is tried against the original before it is taken; what cannot be made smaller is
 * left as it is. Returns 0 or -ENOMEM.
 */
int seccomp_shrink(struct seccomp_filter *filter, uint32_t default_action,
		   const struct seccomp_known *known);

#endif
