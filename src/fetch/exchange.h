/*
 * One HTTP request and its answer, redirects included; no repetition, no authorisation of its own.
 *
 * What is secret (`secrets`: an Authorization header, the operator's headers, the client
 * certificate) goes to the origin that the request began with, and to no other, whatever a
 * redirect says. From https no redirect leads to http.
 *
 * HTTP/1.1 only: a paused stream of HTTP/2 is buffered by libcurl where a paused connection is
 * simply not read, and each blob has a connection of its own anyway.
 *
 * Runs in: fetch.
 * See: libcurl-multi(3), RFC 9110.
 */
#ifndef HOY_FETCH_EXCHANGE_H
#define HOY_FETCH_EXCHANGE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "fetch/limits.h"
#include "fetch/trust.h"
#include "fetch/url.h"
#include "fetch/warnings.h"

/* What all exchanges share. */
struct exchanges {
	CURLM *multi;
	CURLSH *share; /* TLS sessions */
	const struct limits *limits;
	/* proxies for the two schemes and the hosts without one; NULL or "": none */
	const char *http_proxy;
	const char *https_proxy;
	const char *no_proxy;
	struct exchange *first;
};

/* The body of a request: bytes of a file, or in memory. */
struct body {
	int fd;		   /* borrowed; negative: `bytes` */
	const char *bytes; /* borrowed */
	uint64_t offset;
	uint64_t len;
};

struct exchange_request {
	const char *method;
	const char *url;
	const char *const *headers; /* "Name: value", NULL at the end */
	const char *const *secrets;
	const struct body *body;   /* NULL: none */
	struct trust *trust;	   /* judges the certificates of all origins on the way */
	bool is_insecure;	   /* any certificate will do where it begins */
	struct warnings *warnings; /* borrowed; NULL: it may warn of nothing */
	/* What came. Returns how many bytes were taken, or -errno to stop it. Fewer than `len`:
	 * `wait_fd` says when to give the rest again. */
	ssize_t (*take)(void *context, const void *data, size_t len, struct err *e);
	int wait_fd;
	/* It is over: `e` says what went wrong, or is empty and there is an answer. The exchange
	 * is still there, and is freed afterwards. */
	void (*done)(void *context, struct err *e);
	void *context;
};

struct exchange {
	struct exchanges *all;
	struct exchange *next;
	struct exchange_request request; /* its pointers are no longer valid once it runs */
	CURL *easy;
	struct curl_slist *headers;
	struct curl_slist *secrets;
	struct curl_slist *sent; /* the one or two of them that go along just now */
	struct str url;
	struct origin home; /* the origin that it began with */
	struct origin origin;
	struct body body;
	uint64_t body_at;
	unsigned int redirects;
	size_t header_bytes;
	size_t skip; /* of what is given again: taken already */
	bool is_paused;
	bool is_failed; /* `failure` is why */
	bool is_over;
	struct err failure;
	uint64_t moved; /* bytes in both directions, for the stall */
	uint64_t moved_then;
	uint64_t window_ns; /* since when `moved_then` */
	char error[CURL_ERROR_SIZE];
};

/* Everything in `request` is copied but what is said to be borrowed. Returns 0 and the exchange,
 * which lives until `done` returns or it is cancelled. */
int exchange_start(struct exchanges *all, const struct exchange_request *request,
		   struct exchange **ret, struct err *e);
/* No `done` comes. NULL is fine. Not from a callback. */
void exchange_cancel(struct exchange *exchange);

/* Of the answer, from `take` on: */
long exchange_status(const struct exchange *exchange);
/* A header that is there once, else NULL. Borrowed, until the next call of libcurl. */
const char *exchange_header(const struct exchange *exchange, const char *name);
/* The n-th of a header that may be there several times. */
const char *exchange_header_at(const struct exchange *exchange, const char *name, size_t n);
/* Did it end where it began? Only then may its challenges be answered. */
bool exchange_is_at_home(const struct exchange *exchange);

/* --- the loop's ---------------------------------------------------------------------------- */

/* Drive all that can be driven; callbacks run from here. */
void exchanges_perform(struct exchanges *all);
/* What wait for a descriptor of their own: their number, at most `max`, into `ret`. */
size_t exchanges_waits(const struct exchanges *all, struct curl_waitfd *ret, size_t max);
/* After poll: go on with those whose descriptor is ready. */
void exchanges_resume(struct exchanges *all, const struct curl_waitfd *waits, size_t count);
/* End those that have moved too little for too long. */
void exchanges_watch(struct exchanges *all, uint64_t now_ns);

#endif
