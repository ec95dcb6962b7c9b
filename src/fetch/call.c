/*
 * See call.h.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec; distribution docs/spec/auth/.
 */
#include "fetch/call.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "fetch/explain.h"
#include "fetch/scope.h"

enum {
	ATTEMPTS_UNKNOWN = 2, /* where nobody has answered yet: perhaps a wrong name */
	ATTEMPTS_OTHER = 1,   /* where there is another endpoint to be asked */
	HEADERS_MAX = 32
};

static const uint64_t PROGRESS_MIN = 64 * 1024;
static const uint64_t NS_PER_MS = 1000000;

static void call_send(struct call *call);

struct endpoint *call_endpoint(const struct call *call)
{
	return &call->all->endpoints[call->endpoint];
}

static void call_end(struct call *call, int r, struct err *e)
{
	call->is_active = false;
	call->due_ns = 0;
	call->request.done(call->request.context, r, e);
}

/* --- endpoints ----------------------------------------------------------------------------- */

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

/* The endpoint after this one, if it is one to turn to now. An alternative in plain text is one
 * only where no connection came about. */
static size_t next_endpoint(const struct call *call)
{
	const struct calls *all = call->all;
	size_t next = next_suited(all, call->endpoint + 1, call->request.flags);

	if (call->request.url)
		return all->endpoint_count;
	if (next < all->endpoint_count && all->endpoints[next].flags & FETCH_ALTERNATIVE &&
	    (call->status != 0 || call_endpoint(call)->has_answered))
		next = next_suited(all, next + 1, call->request.flags);
	return next;
}

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
	call->has_new_token = false;
	call_send(call);
}

/* Of an alternative that is not there either, what was wrong with the real one says more. */
static void call_fail(struct call *call, int r, struct err *e)
{
	size_t next = next_endpoint(call);

	/* What is our fault, or the reader's, is nobody else's; and a stream that has got too much
	 * cannot be taken back. */
	if (next < call->all->endpoint_count && r != -EPIPE && r != -ENOMEM &&
	    !(r == -EFBIG && call->request.sink && call->request.sink->fd >= 0)) {
		call_next(call, next, e);
		return;
	}
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
	bool has_next = next_endpoint(call) < call->all->endpoint_count;

	if (has_next && (call->status == 0 || endpoint->flags & FETCH_MIRROR))
		return ATTEMPTS_OTHER;
	if (!endpoint->has_answered)
		return ATTEMPTS_UNKNOWN < call->all->limits.attempts
			       ? ATTEMPTS_UNKNOWN
			       : call->all->limits.attempts;
	return call->all->limits.attempts;
}

/* Later once more, or not at all. */
static void call_retry(struct call *call, int r, const char *retry_after, struct err *e)
{
	const struct sink *sink = call->request.sink;
	int64_t pause;

	if (call->request.flags & CALL_ONCE) {
		call_fail(call, r, e);
		return;
	}
	if (sink && sink->fd >= 0 && sink->at - call->sink_then >= PROGRESS_MIN) {
		call->retry = (struct retry){ 0 };
		call->sink_then = sink->at;
	}
	pause = retry_next(&call->retry, &call->all->limits, attempts_max(call), retry_after);
	if (pause < 0) {
		call_fail(call, r, e);
		return;
	}
	call->due_ns = clock_monotonic_ns() + (uint64_t)pause * NS_PER_MS;
}

/* Is another call asking for the token that this one needs? */
static bool is_being_asked(const struct call *call)
{
	const struct call *other = call->all->asking;

	return other && other != call && other->endpoint == call->endpoint &&
	       strcmp(str_text(&other->scope), str_text(&call->scope)) == 0;
}

void call_wake(struct call *call, uint64_t now_ns)
{
	if (call->waits_for_token && !is_being_asked(call)) {
		call->waits_for_token = false;
		call_send(call);
		return;
	}
	if (call->due_ns == 0 || now_ns < call->due_ns)
		return;
	call->due_ns = 0;
	call_send(call);
}

/* --- authorisation ------------------------------------------------------------------------- */

