/*
 * See exchange.h.
 *
 * Runs in: fetch.
 */
#include "fetch/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/version.h"
#include "fetch/explain.h"
#include "fetch/proxy.h"

enum { BUFFER_SIZE = 256 * 1024, NS_PER_S = 1000000000, MS_PER_S = 1000 };

static int fail(struct exchange *exchange, int r)
{
	exchange->is_failed = true;
	return r;
}

/* --- callbacks ----------------------------------------------------------------------------- */

static bool is_redirect(const struct exchange *exchange)
{
	long status = exchange_status(exchange);

	return (status == 301 || status == 302 || status == 303 || status == 307 ||
		status == 308) &&
	       exchange_header(exchange, "Location");
}

static size_t on_data(char *data, size_t one, size_t len, void *context)
{
	struct exchange *exchange = context;
	size_t known = exchange->skip;
	ssize_t n;

	(void)one;
	if (exchange->is_failed)
		return CURL_WRITEFUNC_ERROR;
	exchange->is_paused = false;
	if (is_redirect(exchange)) {
		/* Nobody reads it; a large one costs as much as a large header. */
		exchange->header_bytes += len;
		return exchange->header_bytes > LIMIT_HEADERS ? CURL_WRITEFUNC_ERROR : len;
	}
	/* Given again after a pause, perhaps in pieces. */
	if (known >= len) {
		exchange->skip -= len;
		return len;
	}
	n = exchange->request.take(exchange->request.context, data + known, len - known,
				   &exchange->failure);
	if (n < 0) {
		(void)fail(exchange, (int)n);
		return CURL_WRITEFUNC_ERROR;
	}
	exchange->moved += (uint64_t)n;
	if (known + (size_t)n < len) {
		exchange->skip = known + (size_t)n;
		exchange->is_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	exchange->skip = 0;
	return len;
}

static size_t on_header(char *data, size_t one, size_t len, void *context)
{
	struct exchange *exchange = context;

	(void)data;
	(void)one;
	exchange->header_bytes += len;
	exchange->moved += len;
	if (exchange->header_bytes <= LIMIT_HEADERS)
		return len;
	(void)fail(exchange, err_set(&exchange->failure, ERR_INVALID, -EFBIG,
				     "the headers of the answer are larger than %d bytes",
				     LIMIT_HEADERS));
	return 0;
}

static size_t on_body(char *data, size_t one, size_t room, void *context)
{
	struct exchange *exchange = context;
	const struct body *body = &exchange->body;
	uint64_t left = body->len - exchange->body_at;
	size_t len = left < room ? (size_t)left : room;
	ssize_t n = (ssize_t)len;

	(void)one;
	if (body->fd >= 0)
		n = pread(body->fd, data, len, (off_t)(body->offset + exchange->body_at));
	else
		memcpy(data, body->bytes + body->offset + exchange->body_at, len);
	if (n < 0 || (n == 0 && len > 0)) {
		(void)fail(exchange,
			   n < 0 ? err_sys(&exchange->failure, errno, "read what is sent")
				 : err_set(&exchange->failure, ERR_INVALID, -EIO,
					   "what is sent is shorter than it was"));
		return CURL_READFUNC_ABORT;
	}
	exchange->body_at += (uint64_t)n;
	exchange->moved += (uint64_t)n;
	return (size_t)n;
}

/* Where a kept connection breaks libcurl would send the body anew. A registry that has kept a part
 * of it would then have that part twice: whoever calls finds out first what is there. */
static int on_seek(void *context, curl_off_t offset, int origin)
{
	const struct exchange *exchange = context;

	return origin == SEEK_SET && (uint64_t)offset == exchange->body_at ? CURL_SEEKFUNC_OK
									   : CURL_SEEKFUNC_FAIL;
}

/* --- starting ------------------------------------------------------------------------------ */

static int list_add(struct curl_slist **list, const char *const *lines)
{
	for (; lines && *lines; lines++) {
		struct curl_slist *longer = curl_slist_append(*list, *lines);

		if (!longer)
			return -ENOMEM;
		*list = longer;
	}
	return 0;
}

static int list_copy(struct curl_slist **list, const struct curl_slist *from)
{
	for (; from; from = from->next) {
		const char *const line[] = { from->data, NULL };

		if (list_add(list, line) < 0)
			return -ENOMEM;
	}
	return 0;
}

static void set_method(struct exchange *exchange, const char *method)
{
	CURL *easy = exchange->easy;
	bool has_body = exchange->body.len > 0 || strcmp(method, "PUT") == 0 ||
			strcmp(method, "PATCH") == 0;

	if (strcmp(method, "HEAD") == 0) {
		(void)curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else if (has_body) {
		(void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
		(void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
		(void)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
				       (curl_off_t)exchange->body.len);
	} else if (strcmp(method, "POST") == 0) {
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
	} else {
		(void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	}
}

static void set_callbacks(struct exchange *exchange)
{
	CURL *easy = exchange->easy;

	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
	(void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_READDATA, exchange);
	(void)curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
	(void)curl_easy_setopt(easy, CURLOPT_SEEKDATA, exchange);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error);
}

static void set_fixed(struct exchange *exchange)
{
	CURL *easy = exchange->easy;

	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "hoy/" HOY_VERSION);
	(void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)BUFFER_SIZE);
	(void)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)BUFFER_SIZE);
	(void)curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT,
			       (long)exchange->all->limits->connect_s);
	(void)curl_easy_setopt(easy, CURLOPT_SHARE, exchange->all->share);
}

