/*
 * One request to the registry, until it is answered for good: at each of its endpoints in turn,
 * with the authorisation that it wants, again after what passes.
 *
 *   not tried ---> exchange ---> 2xx: done
 *                     |--------> 401 ---> token exchange ---> exchange, once more
 *                     |--------> 408 429 5xx, a broken connection ---> pause ---> exchange
 *                     '--------> anything else, or enough of it ---> the next endpoint, or done
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_CALL_H
#define HOY_FETCH_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "fetch/endpoint.h"
#include "fetch/exchange.h"
#include "fetch/limits.h"
#include "fetch/retry.h"
#include "fetch/sink.h"
#include "fetch/token.h"
#include "proto/fetch.h"

/* What all calls share. */
struct calls {
	struct exchanges exchanges;
	struct limits limits;
	struct endpoint endpoints[FETCH_ENDPOINTS_MAX];
	size_t endpoint_count;
	struct tokens tokens;
	const struct call *asking; /* for a token that others may wait for; NULL: none */
	enum fetch_purpose purpose;
	struct warnings warnings;
	const char *const *headers; /* the operator's, for the registry; NULL at the end */
};

enum call_flags {
	CALL_RESUMES = 1 << 0, /* from sink->at on */
	CALL_ONCE = 1 << 1,    /* who calls repeats it, in another way */
	CALL_BY_TAG = 1 << 2,  /* a manifest: not from mirrors that are for digests only */
	CALL_IDENTITY =
		1 << 3, /* exchange the password for an identity token, if there is one */
	CALL_PLAIN_PATH = 1 << 4, /* `path` is not below the repository */
	/* `url` is a user's, of no registry: nobody is told who asks, and of what has begun to
	 * come nothing is asked for again, because it may be something else by then */
	CALL_FOREIGN = 1 << 5
};

struct call_request {
	const char *method;
	const char *path; /* "manifests/latest" */
	const char *url;  /* instead: what the registry said, of the endpoint asked last */
	const char *const *headers; /* "Name: value", NULL at the end; NULL: none */
	const struct body *body;
	struct sink *sink;  /* of the body of a 2xx; borrowed. NULL: not kept */
	const char *from;   /* another repository that is read; NULL: none */
	unsigned int flags; /* enum call_flags */
	/* Over. r: 0 (a 2xx), or -errno and why. The status is in call->status; 0: there was no
	 * answer. call->answer has the headers, NULL: none. */
	void (*done)(void *context, int r, struct err *e);
	void *context;
};

struct call {
	struct calls *all;
	/* Copied, the texts of headers and body too. */
	struct call_request request;
	struct arena arena;
	struct body body;
	size_t endpoint;
	struct exchange *exchange;     /* NULL: none runs */
	const struct exchange *answer; /* its headers; in `done` only */
	long status;
	struct retry retry;
	uint64_t due_ns;    /* a pause until then; 0: none */
	uint64_t sink_then; /* what the sink had when attempts were last counted anew */
	bool was_authorised;
	bool waits_for_token; /* of calls->asking */
	uint64_t token;	      /* the number of the one that the last request had, 0: none */
	uint64_t asked_token; /* asked for by this call: if it is never taken, none is */
	bool is_active;
	struct str scope;
	struct str text;  /* the body of a token's answer, or of one that is no success */
	char *identity;	  /* CALL_IDENTITY: what the token service gave; in `arena` */
	struct err first; /* why the endpoint before the last one did not do */
	bool has_first;
};

/* Begin; `call` is zeroed or was done with. `done` may come before this returns. */
void call_start(struct calls *all, const struct call_request *request, struct call *call);
/* When it is done already, too. */
void call_stop(struct call *call);
/* The endpoint that answered. */
struct endpoint *call_endpoint(const struct call *call);
/* Go on after a pause, or when the token has come that another call asked for. */
void call_wake(struct call *call, uint64_t now_ns);
/* The endpoint that is asked first. */
size_t calls_first_endpoint(const struct calls *all, unsigned int flags);

#endif
