/*
 * Proxies: through which one an exchange goes, and what is said of one that stands in the way.
 *
 * Runs in: fetch.
 * See: CURLOPT_PROXY(3), CURLOPT_NOPROXY(3); RFC 9110 "CONNECT".
 */
#ifndef HOY_FETCH_PROXY_H
#define HOY_FETCH_PROXY_H

#include <curl/curl.h>

#include "fetch/exchange.h"

/* Set it for where the exchange goes now. Returns 1 when the connection to the proxy itself is TLS,
 * and 0 else or without a proxy. -EINVAL: it is no address, or one of a kind that libcurl
 * does not know; the sentence does not have it, because it may have a password. */
int proxy_apply(struct exchange *exchange, struct err *e);

/*
 * Say that it was the proxy that made the exchange to `host` end with `code`. Returns -errno with
 * the sentence, in which the proxy is named without user and password; 0, without one, when it was
 * not.
 */
int proxy_explain(const struct exchange *exchange, CURLcode code, const char *host,
		  struct err *e);

#endif
