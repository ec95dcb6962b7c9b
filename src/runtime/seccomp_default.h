/*
 * Docker's default system call profile, and what the conditions in profiles of docker's format
 * ask about.
 *
 * Runs in: cli (engine), runtime.
 * See: moby/profiles seccomp/default.json; security(7).
 */
#ifndef HOY_RUNTIME_SECCOMP_DEFAULT_H
#define HOY_RUNTIME_SECCOMP_DEFAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/runtime_spec.h"

struct seccomp_host {
	const char *arch;    /* as docker's profiles name it: "amd64", "arm64" */
	uint32_t arch_token; /* SCMP_ARCH_* */
	unsigned int kernel_major;
	unsigned int kernel_minor;
};

void seccomp_host_read(struct seccomp_host *ret);
bool seccomp_host_has_kernel(const struct seccomp_host *host, unsigned int major,
			     unsigned int minor);

/* The profile for a process with these capabilities in its bounding set. */
int seccomp_default(uint64_t capabilities, const struct seccomp_host *host, struct arena *arena,
		    struct spec_seccomp *ret, struct err *e);

/* How many rules, distinct names and unconditionally allowed names the table has: what its test
 * counts. */
struct seccomp_default_counts {
	size_t rules;
	size_t names;
	size_t unconditional;
};
void seccomp_default_count(struct seccomp_default_counts *ret);

#endif
