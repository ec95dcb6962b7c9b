/*
 * Descriptors that a program inherits: sockets of the service manager ($LISTEN_FDS), then as
 * many more as --preserve-fds says.
 *
 * Runs in: runtime.
 * See: sd_listen_fds(3); runc-create(8), runc-exec(8) "--preserve-fds".
 */
#ifndef HOY_OCI_DESCRIPTORS_H
#define HOY_OCI_DESCRIPTORS_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct descriptors {
	unsigned int listen_count; /* of $LISTEN_FDS */
	unsigned int keep_count;   /* these and the preserved ones: from 3 on */
};

/* Are they all there? To be asked before anything is opened that could take their place. */
int descriptors_find(int64_t preserved, struct descriptors *ret, struct err *e);
/* Tell the program of those that a service manager gave. */
void descriptors_say(const struct descriptors *descriptors, struct strv *env,
		     struct arena *arena);

#endif
