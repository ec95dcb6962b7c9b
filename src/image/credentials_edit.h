/*
 * One entry of a config.json or auth.json changed, everything else kept: members that we do not
 * know, their order, numbers as they were written. What comes out is laid out as docker does it.
 * Pure.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_CREDENTIALS_EDIT_H
#define HOY_IMAGE_CREDENTIALS_EDIT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "format/reference.h"

struct credentials_change {
	/* to be set: */
	const char *key; /* NULL: nothing */
	const char *auth;
	const char *identity_token; /* either may be NULL */
	/* or removed: every entry that names this registry, in whatever spelling */
	const struct reference *registry;
};

/*
 * `len` bytes of `text`, at most CREDENTIAL_FILE_MAX, changed and appended to `out`. `arena` is
 * for what is needed meanwhile; both must be secret. *ret_was_there: the entry, or one to be
 * removed, was there. Returns 0, -EINVAL, -EFBIG or -ENOMEM.
 */
int credentials_edit(const char *text, size_t len, const char *what,
		     const struct credentials_change *change, struct arena *arena,
		     struct str *out, bool *ret_was_there, struct err *e);

#endif
