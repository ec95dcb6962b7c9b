/*
 * How far a profile knows the system calls.
 *
 * Runs in: cli (engine), runtime; only when a filter is compiled for the cache.
 */
#ifndef HOY_RUNTIME_SECCOMP_KNOWN_H
#define HOY_RUNTIME_SECCOMP_KNOWN_H

#include "runtime/seccomp_shrink.h"
#include "spec/runtime_spec.h"

/*
 * The highest number that any rule names, whatever its action, for the native architecture and
 * each of the profile's. One that has none of them is left out.
 */
void seccomp_known_find(const struct spec_seccomp *seccomp, struct seccomp_known *ret);

#endif
