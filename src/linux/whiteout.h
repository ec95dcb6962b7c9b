/*
 * What a layer's directory says about the layers below it: a name is gone (a whiteout), or all
 * that they have in a directory is (an opaque directory).
 *
 * A whiteout is a character device 0:0. Where the directory lies on an overlay itself, which takes
 * such a device for one of its own and refuses to make it, it is an empty file with the attribute
 * user.overlay.whiteout in a directory with user.overlay.opaque "x": overlayfs takes this for the
 * same from Linux 6.8 on, and hoy wherever it runs.
 *
 * Runs in: cli (engine), image (confined).
 * See: Documentation/filesystems/overlayfs.rst "whiteouts and opaque directories".
 */
#ifndef HOY_LINUX_WHITEOUT_H
#define HOY_LINUX_WHITEOUT_H

#include <stdbool.h>
#include <sys/stat.h>

/* Hide `name` of the layers below. In an opaque directory there is nothing to hide. Returns 0,
 * -EEXIST when this layer has something of that name, or another -errno with nothing made. */
int whiteout_make(int dir_fd, const char *name);

/* Is `name`, of which lstat(2) says `st`, a whiteout of either form? */
bool whiteout_is_at(int dir_fd, const char *name, const struct stat *st);
/* The same of an open file: is it one in the form of a file? */
bool whiteout_is_file(int fd, const struct stat *st);

/* Hide all that the layers below have in the directory; not through an O_PATH descriptor.
 * Returns 0 or -errno. */
int whiteout_set_opaque(int dir_fd);
bool whiteout_is_opaque(int dir_fd);

#endif
