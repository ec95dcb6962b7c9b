/*
 * Terminals: the pty of a container and its size. The raw mode of the user's own is in
 * linux/caller_terminal.h.
 *
 * Runs in: init, runtime.
 * See: pty(7), ioctl_tty(2), termios(3).
 */
#ifndef HOY_LINUX_TERMINAL_H
#define HOY_LINUX_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A new pty in the devpts that `pts_fd` (a directory) must be. Its end for the program is
 * opened through the master (TIOCGPTPEER), never by a path that a container could have
 * exchanged, and checked. Both are CLOEXEC and owned by the caller. Returns 0, -ENOTTY (this is
 * no devpts) or -errno.
 */
int terminal_open_pair(int pts_fd, int *ret_master, int *ret_slave);
/* Leave the session and make `fd` the controlling terminal of a new one; its leader must be the
 * caller. 0 or -errno. */
int terminal_make_controlling(int fd);

/* Is `fd` the master of a pty, by device number and file system? */
bool terminal_is_master(int fd);

/* From now on a LF that the program writes stays one, without a CR before it. 0 or -errno. */
int terminal_set_plain(int fd);

int terminal_set_size(int fd, uint32_t rows, uint32_t columns);
/* Returns 0 or -ENOTTY. */
int terminal_get_size(int fd, uint32_t *ret_rows, uint32_t *ret_columns);

#endif