/* What a token must allow, the way token_find knows it. */
static int call_scope(struct call *call, struct err *e)
{
	const struct endpoint *endpoint = call_endpoint(call);
	AUTO_STR struct str own = { 0 };
	AUTO_STR struct str from = { 0 };
	const char *lists[4];
	size_t count = 0;

	if (call->all->purpose != FETCH_TO_LOG_IN)
		str_printf(&own, "repository:%s:%s", endpoint->repository,
			   call->all->purpose == FETCH_TO_PUSH ? "pull,push" : "pull");
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

static ssize_t take_text(void *context, const void *data, size_t len, struct err *e)
{
	struct call *call = context;

	if (call->text.len + len > LIMIT_TOKEN_BODY)
		return err_set(e, ERR_INVALID, -EFBIG, "the answer is too large");
	str_add_bytes(&call->text, data, len);
	return str_ok(&call->text) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory")
				       : (ssize_t)len;
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
		       answer.token, clock_monotonic_ns() + answer.lasts_s * 1000 * NS_PER_MS);
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

static void stop_asking(struct call *call)
{
	if (call->all && call->all->asking == call)
		call->all->asking = NULL;
}

static void token_done(void *context, struct err *e)
{
	struct call *call = context;
	struct exchange *exchange = call->exchange;
	struct err ignored = { 0 };
	long status;
	int r;

	call->exchange = NULL;
	stop_asking(call);
	/* If this one is not good enough, no other will be. */
	call->has_new_token = true;
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
		r = token_refused(call, status, &ignored);
		if (retry_is_status(status))
			call_retry(call, r, exchange_header(exchange, "Retry-After"), &ignored);
		else
			call_fail(call, r, &ignored);
		return;
	}
	r = token_take(call, &ignored);
	if (r < 0) {
		(void)err_wrap(&ignored, r, "its token service");
		call_fail(call, r, &ignored);
		return;
	}
	call_send(call);
}

static void call_ask_token(struct call *call)
{
	struct endpoint *endpoint = call_endpoint(call);
	struct token_request request;
	struct body body = { .fd = -1 };
	struct origin realm;
	struct err e = { 0 };
	int r = token_request_make(endpoint, str_text(&call->scope),
				   call->request.flags & CALL_IDENTITY, &request, &e);

	if (r < 0) {
		call_fail(call, r, &e);
		return;
	}
	(void)origin_of(str_text(&request.url), &realm, &e);
	body.bytes = arena_copy(&call->arena, str_text(&request.form));
	body.len = request.form.len;
	str_clear(&call->text);
	r = exchange_start(
		&call->all->exchanges,
		&(struct exchange_request){
			.method = request.method,
			.url = str_text(&request.url),
			.headers = body.len > 0
					   ? (const char *const[]){ "Content-Type: "
								    "application/"
								    "x-www-form-urlencoded",
								    NULL }
					   : NULL,
			.secrets = (const char *const[]){ request.secret.data, NULL },
			.body = body.len > 0 ? &body : NULL,
			.trust = &endpoint->trust,
			.is_insecure = endpoint->flags & FETCH_INSECURE &&
				       strcmp(realm.host, endpoint->origin.host) == 0,
			.take = take_text,
			.done = token_done,
			.context = call },
		&call->exchange, &e);
	token_request_done(&request);
	if (r < 0)
		call_fail(call, r, &e);
	else if (!call->all->asking)
		call->all->asking = call;
}

/* The header that goes along. Returns 0 with it in `out` ("" when none is wanted yet), 1 when a
 * token was asked for first, or -errno. */
static int call_authorise(struct call *call, struct str *out, struct err *e)
{
	struct endpoint *endpoint = call_endpoint(call);
	const char *token = endpoint->token;
	int r;

	if (endpoint->kind == CHALLENGE_BASIC) {
		endpoint_basic(endpoint, out);
		return 0;
	}
	if (endpoint->kind != CHALLENGE_BEARER)
		return 0;
	if (!token) {
		r = call_scope(call, e);
		if (r < 0)
			return r;
		token = token_find(&call->all->tokens, endpoint, str_text(&call->scope),
				   clock_monotonic_ns());
	}
	if (!token)
		return 1;
	str_printf(out, "Authorization: Bearer %s", token);
	return 0;
}

