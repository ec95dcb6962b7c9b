/*
 * A system call profile from a file: docker's format (archMap, includes, excludes) or the OCI
 * specification's, which is the same without conditions.
 *
 * Runs in: cli (engine), runtime.
 * See: docker --security-opt seccomp=FILE; OCI runtime-spec config-linux.md "Seccomp".
 */
#ifndef HOY_RUNTIME_SECCOMP_PROFILE_H
#define HOY_RUNTIME_SECCOMP_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "runtime/seccomp_default.h"
#include "spec/runtime_spec.h"

enum { SECCOMP_PROFILE_MAX = 4 * 1024 * 1024 };

/*
 * Parse, and keep the rules whose conditions hold for a process with `capabilities` on `host`.
 * Everything is copied into `arena`. Returns 0 or -EINVAL with the path of the member.
 */
int seccomp_profile_parse(const char *json, size_t len, uint64_t capabilities,
			  const struct seccomp_host *host, struct arena *arena,
			  struct spec_seccomp *ret, struct err *e);

#endif
