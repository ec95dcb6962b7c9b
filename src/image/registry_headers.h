/*
 * HttpHeaders of docker's config.json: headers that its owner wants sent with every request to a
 * registry, such as a ticket for a proxy.
 *
 * Runs in: cli (engine).
 * See: docker(1) "HttpHeaders".
 */
#ifndef HOY_IMAGE_REGISTRY_HEADERS_H
#define HOY_IMAGE_REGISTRY_HEADERS_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { REGISTRY_HEADERS_MAX = 32 };

/* "NAME: VALUE" of each, in `arena`, which must be secret. Returns 0, also without a file, or
 * -errno. */
int registry_headers_read(struct arena *arena, struct strv *ret, struct err *e);

/* The same of `len` bytes of such a file, which errors call `what`. Pure. */
int registry_headers_parse(const char *text, size_t len, const char *what, struct arena *arena,
			   struct strv *ret, struct err *e);

#endif
