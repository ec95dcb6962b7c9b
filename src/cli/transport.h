/*
 * Images that do not come from a registry, in skopeo's spelling: oci:DIRECTORY[:NAME],
 * oci-archive:FILE[:NAME], docker-archive:FILE[:NAME].
 *
 * Runs in: cli.
 * See: containers-transports(5).
 */
#ifndef HOY_CLI_TRANSPORT_H
#define HOY_CLI_TRANSPORT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct transport {
	bool is_directory;
	char *path;
	char *name; /* which image of several; NULL: all */
};

/* Is `text` one of these? Then 1, with where it points to; else 0. A path may have colons in it:
 * what exists is the path. */
int transport_parse(const char *text, struct arena *arena, struct transport *ret);
/* Returns an fd owned by the caller, or -errno with a sentence. */
int transport_open(const struct transport *transport, struct err *e);

#endif
