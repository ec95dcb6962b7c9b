/*
 * The files that have credentials, and reading one of them.
 *
 * Runs in: cli (engine).
 * See: credentials.h, which has the order.
 */
#ifndef HOY_IMAGE_CREDENTIALS_PLACES_H
#define HOY_IMAGE_CREDENTIALS_PLACES_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { CREDENTIALS_PLACES_MAX = 3 };

/* Docker's config.json; NULL: no place for it. */
const char *credentials_docker_place(struct arena *arena);
/* Their paths, the first to be asked first; that is also the one that a login is stored in.
 * Returns how many. */
size_t credentials_places(struct arena *arena, const char *ret[CREDENTIALS_PLACES_MAX]);

/* Append the file `name`, which errors call `path`, to `text`, a secret. Returns 0, -ENOENT
 * without a sentence: there is none, or -errno. */
int credentials_read_place(int dir_fd, const char *name, const char *path, struct str *text,
			   struct err *e);

#endif
