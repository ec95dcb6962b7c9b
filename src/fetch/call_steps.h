/*
 * The steps of a call (call.h): what call.c and call_*.c say to each other, and nobody else.
 *
 *   call_send ---> call_authorise ---> call_exchange ---> call_answered ---> call_end
 *       ^                |                                     |
 *       |                '---> a token exchange ---> call_send |
 *       '------------------------- call_retry, call_fail <-----'
 *
 * Each of them may end the call before it returns, and `done` may have begun another one in its
 * place: a step is the last thing that is done with a call (only call_answered takes back its
 * `answer` afterwards).
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_CALL_STEPS_H
#define HOY_FETCH_CALL_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "fetch/call.h"

/* The next attempt, now, at the endpoint that is due. */
void call_send(struct call *call);
/* Over; `r` and `e` as `done` wants them. */
void call_end(struct call *call, int r, struct err *e);

/*
 * An attempt has failed with `r` and the sentence `e`: another one after a pause, or, when enough
 * have failed, call_fail. `retry_after`: the header, NULL: none.
 */
void call_retry(struct call *call, int r, const char *retry_after, struct err *e);
/* More attempts do not help here: on to the next endpoint, or the end with `r` and `e`. */
void call_fail(struct call *call, int r, struct err *e);

/*
 * The header that goes along, appended to `out`: nothing when none is wanted yet. Returns 0; 1
 * when there must be a token first, and call_send comes again when it is there; or -errno.
 */
int call_authorise(struct call *call, struct str *out, struct err *e);
/* Does another call ask for the token that this one needs? */
bool call_is_asked_for(const struct call *call);
/* Nobody waits for this call's token any more. Zeroed: nothing happens. */
void call_stop_asking(struct call *call);

/* Begin the exchange; call_answered is its end. `authorisation`: a header, "": none. */
int call_exchange(struct call *call, const char *authorisation, struct err *e);
/* An exchange's `take` for what is read whole: into call->text. */
ssize_t call_take_text(void *context, const void *data, size_t len, struct err *e);
/* An exchange's `done`: what the answer means, or what it means that there is none. */
void call_answered(void *context, struct err *e);

/* The endpoint after the one asked last, if it is one to turn to now, else endpoint_count. */
size_t call_next_endpoint(const struct call *call);
/* Where a body goes that is handed on as it comes, NULL: it is kept in memory, or not at all. */
const struct sink *call_stream(const struct call *call);

#endif
