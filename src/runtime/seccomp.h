/*
 * System call filters: from a profile to the BPF program that init loads, and the cache that
 * saves compiling it at each start.
 *
 * Compiling docker's profile with libseccomp takes about 10 ms, more than the whole of a start;
 * reading it back takes 20 us.
 *
 * Runs in: cli (engine), runtime.
 * See: seccomp(2), seccomp_rule_add(3); OCI runtime-spec config-linux.md "Seccomp".
 */
#ifndef HOY_RUNTIME_SECCOMP_H
#define HOY_RUNTIME_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/runtime_spec.h"

struct seccomp_filter {
	const struct sock_filter *items; /* inside `memory` */
	size_t count;
	uint32_t flags; /* SECCOMP_FILTER_FLAG_* */
	void *memory;	/* from malloc */
};

void seccomp_filter_done(struct seccomp_filter *filter);

/*
 * Compile with libseccomp. Names that it does not know are skipped, as docker does: a profile
 * may be younger than the library. Returns 0 or -EINVAL with the rule named.
 */
int seccomp_compile(const struct spec_seccomp *seccomp, struct seccomp_filter *ret,
		    struct err *e);

/* SECCOMP_FILTER_FLAG_* by name. */
int seccomp_flags_parse(const struct strv *names, uint32_t *ret, struct err *e);

/*
 * The same through the cache in directory `cache` (made when missing; NULL: none). `key` NULL:
 * `seccomp` is the profile. "default": docker's profile for `capabilities`, and `seccomp` is
 * not looked at. A file that is damaged, foreign or made by another version is compiled again
 * and replaced; a cache that cannot be written is only a warning.
 */
int seccomp_get(const char *cache, const char *key, uint64_t capabilities,
		const struct spec_seccomp *seccomp, struct seccomp_filter *ret, struct err *e);

#endif
