/*
 * Making and joining namespaces, and processes held by descriptor.
 *
 * Runs in: cli, runtime (clone, pidfd), init (setns, unshare).
 * See: clone(2), setns(2), unshare(2), pidfd_open(2), pidfd_send_signal(2), namespaces(7).
 */
#ifndef HOY_LINUX_NAMESPACE_H
#define HOY_LINUX_NAMESPACE_H

#include <stdint.h>
#include <sys/types.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

/*
 * Like fork(2), with the namespaces of `flags` (CLONE_NEW*) made anew. `cgroup_fd` is the
 * cgroup v2 directory that the child is born in, or -1. `ret_pidfd` (may be NULL) gets a
 * CLOEXEC pidfd owned by the caller. Returns the child's pid in the caller's pid namespace, 0
 * in the child, or -errno. The caller must be single-threaded.
 */
pid_t clone3_child(uint64_t flags, int cgroup_fd, int *ret_pidfd);

/*
 * The same for a child that only prepares an execve(2): it runs `run(context)` in the memory of
 * the caller, which stands still until the child has executed or ended. Copying page tables,
 * and pages on the first write, is what that saves (60 us and more for each start). `run`
 * returns nothing to its caller: it executes or _exits, and writes to nothing that outlives it.
 * Not with CLONE_NEWUSER (such a child waits for its parent) or CLONE_NEWTIME.
 */
pid_t clone_vfork(uint64_t flags, void (*run)(const void *context), const void *context,
		  int *ret_pidfd);

/* Join the namespace behind `fd`, or, where it is a pidfd, those of `types` (CLONE_NEW*) of its
 * process. 0 or -errno. */
int namespace_join(int fd, int types);
/* Leave for new ones: CLONE_NEW* of `types`. Returns 0 or -errno. */
int namespace_unshare(int types);

/* A CLOEXEC pidfd owned by the caller, or -ESRCH, -errno. */
int pidfd_of(pid_t pid);
/* Returns 0, -ESRCH (it has ended and was waited for) or -errno. */
int pidfd_kill(int pidfd, int signal);

#endif
