/*
 * A filter for a program of ours: these system calls and no others, made without libseccomp. Any
 * other ends the process.
 *
 * Runs in: hoy-dns.
 * See: seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
 */
#ifndef HOY_LINUX_SECCOMP_ALLOW_H
#define HOY_LINUX_SECCOMP_ALLOW_H

#include <stddef.h>
#include <stdint.h>

/* At most SECCOMP_RULES_MAX of them. */
struct seccomp_rule {
	int number;
	/* With `has_values` the first argument must be one of these. */
	int has_values;
	uint32_t values[2];
};

enum { SECCOMP_RULES_MAX = 60 };

/* What a C library does for memory, time and its own end is allowed always. Needs no_new_privs.
 * Returns 0 or -errno. */
int seccomp_allow_only(const struct seccomp_rule *rules, size_t count);

#endif
