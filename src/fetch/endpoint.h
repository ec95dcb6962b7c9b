/*
 * One place where the registry, or a mirror of it, can be asked, and what it has told us of itself.
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_ENDPOINT_H
#define HOY_FETCH_ENDPOINT_H

#include <stdbool.h>

#include "base/err.h"
#include "fetch/exchange.h"
#include "fetch/trust.h"
#include "fetch/url.h"
#include "format/www_authenticate.h"

/* Texts live as long as the program; NULL: none. */
struct endpoint {
	const char *url; /* "https://registry-1.docker.io", without a "/" at the end */
	const char *repository;
	unsigned int flags; /* enum fetch_endpoint_flags */
	struct origin origin;
	struct trust trust;
	const char *user;
	const char *password;
	const char *identity; /* token, in place of the password */
	const char *token;    /* bearer, as it is */

	bool has_answered; /* at least once, whatever it was */
	bool is_dead;	   /* not to be asked again */
	/* How it wants to be asked; CHALLENGE_OTHER: it has not said */
	enum challenge_kind kind;
	struct arena arena; /* of the next three; NULL: not said */
	const char *realm;
	const char *service;
	const char *scope; /* of its last challenge */
};

/* Are there any credentials? */
bool endpoint_has_credentials(const struct endpoint *endpoint);
/*
 * What a 401 says about how to ask. Bearer is preferred to Basic. -EACCES with a sentence: it says
 * nothing that we can do.
 */
int endpoint_learn(struct endpoint *endpoint, const struct exchange *answer, struct err *e);
/* "Authorization: Basic ...", appended. Nothing without a user. */
void endpoint_basic(const struct endpoint *endpoint, struct str *out);
void endpoint_done(struct endpoint *endpoint);

#endif
