/*
 * A filter for a program of ours: these system calls and no others, made without libseccomp. Any
 * other ends the process.
 *
 * Runs in: dns, fetch.
 * See: seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
 */
#ifndef HOY_LINUX_SECCOMP_ALLOW_H
#define HOY_LINUX_SECCOMP_ALLOW_H

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

/* A call that newer architectures do not have: a number that none has. */
#ifndef SYS_poll
#define SYS_poll -1
#endif

/* At most SECCOMP_RULES_MAX of them. Of an argument the lower 32 bits count. */
struct seccomp_rule {
	int number;
	/* With `has_values` the argument must be one of these. */
	int has_values;
	uint32_t values[2];
	uint8_t argument;
	/* It must have all of these bits. */
	uint32_t bits;
	/* Where the argument is none of `values`, the call fails with this instead of ending the
	 * process; without `has_values` it always does. */
	uint16_t error;
};

enum { SECCOMP_RULES_MAX = 80 };

/* What a C library does for memory, time and its own end is allowed always. Needs no_new_privs.
 * Returns 0 or -errno. */
int seccomp_allow_only(const struct seccomp_rule *rules, size_t count);

#endif
