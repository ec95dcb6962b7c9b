/*
 * Device nodes: made below a directory descriptor, and believed only after a look at what they
 * are.
 *
 * Runs in: init, runtime.
 * See: mknod(2).
 */
#ifndef HOY_LINUX_DEVICE_H
#define HOY_LINUX_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct device_node {
	mode_t type; /* S_IFCHR, S_IFBLK, S_IFIFO */
	mode_t mode;
	dev_t number;
	uid_t uid;
	gid_t gid;
};

/* Is `fd` (O_PATH is enough) this device? The type is compared before the number, which is 0
 * for pipes and files. */
bool device_is(int fd, mode_t type, dev_t number);
/*
 * Make the node `name` with exactly this owner and mode. One that is there already is taken
 * when it is the same device. Returns 0, -EEXIST (something else is there), -EPERM (in a user
 * namespace), or -errno. Set the umask to 0 before.
 */
int device_make(int dir_fd, const char *name, const struct device_node *node);

/*
 * The host's /dev/null as a detached mount: read-only, so that nobody changes the mode of the
 * node through it. Returns an fd owned by the caller, or -errno with a sentence.
 */
int device_clone_null(struct err *e);

#endif