/* Where it goes now, and what goes along. */
static int set_target(struct exchange *exchange, struct err *e)
{
	bool is_home = exchange_is_at_home(exchange);
	struct trust_use use = { .trust = exchange->request.trust,
				 .is_insecure = is_home && exchange->request.is_insecure,
				 .says_who_we_are = is_home };
	int r;

	curl_slist_free_all(exchange->sent);
	exchange->sent = NULL;
	/* No waiting for "100 Continue", which some registries never send. */
	exchange->sent = curl_slist_append(NULL, "Expect:");
	if (!exchange->sent || list_copy(&exchange->sent, exchange->headers) < 0 ||
	    (is_home && list_copy(&exchange->sent, exchange->secrets) < 0) ||
	    str_ok(&exchange->url) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a request");
	(void)curl_easy_setopt(exchange->easy, CURLOPT_URL, str_text(&exchange->url));
	(void)curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->sent);
	r = proxy_apply(exchange, e);
	if (r < 0)
		return r;
	use.has_tls_proxy = r > 0;
	return exchange->origin.is_https || use.has_tls_proxy
		       ? trust_apply(&use, exchange->easy, e)
		       : 0;
}

static void exchange_free(struct exchange *exchange)
{
	struct exchange **at = &exchange->all->first;

	while (*at && *at != exchange)
		at = &(*at)->next;
	if (*at)
		*at = exchange->next;
	if (exchange->easy)
		(void)curl_multi_remove_handle(exchange->all->multi, exchange->easy);
	curl_easy_cleanup(exchange->easy);
	curl_slist_free_all(exchange->headers);
	curl_slist_free_all(exchange->secrets);
	curl_slist_free_all(exchange->sent);
	str_done(&exchange->url);
	free(exchange);
}

static int exchange_fill(struct exchange *exchange, const struct exchange_request *request,
			 struct err *e)
{
	int r = origin_of(request->url, &exchange->home, e);

	if (r < 0)
		return r;
	exchange->origin = exchange->home;
	if (request->body)
		exchange->body = *request->body;
	str_add(&exchange->url, request->url);
	exchange->easy = curl_easy_init();
	if (!exchange->easy || list_add(&exchange->headers, request->headers) < 0 ||
	    list_add(&exchange->secrets, request->secrets) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a request");
	set_fixed(exchange);
	set_callbacks(exchange);
	set_method(exchange, request->method);
	return set_target(exchange, e);
}

int exchange_start(struct exchanges *all, const struct exchange_request *request,
		   struct exchange **ret, struct err *e)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	int r;

	if (!exchange)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a request");
	exchange->all = all;
	exchange->request = *request;
	exchange->window_ns = clock_monotonic_ns();
	r = exchange_fill(exchange, request, e);
	if (r == 0 && curl_multi_add_handle(all->multi, exchange->easy) != CURLM_OK)
		r = err_set(e, ERR_INTERNAL, -EIO, "libcurl does not take a request");
	if (r < 0) {
		exchange_free(exchange);
		return r;
	}
	exchange->next = all->first;
	all->first = exchange;
	*ret = exchange;
	return 0;
}

void exchange_cancel(struct exchange *exchange)
{
	if (exchange)
		exchange_free(exchange);
}

/* --- the answer ---------------------------------------------------------------------------- */

