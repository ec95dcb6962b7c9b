/*
 * What one config.json or auth.json knows about a registry. Pure: text in, texts out.
 *
 * Read in place: no tree is built that would keep copies of secrets.
 *
 * Runs in: cli (engine).
 * See: docker/cli configfile; containers-auth.json(5).
 */
#ifndef HOY_IMAGE_CREDENTIALS_FILE_H
#define HOY_IMAGE_CREDENTIALS_FILE_H

#include <stdbool.h>

#include "format/json_walk.h"
#include "image/credentials.h"

struct credentials_found {
	struct registry_credentials credentials; /* of the closest key in `auths` */
	bool is_for_namespace;
	char *helper;	  /* the registry's own in credHelpers; NULL: none */
	char *helper_key; /* what it is asked for: as the file spells it */
	char *store;	  /* credsStore; NULL: none */
};

/*
 * `len` bytes, at most CREDENTIAL_FILE_MAX; none at all are an empty object. `what` names the
 * file in errors. Everything is in `arena`. Returns 0, -EINVAL, -EFBIG or -ENOMEM.
 */
int credentials_file_read(const char *text, size_t len, const char *what,
			  const struct reference *reference, struct arena *arena,
			  struct credentials_found *ret, struct err *e);

/* Nothing but space? docker takes that for an empty object. */
bool credentials_file_is_blank(const char *text, size_t len);

/*
 * The string at which `walk` stands, in the arena; null and "" are NULL. `path` names it in
 * errors. Returns 0, -EINVAL (no string, or a NUL in it), -EFBIG (longer than
 * CREDENTIAL_TEXT_MAX) or -ENOMEM.
 */
int credentials_take_text(struct json_walk *walk, const char *path, struct arena *arena,
			  char **ret, struct err *e);

#endif
