/*
 * What an answer means, or that there is none: done, who asks?, later, or an error's sentence.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec "Error Codes"; distribution docs/spec/auth/.
 */
#include "fetch/call_steps.h"
#include "fetch/explain.h"

static int explain_denied(const struct call *call, const char *why, struct err *e)
{
	const struct endpoint *endpoint = call_endpoint(call);

	/* A token that was given for our credentials is not good enough: they are. */
	if (call->status == 401 && endpoint_has_credentials(endpoint) && call->asked_token == 0)
		return err_set(e, ERR_DENIED, -EACCES, "the credentials are not accepted: %s",
			       why);
	return err_set(e, ERR_DENIED, -EACCES, "access is denied: %s", why);
}

static int explain_answer(const struct call *call, struct err *e)
{
	AUTO_STR struct str why = { 0 };
	char status[EXPLAIN_STATUS_SIZE];
	char host[HOST_SIZE + 8];

	explain_status(call->status, status);
	explain_body(&call->text, &why);
	origin_text(&call_endpoint(call)->origin, host);
	if (call->status == 404)
		return err_set(e, ERR_NOT_FOUND, -ENOENT, "%s",
			       why.len > 0 ? str_text(&why) : status);
	if (call->status == 401 || call->status == 403)
		return explain_denied(call, why.len > 0 ? str_text(&why) : status, e);
	return err_set(e, ERR_INTERNAL, -EIO, "%s answers %s%s%s", host, status,
		       why.len > 0 ? ": " : "", str_text(&why));
}

static void call_refused(struct call *call)
{
	struct err e = { 0 };
	int r = explain_answer(call, &e);

	call_fail(call, r, &e);
}

/* It wants to know who asks, or does not like the answer. */
static void call_unauthorised(struct call *call, const struct exchange *exchange)
{
	struct endpoint *endpoint = call_endpoint(call);
	bool has_run_out = token_drop(&call->all->tokens, call->token);
	bool is_final = endpoint->kind == CHALLENGE_BASIC || endpoint->token ||
			(call->token != 0 && call->token == call->asked_token && !has_run_out);
	struct err e = { 0 };
	int r;

	/* Only who was asked may say how; a redirect's target knows nothing of us. */
	if (!exchange_is_at_home(exchange) || (call->was_authorised && is_final)) {
		call_refused(call);
		return;
	}
	r = endpoint_learn(endpoint, exchange, &e);
	if (r < 0) {
		call_fail(call, r, &e);
		return;
	}
	if (endpoint->kind == CHALLENGE_BASIC && !endpoint->user)
		call_refused(call);
	else
		call_send(call);
}

/* Has something come that cannot be asked for again? */
static bool has_begun(const struct call *call)
{
	const struct sink *stream = call_stream(call);

	return call->request.flags & CALL_FOREIGN && stream && stream->at > 0;
}

static void transfer_failed(struct call *call, struct err *e)
{
	const struct sink *stream = call_stream(call);
	bool is_worth_it = retry_is_sensible(e->code) && !(stream && stream->is_refusing);
	int r = e->code;

	/* All of it is there, however the connection ended. */
	if (is_worth_it && call->status / 100 == 2 && stream && sink_is_complete(stream))
		call_end(call, 0, e);
	else if (is_worth_it && !has_begun(call))
		call_retry(call, r, NULL, e);
	else
		call_fail(call, r, e);
}

static void answer_read(struct call *call, const struct exchange *exchange)
{
	const struct sink *stream = call_stream(call);
	struct err e = { 0 };
	int r;

	if (call->status == 401 && !(call->request.flags & CALL_FOREIGN)) {
		call_unauthorised(call, exchange);
	} else if (retry_is_status(call->status)) {
		r = explain_answer(call, &e);
		call_retry(call, r, exchange_header(exchange, "Retry-After"), &e);
	} else if (call->status / 100 != 2) {
		call_refused(call);
	} else if (stream && sink_is_short(stream)) {
		/* An answer without a length that ends too early. */
		r = err_set(&e, ERR_INTERNAL, -ECONNRESET,
			    "the registry sends %llu bytes of it, not %llu",
			    (unsigned long long)stream->at, (unsigned long long)stream->size);
		call_retry(call, r, NULL, &e);
	} else {
		call_end(call, 0, &e);
	}
}

void call_answered(void *context, struct err *e)
{
	struct call *call = context;
	const struct exchange *exchange = call->exchange;
	long status = exchange_status(exchange);

	call->exchange = NULL;
	call->answer = exchange;
	/* An interim answer (100) is none. */
	call->status = status >= 200 ? status : 0;
	if (call->status != 0)
		call_endpoint(call)->has_answered = true;
	if (call->status / 100 == 2)
		token_taken(&call->all->tokens, call->token);
	if (e->kind != ERR_NONE)
		transfer_failed(call, e);
	else
		answer_read(call, exchange);
	call->answer = NULL;
}
