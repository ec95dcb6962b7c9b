/*
 * The words of a seccomp profile: actions, operators, flags and architectures. The compiler
 * reads them here, and `features` tells them from here.
 *
 * Runs in: cli (engine), runtime.
 * See: OCI runtime-spec config-linux.md "Seccomp"; seccomp(2).
 */
#ifndef HOY_RUNTIME_SECCOMP_NAMES_H
#define HOY_RUNTIME_SECCOMP_NAMES_H

#include <stdint.h>

struct seccomp_name {
	const char *name; /* NULL ends the list */
	uint32_t value;
};

extern const struct seccomp_name seccomp_actions[];   /* SCMP_ACT_*, with a return value of 0 */
extern const struct seccomp_name seccomp_operators[]; /* SCMP_CMP_* */
extern const struct seccomp_name seccomp_flags[];     /* SECCOMP_FILTER_FLAG_* */
extern const char *const seccomp_architectures[];     /* of the specification; ends with NULL */

/* The entry of that name, or NULL. `name` may be NULL. */
const struct seccomp_name *seccomp_name_find(const struct seccomp_name *list, const char *name);

/* "SCMP_ARCH_X86_64" to libseccomp's token; 0: the library does not know it. */
uint32_t seccomp_architecture_find(const char *name);

#endif
