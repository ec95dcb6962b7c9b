/*
 * The WWW-Authenticate header: what a registry wants to know before it answers.
 *
 * One header may hold several challenges, and what separates them separates their parameters
 * too:  Basic realm="x, y", Bearer realm="https://auth/token",service="s",scope="repository:r:pull"
 *
 * Runs in: fetch.
 * See: RFC 9110 section 11.6.1; distribution docs/spec/auth/token.md.
 */
#ifndef HOY_FORMAT_WWW_AUTHENTICATE_H
#define HOY_FORMAT_WWW_AUTHENTICATE_H

#include <stddef.h>

#include "base/str.h"

enum { CHALLENGES_MAX = 8, CHALLENGE_HEADER_MAX = 8192 };

enum challenge_kind { CHALLENGE_OTHER, CHALLENGE_BASIC, CHALLENGE_BEARER };

/* Texts live in an arena; NULL where there is none. */
struct challenge {
	enum challenge_kind kind;
	char *realm;
	char *service;
	char *scope;
	char *error;
};

struct challenges {
	struct challenge items[CHALLENGES_MAX];
	size_t count;
};

/*
 * Append the challenges of one header's value. Returns 0, or -EINVAL: it is malformed, says a
 * parameter twice, or is too large; what came before the fault is kept, the challenge with the
 * fault is not. -ENOMEM.
 */
int www_authenticate_parse(const char *value, struct arena *arena, struct challenges *ret);

#endif
