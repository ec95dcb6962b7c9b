/*
 * Loading a compiled seccomp program. Compiling one is the runtime's work.
 *
 * Runs in: init, image.
 * See: seccomp(2).
 */
#ifndef HOY_LINUX_SECCOMP_LOAD_H
#define HOY_LINUX_SECCOMP_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * `filter`: `count` struct sock_filter; `flags`: SECCOMP_FILTER_FLAG_*. Needs no_new_privs or
 * CAP_SYS_ADMIN. Returns 0, with SECCOMP_FILTER_FLAG_NEW_LISTENER the listener's fd, or -errno.
 */
int seccomp_load_filter(const void *filter, size_t count, uint32_t flags);

/* Does this kernel know the SECCOMP_FILTER_FLAG_*? Changes nothing. */
bool seccomp_flag_is_supported(uint32_t flag);

#endif
