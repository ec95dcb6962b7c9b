/*
 * With what a call goes: the user's name and password, or a token, which is asked for first where
 * none is left. Calls that need the same token wait for the one that asks.
 *
 * Runs in: fetch.
 * See: distribution docs/spec/auth/.
 */
#include <string.h>

#include "base/clock.h"
#include "fetch/call_steps.h"
#include "fetch/explain.h"
#include "fetch/scope.h"

static const uint64_t NS_PER_S = 1000000000;

static const char *const form_headers[] = { "Content-Type: application/x-www-form-urlencoded",
					    NULL };

bool call_is_asked_for(const struct call *call)
{
	const struct call *other = call->all->asking;

	return other && other != call && other->endpoint == call->endpoint &&
	       strcmp(str_text(&other->scope), str_text(&call->scope)) == 0;
}

void call_stop_asking(struct call *call)
{
	if (call->all && call->all->asking == call)
		call->all->asking = NULL;
}

/* What a token must allow, the way token_find knows it. */
static int call_scope(struct call *call, struct err *e)
{
	static const char *const actions[] = { [FETCH_TO_PULL] = "pull",
					       [FETCH_TO_PUSH] = "pull,push",
					       [FETCH_TO_DELETE] = "pull,delete" };
	const struct endpoint *endpoint = call_endpoint(call);
	AUTO_STR struct str own = { 0 };
	AUTO_STR struct str from = { 0 };
	const char *lists[4];
	size_t count = 0;

	if (call->all->purpose != FETCH_TO_LOG_IN)
		str_printf(&own, "repository:%s:%s", endpoint->repository,
			   actions[call->all->purpose]);
	if (call->request.from)
		str_printf(&from, "repository:%s:pull", call->request.from);
	lists[count++] = str_text(&own);
	lists[count++] = str_text(&from);
	if (endpoint->scope)
		lists[count++] = endpoint->scope;
	lists[count] = NULL;
	str_clear(&call->scope);
	scope_merge(lists, &call->scope);
	if (str_ok(&call->scope) < 0 || str_ok(&own) < 0 || str_ok(&from) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	return 0;
}

static int token_take(struct call *call, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct token_answer answer;
	int r = token_answer_parse(str_text(&call->text), call->text.len, &arena, &answer, e);

	if (r < 0)
		return r;
	if (call->request.flags & CALL_IDENTITY && answer.identity)
		call->identity = arena_copy(&call->arena, answer.identity);
	r = token_keep(&call->all->tokens, call_endpoint(call), str_text(&call->scope),
		       answer.token, clock_monotonic_ns() + answer.lasts_s * NS_PER_S,
		       &call->asked_token);
	return r < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory") : 0;
}

/* An answer of a token service that is no success. */
static int token_refused(struct call *call, long status, struct err *e)
{
	const struct endpoint *endpoint = call_endpoint(call);
	AUTO_STR struct str why = { 0 };
	char text[EXPLAIN_STATUS_SIZE];

	explain_status(status, text);
	explain_body(&call->text, &why);
	if (why.len == 0)
		str_add(&why, text);
	call->status = status;
	if (status == 401 || status == 403 || status == 400)
		return err_set(e, ERR_DENIED, -EACCES,
			       endpoint_has_credentials(endpoint)
				       ? "the credentials are not accepted: %s"
				       : "without credentials there is no token: %s",
			       str_text(&why));
	return err_set(e, ERR_INTERNAL, -EIO, "its token service answers: %s", str_text(&why));
}

static void token_done(void *context, struct err *e)
{
	struct call *call = context;
	struct exchange *exchange = call->exchange;
	long status;
	int r;

	call->exchange = NULL;
	call_stop_asking(call);
	if (e->kind != ERR_NONE) {
		r = err_wrap(e, e->code, "ask for a token");
		if (retry_is_sensible(r))
			call_retry(call, r, NULL, e);
		else
			call_fail(call, r, e);
		return;
	}
	status = exchange_status(exchange);
	if (status / 100 != 2) {
		r = token_refused(call, status, e);
		if (retry_is_status(status))
			call_retry(call, r, exchange_header(exchange, "Retry-After"), e);
		else
			call_fail(call, r, e);
		return;
	}
	r = token_take(call, e);
	if (r < 0)
		call_fail(call, err_wrap(e, r, "its token service"), e);
	else
		call_send(call);
}

static void token_ask(struct call *call)
{
	struct endpoint *endpoint = call_endpoint(call);
	struct token_request request;
	struct body body = { .fd = -1 };
	struct origin realm;
	bool has_form;
	struct err e = { 0 };
	int r = token_request_make(endpoint, str_text(&call->scope),
				   call->request.flags & CALL_IDENTITY, &request, &e);

	if (r < 0) {
		call_fail(call, r, &e);
		return;
	}
	(void)origin_of(str_text(&request.url), &realm, &e);
	has_form = request.form.len > 0;
	body.bytes = arena_copy(&call->arena, str_text(&request.form));
	body.len = request.form.len;
	str_clear(&call->text);
	r = exchange_start(
		&call->all->exchanges,
		&(struct exchange_request){
			.method = request.method,
			.url = str_text(&request.url),
			.headers = has_form ? form_headers : NULL,
			.secrets = (const char *const[]){ request.secret.data, NULL },
			.body = has_form ? &body : NULL,
			.trust = &endpoint->trust,
			.is_insecure = endpoint->flags & FETCH_INSECURE &&
				       strcmp(realm.host, endpoint->origin.host) == 0,
			.take = call_take_text,
			.done = token_done,
			.context = call },
		&call->exchange, &e);
	token_request_done(&request);
	if (r < 0)
		call_fail(call, r, &e);
	else if (!call->all->asking)
		call->all->asking = call;
}

/* Ask for a token, or wait for the call that asks for it already. */
static void token_await(struct call *call)
{
	call->waits_for_token = call_is_asked_for(call);
	if (!call->waits_for_token)
		token_ask(call);
}

/* "Authorization: Bearer ...", appended. Returns as call_authorise does. */
static int token_authorise(struct call *call, struct str *out, struct err *e)
{
	const struct endpoint *endpoint = call_endpoint(call);
	const struct token *token;
	int r;

	if (endpoint->token) {
		str_printf(out, "Authorization: Bearer %s", endpoint->token);
		return 0;
	}
	r = call_scope(call, e);
	if (r < 0)
		return r;
	token = token_find(&call->all->tokens, endpoint, str_text(&call->scope),
			   clock_monotonic_ns());
	if (!token) {
		token_await(call);
		return 1;
	}
	call->token = token->number;
	str_printf(out, "Authorization: Bearer %s", token->text);
	return 0;
}

int call_authorise(struct call *call, struct str *out, struct err *e)
{
	const struct endpoint *endpoint = call_endpoint(call);
	int r = 0;

	call->token = 0;
	if (endpoint->kind == CHALLENGE_BASIC)
		endpoint_basic(endpoint, out);
	else if (endpoint->kind == CHALLENGE_BEARER)
		r = token_authorise(call, out, e);
	return r == 0 && str_ok(out) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory") : r;
}
