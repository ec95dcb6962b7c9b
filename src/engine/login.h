/*
 * Logging in to a registry and out of it: what the registry takes is stored, and nothing else.
 *
 * A registry is written as docker's users write it: "quay.io", "127.0.0.1:5000",
 * "https://index.docker.io/v1/", or NULL for Docker Hub.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_LOGIN_H
#define HOY_ENGINE_LOGIN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "format/reference.h"
#include "image/credentials.h"

/* Which registry is meant. Returns 0 or -EINVAL. */
int login_registry(const char *server, struct reference *ret, struct err *e);

/* What is stored for it; `arena` must be secret. Returns 0, perhaps with nothing, or -errno. */
int login_stored(const struct reference *registry, struct arena *arena,
		 struct registry_credentials *ret, struct err *e);

/*
 * Show the credentials to the registry. Returns 0, -EACCES (it does not take them) or -errno.
 * `ret_token`: what is to be stored in the password's place, in `arena`, which must be secret;
 * NULL: nothing.
 */
int login_check(const struct reference *registry,
		const struct registry_credentials *credentials, struct arena *arena,
		char **ret_token, struct err *e);

/* The same, and store them. */
int login_store(const struct reference *registry,
		const struct registry_credentials *credentials, struct arena *arena,
		struct credentials_stored *ret, struct err *e);

#endif
