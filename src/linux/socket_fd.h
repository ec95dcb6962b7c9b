/*
 * Descriptors through unix sockets.
 *
 * Runs in: init, cli, monitor's senders.
 * See: unix(7) SCM_RIGHTS.
 */
#ifndef HOY_LINUX_SOCKET_FD_H
#define HOY_LINUX_SOCKET_FD_H

/* Send `fd` along with `text` (its NUL not included; "" sends one zero byte). Returns 0 or
 * -errno. Never raises SIGPIPE. */
int socket_send_fd(int socket_fd, int fd, const char *text);
/* Receive one message with one descriptor: a CLOEXEC fd owned by the caller, -EPIPE at end of
 * file, -EPROTO without one. */
int socket_receive_fd(int socket_fd);

#endif