/* --- one exchange -------------------------------------------------------------------------- */

static int check_range(const struct call *call, const struct exchange *exchange, struct err *e)
{
	const char *range = exchange_header(exchange, "Content-Range");
	char expected[64];

	(void)snprintf(expected, sizeof(expected), "bytes %llu-",
		       (unsigned long long)call->request.sink->at);
	if (!range || !str_starts(range, expected))
		return err_set(e, ERR_INVALID, -EPROTO,
			       "it was asked for a range of bytes and sends another one");
	return 0;
}

/* The first bytes of a success. */
static int take_begin(struct call *call, const struct exchange *exchange, struct err *e)
{
	struct sink *sink = call->request.sink;
	long status = exchange_status(exchange);
	uint64_t from = 0;
	curl_off_t len = -1;
	int r;

	if (status == 206 && call->request.flags & CALL_RESUMES) {
		r = check_range(call, exchange, e);
		if (r < 0)
			return r;
		from = sink->at;
	}
	(void)curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &len);
	/* Said beforehand is known before a byte was handed on. */
	if (sink->fd >= 0 && len >= 0 && (uint64_t)len != sink->size - from)
		return err_set(e, ERR_INVALID, -EBADMSG,
			       "the registry has %llu bytes of it, not %llu",
			       (unsigned long long)len + from, (unsigned long long)sink->size);
	sink_begin(sink, from);
	return 0;
}

static ssize_t call_take(void *context, const void *data, size_t len, struct err *e)
{
	struct call *call = context;
	struct sink *sink = call->request.sink;
	long status = exchange_status(call->exchange);
	int r;

	if (status / 100 != 2 || !sink)
		return take_text(call, data, len, e);
	if (call->status == 0) {
		r = take_begin(call, call->exchange, e);
		if (r < 0)
			return r;
		call->status = status;
	}
	return sink_take(sink, data, len, e);
}

static int explain_denied(const struct call *call, const char *why, struct err *e)
{
	const struct endpoint *endpoint = call_endpoint(call);

	/* A token that was given for our credentials is not good enough: they are. */
	if (call->status == 401 && endpoint_has_credentials(endpoint) && !call->has_new_token)
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
	bool is_final =
		call->has_new_token || endpoint->kind == CHALLENGE_BASIC || endpoint->token;
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
	if (call->was_authorised)
		token_drop(&call->all->tokens, endpoint, str_text(&call->scope));
	if (endpoint->kind == CHALLENGE_BASIC && !endpoint->user)
		call_refused(call);
	else
		call_send(call);
}

static void call_failed_transfer(struct call *call, struct err *e)
{
	const struct sink *sink = call->request.sink;
	bool is_worth_it = retry_is_sensible(e->code) && !(sink && sink->is_refusing);
	int r = e->code;

	/* All of it is there, however the connection ended. */
	if (is_worth_it && call->status / 100 == 2 && sink && sink->fd >= 0 &&
	    sink_is_complete(sink))
		call_end(call, 0, e);
	else if (is_worth_it)
		call_retry(call, r, NULL, e);
	else
		call_fail(call, r, e);
}

static void call_answered(struct call *call, const struct exchange *exchange)
{
	struct sink *sink = call->request.sink;
	struct err e = { 0 };
	int r;

	if (call->status == 401) {
		call_unauthorised(call, exchange);
	} else if (retry_is_status(call->status)) {
		r = explain_answer(call, &e);
		call_retry(call, r, exchange_header(exchange, "Retry-After"), &e);
	} else if (call->status / 100 != 2) {
		r = explain_answer(call, &e);
		call_fail(call, r, &e);
	} else if (sink && sink->fd >= 0 && !sink_is_complete(sink)) {
		/* An answer without a length that ends too early. */
		r = err_set(&e, ERR_INTERNAL, -ECONNRESET,
			    "the registry sends %llu bytes of it, not %llu",
			    (unsigned long long)sink->at, (unsigned long long)sink->size);
		call_retry(call, r, NULL, &e);
	} else {
		call_end(call, 0, &e);
	}
}

