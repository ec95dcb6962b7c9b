/*
 * Bearer tokens: asked for at the service that a registry names, kept as long as they last.
 *
 * Credentials go to that service as docker sends them: wherever the registry, over a connection
 * that we believe, says it is. But never over plain http from a registry that is spoken with over
 * https; and from one over http only to the same host or to this machine.
 *
 * Runs in: fetch.
 * See: distribution docs/spec/auth/token.md, oauth.md.
 */
#ifndef HOY_FETCH_TOKEN_H
#define HOY_FETCH_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "fetch/endpoint.h"

enum { TOKENS_MAX = 16 };

struct token {
	const struct endpoint *endpoint; /* NULL: free */
	char *scope;			 /* as scope_merge writes it */
	char *text;
	uint64_t expires_ns; /* monotonic */
	uint64_t number;     /* from 1; stays when the token is dropped */
	bool was_taken;	     /* by the registry, for one call at least */
};

struct tokens {
	struct token items[TOKENS_MAX];
	uint64_t count; /* of those that there have been; the oldest is given up for the next */
};

/* One that lasts a little longer, or NULL. Borrowed until the next call. */
const struct token *token_find(const struct tokens *tokens, const struct endpoint *endpoint,
			       const char *scope, uint64_t now_ns);
/* Keep one in place of that for the same scope. Returns 0 or -ENOMEM. */
int token_keep(struct tokens *tokens, const struct endpoint *endpoint, const char *scope,
	       const char *text, uint64_t expires_ns, uint64_t *ret_number);
/* The registry has taken the token of this number; of 0 or one long gone, nothing. */
void token_taken(struct tokens *tokens, uint64_t number);
/* It is refused. Returns whether it had been taken before: then it has run out. */
bool token_drop(struct tokens *tokens, uint64_t number);
void tokens_done(struct tokens *tokens);

/* How one is asked for. */
struct token_request {
	const char *method;
	struct str url;
	struct str form;   /* the body of a POST; empty: none */
	struct str secret; /* a header; empty: none */
};

/*
 * Of `endpoint`'s service, for `scope`; `wants_identity`: also a token in place of the password.
 * -EACCES with a sentence: the credentials must not go there.
 */
int token_request_make(const struct endpoint *endpoint, const char *scope, bool wants_identity,
		       struct token_request *ret, struct err *e);
void token_request_done(struct token_request *request);

struct token_answer {
	char *token;	/* in an arena */
	char *identity; /* NULL: none */
	uint64_t lasts_s;
};

/* Parse what the service answers. -EINVAL with a sentence. */
int token_answer_parse(const char *json, size_t len, struct arena *arena,
		       struct token_answer *ret, struct err *e);

#endif
