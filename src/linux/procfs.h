/*
 * A procfs that nobody else can have arranged: for writing sysctls.
 *
 * A container's /proc may be covered by a volume or exchanged while we write (CVE-2025-52881).
 * So writes go to a mount made by ourselves, relative to its descriptor, and cross neither
 * links nor mounts.
 *
 * Runs in: init.
 * See: proc(5).
 */
#ifndef HOY_LINUX_PROCFS_H
#define HOY_LINUX_PROCFS_H

#include <stdbool.h>

/* A detached procfs of the caller's pid namespace. Returns a mount fd owned by the caller or
 * -errno. */
int procfs_open(void);
/* Is the object behind `fd` (O_PATH is enough) on a procfs? */
bool procfs_holds(int fd);
/* Write `text` with one write(2) into `path` ("sys/kernel/shmmax") of the procfs at `proc_fd`.
 * Returns 0 or -errno. */
int procfs_write(int proc_fd, const char *path, const char *text);

#endif
