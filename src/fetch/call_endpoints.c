/*
 * Which endpoint a call is for: the first one that is suited, and the one after it.
 *
 * Runs in: fetch.
 */
#include "fetch/call_steps.h"

struct endpoint *call_endpoint(const struct call *call)
{
	return &call->all->endpoints[call->endpoint];
}

static bool is_suited(const struct calls *all, size_t n, unsigned int flags)
{
	const struct endpoint *endpoint = &all->endpoints[n];

	return !endpoint->is_dead &&
	       !(flags & CALL_BY_TAG && endpoint->flags & FETCH_DIGESTS_ONLY);
}

static size_t next_suited(const struct calls *all, size_t from, unsigned int flags)
{
	while (from < all->endpoint_count && !is_suited(all, from, flags))
		from++;
	return from;
}

size_t calls_first_endpoint(const struct calls *all, unsigned int flags)
{
	return next_suited(all, 0, flags);
}

size_t call_next_endpoint(const struct call *call)
{
	const struct calls *all = call->all;
	size_t next = next_suited(all, call->endpoint + 1, call->request.flags);

	if (call->request.url)
		return all->endpoint_count;
	/* An alternative in plain text is one only where no connection came about. */
	if (next < all->endpoint_count && all->endpoints[next].flags & FETCH_ALTERNATIVE &&
	    (call->status != 0 || call_endpoint(call)->has_answered))
		next = next_suited(all, next + 1, call->request.flags);
	return next;
}
