/*
 * An attempt has failed: once more after a pause, at the next endpoint, or not at all.
 *
 * Runs in: fetch.
 */
#include "base/clock.h"
#include "fetch/call_steps.h"

enum {
	ATTEMPTS_UNKNOWN = 2, /* where nobody has answered yet: perhaps a wrong name */
	ATTEMPTS_OTHER = 1    /* where there is another endpoint to be asked */
};

static const uint64_t PROGRESS_MIN = 64 * 1024;
static const uint64_t NS_PER_MS = 1000000;

/* --- another endpoint ---------------------------------------------------------------------- */

static void call_next(struct call *call, size_t next, struct err *e)
{
	/* What no connection came about with need not be tried again by the next call. */
	if (call->status == 0)
		call_endpoint(call)->is_dead = true;
	if (!call->has_first || !(call_endpoint(call)->flags & FETCH_MIRROR))
		call->first = *e;
	call->has_first = true;
	call->endpoint = next;
	call->retry = (struct retry){ 0 };
	call->asked_token = 0;
	call_send(call);
}

void call_fail(struct call *call, int r, struct err *e)
{
	size_t next = call_next_endpoint(call);

	/* What is our fault, or the reader's, is nobody else's; and a stream that has got too much
	 * cannot be taken back. */
	if (next < call->all->endpoint_count && r != -EPIPE && r != -ENOMEM &&
	    !(r == -EFBIG && call_stream(call))) {
		call_next(call, next, e);
		return;
	}
	/* Of an alternative that is not there either, what was wrong with the real one says more. */
	if (call->status == 0 && call->has_first &&
	    call_endpoint(call)->flags & FETCH_ALTERNATIVE) {
		struct err first = call->first;

		call_end(call, first.code, &first);
		return;
	}
	call_end(call, r, e);
}

/* --- attempts ------------------------------------------------------------------------------ */

static uint64_t attempts_max(const struct call *call)
{
	const struct endpoint *endpoint = call_endpoint(call);
	uint64_t max = call->all->limits.attempts;
	bool has_next = call_next_endpoint(call) < call->all->endpoint_count;

	if (has_next && (call->status == 0 || endpoint->flags & FETCH_MIRROR))
		return ATTEMPTS_OTHER;
	return !endpoint->has_answered && max > ATTEMPTS_UNKNOWN ? ATTEMPTS_UNKNOWN : max;
}

void call_retry(struct call *call, int r, const char *retry_after, struct err *e)
{
	const struct sink *stream = call_stream(call);
	int64_t pause;

	if (call->request.flags & CALL_ONCE) {
		call_fail(call, r, e);
		return;
	}
	/* A stream that has got on meanwhile: attempts are counted anew. */
	if (stream && stream->at - call->sink_then >= PROGRESS_MIN) {
		call->retry = (struct retry){ 0 };
		call->sink_then = stream->at;
	}
	pause = retry_next(&call->retry, &call->all->limits, attempts_max(call), retry_after);
	if (pause < 0) {
		call_fail(call, r, e);
		return;
	}
	call->due_ns = clock_monotonic_ns() + (uint64_t)pause * NS_PER_MS;
}