static void call_done(void *context, struct err *e)
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
	if (e->kind != ERR_NONE)
		call_failed_transfer(call, e);
	else
		call_answered(call, exchange);
	call->answer = NULL;
}

static void call_url(const struct call *call, struct str *out)
{
	const struct endpoint *endpoint = call_endpoint(call);

	if (call->request.url)
		str_add(out, call->request.url);
	else if (call->request.flags & CALL_PLAIN_PATH)
		str_printf(out, "%s/v2/%s", endpoint->url, call->request.path);
	else
		str_printf(out, "%s/v2/%s/%s", endpoint->url, endpoint->repository,
			   call->request.path);
}

/* What is meant for the registry alone, where the request begins there. */
static bool is_for_endpoint(const struct call *call, const char *url)
{
	struct origin origin;

	return origin_of(url, &origin, NULL) == 0 &&
	       origin_equal(&origin, &call_endpoint(call)->origin);
}

static int call_exchange(struct call *call, const struct str *url, struct str *authorisation,
			 struct err *e)
{
	struct endpoint *endpoint = call_endpoint(call);
	const struct sink *sink = call->request.sink;
	bool is_own = is_for_endpoint(call, str_text(url));
	const char *headers[HEADERS_MAX + 2] = { NULL };
	const char *secrets[HEADERS_MAX + 2] = { NULL };
	char range[64];
	size_t count = 0;

	for (; call->request.headers && call->request.headers[count] && count < HEADERS_MAX;
	     count++)
		headers[count] = call->request.headers[count];
	(void)snprintf(range, sizeof(range), "Range: bytes=%llu-",
		       sink ? (unsigned long long)sink->at : 0);
	if (call->request.flags & CALL_RESUMES && sink && sink->at > 0)
		headers[count] = range;
	count = 0;
	/* The operator's headers are for the registry, not for its mirrors. */
	for (; is_own && !(endpoint->flags & FETCH_MIRROR) && call->all->headers &&
	       call->all->headers[count] && count < HEADERS_MAX;
	     count++)
		secrets[count] = call->all->headers[count];
	if (is_own && authorisation->len > 0)
		secrets[count] = str_text(authorisation);
	str_clear(&call->text);
	call->status = 0;
	call->was_authorised = is_own && authorisation->len > 0;
	if (sink && sink->fd < 0)
		sink_begin(call->request.sink, 0);
	return exchange_start(&call->all->exchanges,
			      &(struct exchange_request){
				      .method = call->request.method,
				      .url = str_text(url),
				      .headers = headers,
				      .secrets = secrets,
				      .body = call->request.body,
				      .trust = &endpoint->trust,
				      .is_insecure = is_own && endpoint->flags & FETCH_INSECURE,
				      .take = call_take,
				      .wait_fd = sink ? sink->fd : -1,
				      .done = call_done,
				      .context = call },
			      &call->exchange, e);
}

static void call_send(struct call *call)
{
	AUTO_STR struct str url = { 0 };
	AUTO_STR struct str authorisation = { 0 };
	struct err e = { 0 };
	int r = call_authorise(call, &authorisation, &e);

	if (r > 0) {
		call->waits_for_token = is_being_asked(call);
		if (!call->waits_for_token)
			call_ask_token(call);
		return;
	}
	call_url(call, &url);
	if (r == 0 && (str_ok(&url) < 0 || str_ok(&authorisation) < 0))
		r = err_set(&e, ERR_INTERNAL, -ENOMEM, "no memory");
	if (r == 0)
		r = call_exchange(call, &url, &authorisation, &e);
	if (r < 0)
		call_fail(call, r, &e);
}

/* --- life ---------------------------------------------------------------------------------- */

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

void call_stop(struct call *call)
{
	stop_asking(call);
	call->waits_for_token = false;
	exchange_cancel(call->exchange);
	call->exchange = NULL;
	call->is_active = false;
	call->due_ns = 0;
	call_release(call);
}
