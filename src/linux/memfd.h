/*
 * Anonymous files that live in memory: how a plan, and hoy-init itself, reach a container
 * without a path on the host.
 *
 * Runs in: cli, runtime.
 * See: memfd_create(2), fcntl(2) "File sealing".
 */
#ifndef HOY_LINUX_MEMFD_H
#define HOY_LINUX_MEMFD_H

#include <stddef.h>

/* An empty memfd (CLOEXEC, seals allowed). Returns an fd owned by the caller or -errno. */
int memfd_make(const char *name);

/* The same for a program to be executed: where the kernel wants it said (6.3, vm.memfd_noexec),
 * it is marked executable. */
int memfd_make_executable(const char *name);

/* One that is written to by a program that we do not trust with our memory: not more than
 * `size` bytes fit (EPERM for who writes on). What was written ends at the file's offset. */
int memfd_make_bounded(const char *name, size_t size);

/* From now on nobody can change content or size, and no seal can be taken away. Returns 0 or
 * -errno. */
int memfd_seal(int fd);

#endif
