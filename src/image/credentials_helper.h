/*
 * docker-credential-NAME: programs of the operator that keep credentials.
 *
 *   docker-credential-NAME get     <  SERVER                          >  {"Username": ..., "Secret": ...}
 *   docker-credential-NAME store   <  {"ServerURL": ..., ...}
 *   docker-credential-NAME erase   <  SERVER
 *
 * NAME comes from a file and is looked up in PATH, of which only absolute directories count. A
 * helper has our environment and standard error, so that it can ask for a passphrase; what it
 * prints and how long it takes is bounded. A user of "<token>" means that the secret is an
 * identity token.
 *
 * HOY_CREDENTIAL_HELPER_TIMEOUT: how many seconds it may take, 60 by default.
 *
 * Runs in: cli (engine).
 * See: github.com/docker/docker-credential-helpers.
 */
#ifndef HOY_IMAGE_CREDENTIALS_HELPER_H
#define HOY_IMAGE_CREDENTIALS_HELPER_H

#include <stdbool.h>

#include "image/credentials.h"

enum { CREDENTIAL_HELPER_SECONDS = 60 };

/* What `helper` (its NAME) keeps for `server`; nothing is nothing. `arena` must be secret.
 * Returns 0 or -errno with what the helper said. */
int credentials_helper_get(const char *helper, const char *server, struct arena *arena,
			   struct registry_credentials *ret, struct err *e);
int credentials_helper_store(const char *helper, const char *server,
			     const struct registry_credentials *credentials, struct err *e);
/* *ret_was_there is false when it had nothing. */
int credentials_helper_erase(const char *helper, const char *server, bool *ret_was_there,
			     struct err *e);

/* What `get` printed, `len` bytes; `what` names the helper in errors. Pure. */
int credentials_answer_read(const char *text, size_t len, const char *what, struct arena *arena,
			    struct registry_credentials *ret, struct err *e);

#endif
