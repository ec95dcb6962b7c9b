/*
 * One exchange of a call: its address and headers, and where its body goes.
 *
 * Runs in: fetch.
 * See: RFC 9110 sections 14.2 (Range) and 14.4 (Content-Range).
 */
#include <stdio.h>

#include "fetch/call_steps.h"

enum { HEADERS_MAX = 32 };

/* --- its body ------------------------------------------------------------------------------ */

const struct sink *call_stream(const struct call *call)
{
	const struct sink *sink = call->request.sink;

	return sink && sink->fd >= 0 ? sink : NULL;
}

ssize_t call_take_text(void *context, const void *data, size_t len, struct err *e)
{
	struct call *call = context;

	if (call->text.len + len > LIMIT_TOKEN_BODY)
		return err_set(e, ERR_INVALID, -EFBIG, "the answer is too large");
	str_add_bytes(&call->text, data, len);
	return str_ok(&call->text) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory")
				       : (ssize_t)len;
}

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
	if (sink->is_unsized)
		sink->size = len >= 0 ? (uint64_t)len : SINK_ENDLESS;
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
		return call_take_text(call, data, len, e);
	if (call->status == 0) {
		r = take_begin(call, call->exchange, e);
		if (r < 0)
			return r;
		call->status = status;
		token_taken(&call->all->tokens, call->token);
	}
	return sink_take(sink, data, len, e);
}

/* --- its request --------------------------------------------------------------------------- */

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

/* Into `to`, as many as fit and a NULL behind them. Returns their number. */
static size_t headers_copy(const char *const *from, const char *to[HEADERS_MAX + 1])
{
	size_t count = 0;

	for (; from && from[count] && count < HEADERS_MAX; count++)
		to[count] = from[count];
	to[count] = NULL;
	return count;
}

int call_exchange(struct call *call, const char *authorisation, struct err *e)
{
	struct endpoint *endpoint = call_endpoint(call);
	struct sink *sink = call->request.sink;
	AUTO_STR struct str url = { 0 };
	const char *headers[HEADERS_MAX + 2] = { NULL };
	const char *secrets[HEADERS_MAX + 2] = { NULL };
	char range[64];
	size_t count = headers_copy(call->request.headers, headers);
	bool is_own;
	bool may_warn;

	call_url(call, &url);
	if (str_ok(&url) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	is_own = is_for_endpoint(call, str_text(&url));
	may_warn = is_own && !(call->request.flags & CALL_FOREIGN);
	if (call->request.flags & CALL_RESUMES && sink && sink->at > 0) {
		(void)snprintf(range, sizeof(range), "Range: bytes=%llu-",
			       (unsigned long long)sink->at);
		headers[count] = range;
	}
	/* The operator's headers are for the registry, not for its mirrors. */
	count = is_own && !(endpoint->flags & FETCH_MIRROR)
			? headers_copy(call->all->headers, secrets)
			: 0;
	if (is_own && authorisation[0])
		secrets[count] = authorisation;
	str_clear(&call->text);
	call->status = 0;
	call->was_authorised = is_own && authorisation[0];
	if (sink && sink->fd < 0)
		sink_begin(sink, 0);
	return exchange_start(&call->all->exchanges,
			      &(struct exchange_request){
				      .method = call->request.method,
				      .url = str_text(&url),
				      .headers = headers,
				      .secrets = secrets,
				      .body = call->request.body,
				      .trust = &endpoint->trust,
				      .is_insecure = is_own && endpoint->flags & FETCH_INSECURE,
				      .warnings = may_warn ? &call->all->warnings : NULL,
				      .take = call_take,
				      .wait_fd = sink ? sink->fd : -1,
				      .done = call_answered,
				      .context = call },
			      &call->exchange, e);
}
