/*
 * Keys of `auths` and `credHelpers`: which registry or repository is meant, in all the spellings
 * that were written in ten years.
 *
 *   "quay.io/group"                     containers: a namespace, good for what lies in it
 *   "https://index.docker.io/v1/"       docker: Docker Hub
 *   "docker.io"                         containers: Docker Hub
 *   "https://r.io/v2/", "http://r.io"   older dockers: r.io
 *
 * Runs in: cli (engine).
 * See: containers-auth.json(5); docker/cli credentials.ConvertToHostname.
 */
#ifndef HOY_IMAGE_CREDENTIALS_KEY_H
#define HOY_IMAGE_CREDENTIALS_KEY_H

#include <stdbool.h>

#include "format/reference.h"

enum {
	CREDENTIALS_KEY_NONE,	 /* of something else */
	CREDENTIALS_KEY_SPELLED, /* of the registry, in an older spelling */
	CREDENTIALS_KEY_PLAIN,	 /* the registry's name */
	CREDENTIALS_KEY_DOCKER,	 /* as docker writes it */
	CREDENTIALS_KEY_NAMESPACE, /* of the repository or what it lies in; the longer, the more */
};

/* How closely `key` names the reference: one of the above, or more than the last. */
unsigned int credentials_key_rank(const char *key, const struct reference *reference);

#endif
