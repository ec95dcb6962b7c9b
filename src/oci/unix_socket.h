/*
 * Unix sockets by path, of any length: the kernel takes 107 bytes, so the way goes through a
 * descriptor of the directory.
 *
 * Runs in: runtime.
 * See: unix(7).
 */
#ifndef HOY_OCI_UNIX_SOCKET_H
#define HOY_OCI_UNIX_SOCKET_H

/* Connect to `name` below `dir_fd` (AT_FDCWD with any path). `type`: SOCK_STREAM ... Returns a
 * CLOEXEC fd owned by the caller or -errno. */
int unix_socket_connect(int dir_fd, const char *name, int type);
/* Make `name` in `dir_fd` and listen. The same. */
int unix_socket_listen(int dir_fd, const char *name, int type);

#endif
