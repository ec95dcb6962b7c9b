/*
 * Conditions on arguments that the kernel reads as 32 bits.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_SECCOMP_NARROW_H
#define HOY_RUNTIME_SECCOMP_NARROW_H

#include <seccomp.h>
#include <stddef.h>

/* A range of 32-bit numbers is at most 62 aligned blocks; "not equal" is two ranges. */
enum { SECCOMP_NARROW_MAX = 64 };

/*
 * The same condition on the low 32 bits of the argument, as alternatives of which one must
 * hold, where the system call `name` has such an argument there. Returns their number: 1 and an
 * unchanged copy where there is nothing to narrow.
 */
size_t seccomp_narrow(const char *name, const struct scmp_arg_cmp *condition,
		      struct scmp_arg_cmp ret[SECCOMP_NARROW_MAX]);

#endif
