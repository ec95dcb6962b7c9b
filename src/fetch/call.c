/*
 * See call.h.
 *
 * A call's life: begun, woken, stopped. The steps between are in call_*.c (call_steps.h).
 *
 * Runs in: fetch.
 * See: OCI distribution-spec.
 */
#include "fetch/call.h"

#include "fetch/call_steps.h"

void call_end(struct call *call, int r, struct err *e)
{
	call->is_active = false;
	call->due_ns = 0;
	call->request.done(call->request.context, r, e);
}

void call_send(struct call *call)
{
	AUTO_STR struct str authorisation = { 0 };
	struct err e = { 0 };
	int r = call_authorise(call, &authorisation, &e);

	if (r == 0)
		r = call_exchange(call, str_text(&authorisation), &e);
	if (r < 0)
		call_fail(call, r, &e);
}

static int call_copy(struct call *call, const struct call_request *request)
{
	struct strv headers = { 0 };

	call->request = *request;
	call->request.path = arena_copy(&call->arena, request->path);
	call->request.url = arena_copy(&call->arena, request->url);
	call->request.from = arena_copy(&call->arena, request->from);
	for (size_t i = 0; request->headers && request->headers[i]; i++)
		strv_add(&headers, &call->arena, request->headers[i]);
	call->request.headers = (const char *const *)headers.items;
	if (request->body) {
		call->body = *request->body;
		call->request.body = &call->body;
	}
	return arena_ok(&call->arena);
}

static void call_release(struct call *call)
{
	str_done(&call->scope);
	str_done(&call->text);
	arena_done(&call->arena);
}

void call_start(struct calls *all, const struct call_request *request, struct call *call)
{
	struct call before = *call; /* `request` may be made of its texts */
	struct err e = { 0 };
	int r;

	*call = (struct call){ .all = all, .is_active = true };
	call->endpoint =
		request->url ? before.endpoint : calls_first_endpoint(all, request->flags);
	if (request->sink)
		call->sink_then = request->sink->at;
	r = call_copy(call, request);
	call_release(&before);
	if (r < 0)
		call_end(call, err_set(&e, ERR_INTERNAL, -ENOMEM, "no memory"), &e);
	else if (call->endpoint >= all->endpoint_count)
		call_end(call,
			 err_set(&e, ERR_INTERNAL, -EHOSTUNREACH, "nobody is left to be asked"),
			 &e);
	else
		call_send(call);
}

void call_wake(struct call *call, uint64_t now_ns)
{
	if (call->waits_for_token && !call_is_asked_for(call)) {
		call->waits_for_token = false;
		call_send(call);
		return;
	}
	if (call->due_ns == 0 || now_ns < call->due_ns)
		return;
	call->due_ns = 0;
	call_send(call);
}

void call_stop(struct call *call)
{
	call_stop_asking(call);
	call->waits_for_token = false;
	exchange_cancel(call->exchange);
	call->exchange = NULL;
	call->is_active = false;
	call->due_ns = 0;
	call_release(call);
}