long exchange_status(const struct exchange *exchange)
{
	long status = 0;

	(void)curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

const char *exchange_header_at(const struct exchange *exchange, const char *name, size_t n)
{
	struct curl_header *header = NULL;

	if (curl_easy_header(exchange->easy, name, n, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return NULL;
	return header->value;
}

const char *exchange_header(const struct exchange *exchange, const char *name)
{
	struct curl_header *header = NULL;

	if (curl_easy_header(exchange->easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK ||
	    header->amount != 1)
		return NULL;
	return header->value;
}

bool exchange_is_at_home(const struct exchange *exchange)
{
	return origin_equal(&exchange->origin, &exchange->home);
}

/* --- redirects ----------------------------------------------------------------------------- */

static int redirect_to(struct exchange *exchange, const char *location, struct err *e)
{
	AUTO_STR struct str url = { 0 };
	struct origin origin;
	int r;

	if (++exchange->redirects > LIMIT_REDIRECTS)
		return err_set(e, ERR_INVALID, -ELOOP, "more than %d redirects",
			       LIMIT_REDIRECTS);
	r = url_resolve(str_text(&exchange->url), location, &url, e);
	if (r == 0)
		r = origin_of(str_text(&url), &origin, e);
	if (r < 0)
		return err_wrap(e, r, "redirect");
	if (exchange->origin.is_https && !origin.is_https)
		return err_set(e, ERR_DENIED, -EPROTO,
			       "a redirect from https to http (%.200s) is not followed",
			       str_text(&url));
	exchange->origin = origin;
	str_clear(&exchange->url);
	str_add(&exchange->url, str_text(&url));
	return 0;
}

/* Once more, to where the answer says. */
static int exchange_redirect(struct exchange *exchange)
{
	struct err *e = &exchange->failure;
	int r = redirect_to(exchange, exchange_header(exchange, "Location"), e);

	if (r < 0)
		return r;
	(void)curl_multi_remove_handle(exchange->all->multi, exchange->easy);
	exchange->body_at = 0;
	exchange->skip = 0;
	r = set_target(exchange, e);
	if (r == 0 && curl_multi_add_handle(exchange->all->multi, exchange->easy) != CURLM_OK)
		r = err_set(e, ERR_INTERNAL, -EIO, "libcurl does not take a request");
	return r;
}

/* --- the loop's ---------------------------------------------------------------------------- */

static void exchange_finish(struct exchange *exchange)
{
	exchange->is_over = true;
	exchange->request.done(exchange->request.context, &exchange->failure);
	exchange_free(exchange);
}

static void exchange_end(struct exchange *exchange, CURLcode code)
{
	/* Of each answer on the way: the next one takes its headers' place. */
	if (exchange->request.warnings)
		warnings_take(exchange->request.warnings, exchange);
	if (code == CURLE_OK && is_redirect(exchange)) {
		if (exchange_redirect(exchange) == 0)
			return;
	} else if (code != CURLE_OK && !exchange->is_failed) {
		(void)explain_transfer(exchange, code, &exchange->failure);
	}
	exchange_finish(exchange);
}

void exchanges_perform(struct exchanges *all)
{
	int running = 0;
	int left = 0;
	CURLMsg *message;

	(void)curl_multi_perform(all->multi, &running);
	while ((message = curl_multi_info_read(all->multi, &left))) {
		struct exchange *exchange = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
		exchange_end(exchange, code);
	}
}

size_t exchanges_waits(const struct exchanges *all, struct curl_waitfd *ret, size_t max)
{
	size_t count = 0;

	for (const struct exchange *x = all->first; x && count < max; x = x->next)
		if (x->is_paused)
			ret[count++] = (struct curl_waitfd){ .fd = x->request.wait_fd,
							     .events = CURL_WAIT_POLLOUT };
	return count;
}

void exchanges_resume(struct exchanges *all, const struct curl_waitfd *waits, size_t count)
{
	for (struct exchange *x = all->first; x; x = x->next) {
		bool is_ready = false;

		for (size_t i = 0; i < count && x->is_paused; i++)
			is_ready |= waits[i].fd == x->request.wait_fd && waits[i].revents;
		/* The callback pauses it again when the rest does not fit either. */
		if (is_ready)
			(void)curl_easy_pause(x->easy, CURLPAUSE_CONT);
	}
}

static bool is_waiting_for_answer(const struct exchange *exchange)
{
	return exchange->body.len > 0 && exchange->body_at == exchange->body.len;
}

/* Has it stood still? Looked at in windows, so that one burst does not excuse the next ones. */
static bool has_stalled(struct exchange *exchange, uint64_t now_ns)
{
	const struct limits *limits = exchange->all->limits;
	uint64_t window_s =
		is_waiting_for_answer(exchange) ? limits->answer_s : limits->low_speed_s;
	bool is_slow = exchange->moved - exchange->moved_then < limits->low_speed * window_s;

	if (exchange->is_paused) {
		exchange->window_ns = now_ns;
		exchange->moved_then = exchange->moved;
		return false;
	}
	if (now_ns - exchange->window_ns < window_s * NS_PER_S)
		return false;
	exchange->window_ns = now_ns;
	exchange->moved_then = exchange->moved;
	return is_slow;
}

void exchanges_watch(struct exchanges *all, uint64_t now_ns)
{
	struct exchange *next;

	for (struct exchange *x = all->first; x; x = next) {
		next = x->next;
		if (!has_stalled(x, now_ns))
			continue;
		(void)err_set(&x->failure, ERR_INTERNAL, -ETIMEDOUT,
			      "it has sent less than %llu bytes a second for %llu seconds",
			      (unsigned long long)all->limits->low_speed,
			      (unsigned long long)(is_waiting_for_answer(x)
							   ? all->limits->answer_s
							   : all->limits->low_speed_s));
		exchange_finish(x);
		/* What `done` started or ended may have changed the list. */
		next = all->first;
	}
}
