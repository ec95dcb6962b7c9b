/*
 * Descriptors through unix sockets.
 *
 * Runs in: init, cli, monitor's senders, hoy-dns.
 * See: unix(7) SCM_RIGHTS.
 */
#ifndef HOY_LINUX_SOCKET_FD_H
#define HOY_LINUX_SOCKET_FD_H

#include <stddef.h>
#include <sys/types.h>

enum { SOCKET_FDS_MAX = 4 };

/* Send `len` bytes (at least one) along with `count` descriptors, which may be none. Returns 0 or
 * -errno. Never raises SIGPIPE. */
int socket_send_fds(int socket_fd, const void *data, size_t len, const int *fds, size_t count);
/*
 * Receive one message with at most *count descriptors, which are CLOEXEC and owned by the caller;
 * *count becomes how many came. Returns the number of bytes, 0 at end of file, -EPROTO for
 * a message that did not fit (then nothing is handed over), or -errno.
 */
ssize_t socket_receive_fds(int socket_fd, void *data, size_t size, int *fds, size_t *count);

/* Send `fd` along with `text` (its NUL not included; "" sends one zero byte). Returns 0 or
 * -errno. Never raises SIGPIPE. */
int socket_send_fd(int socket_fd, int fd, const char *text);
/* Receive one message with one descriptor: a CLOEXEC fd owned by the caller, -EPIPE at end of
 * file, -EPROTO without one. */
int socket_receive_fd(int socket_fd);

#endif
