/*
 * Who we are at a registry: what docker's config.json, the auth.json of the containers tools and
 * credential helpers know, and how `hoy login` stores it.
 *
 *   credentials_find       each file in turn, and its helper           credentials.c
 *     what one file says   auths, credHelpers, credsStore              credentials_file.h
 *     which key is meant   docker's, containers', older spellings      credentials_key.h
 *     what a helper says   docker-credential-NAME                      credentials_helper.h
 *   credentials_store, credentials_erase                               credentials_store.c
 *     a file with one entry changed                                    credentials_edit.h
 *
 * Looked at in this order, the first that knows the registry counts: REGISTRY_AUTH_FILE alone
 * where it is set; $DOCKER_CONFIG/config.json (~/.docker/config.json), which is where a login is
 * stored; $XDG_RUNTIME_DIR/containers/auth.json (without it: /run/containers/UID/auth.json);
 * $XDG_CONFIG_HOME/containers/auth.json.
 *
 * Whoever calls gives arenas that are secret, and no password or token is ever formatted,
 * logged, or an argument of a program.
 *
 * Runs in: cli (engine); never in hoy-fetch, which is told what it needs.
 * See: docker-login(1), containers-auth.json(5), docker-credential-helpers.
 */
#ifndef HOY_IMAGE_CREDENTIALS_H
#define HOY_IMAGE_CREDENTIALS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "format/reference.h"

enum {
	CREDENTIAL_FILE_MAX = 4 << 20,	/* bytes of a file */
	CREDENTIAL_TEXT_MAX = 64 * 1024 /* of a password or token; of what a helper prints */
};

/* Texts live in an arena. All NULL: nobody in particular. */
struct registry_credentials {
	char *user;
	char *password;
	char *identity_token; /* in place of user and password */
	char *registry_token; /* a bearer token, used as it is */
};

bool credentials_are_empty(const struct registry_credentials *credentials);
/* Can they be sent? `what` names where they come from. Returns 0 or -EINVAL. */
int credentials_check(const struct registry_credentials *credentials, const char *what,
		      struct err *e);

/* Under what name credentials of `registry` are stored: docker.io is
 * "https://index.docker.io/v1/". */
const char *credentials_key(const char *registry);

/*
 * What is stored for the repository (auth.json may have keys such as "quay.io/group") or its
 * registry; a reference without a repository stands for the registry. `arena` must be secret.
 * Returns 0 (perhaps with nothing), or -errno: a file or a helper is broken.
 */
int credentials_find(const struct reference *reference, struct arena *arena,
		     struct registry_credentials *ret, struct err *e);

/* Where it was stored, and what the user should know. */
struct credentials_stored {
	char *file;
	char *helper; /* NULL: in the file itself, readable for who can read it */
};

/*
 * Store them for `registry`, in docker's config.json (or REGISTRY_AUTH_FILE): in the helper that
 * the file names for it, else in the file, 0600, replaced atomically, all else in it kept.
 * `arena` is for the result.
 */
int credentials_store(const char *registry, const struct registry_credentials *credentials,
		      struct arena *arena, struct credentials_stored *ret, struct err *e);
/* Forget them, there and in its helper. *ret_was_there says whether there was anything. */
int credentials_erase(const char *registry, bool *ret_was_there, struct err *e);

#endif
