/*
 * See proxy.h.
 *
 * Runs in: fetch.
 */
#include "fetch/proxy.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include "fetch/explain.h"

enum { PROXY_TEXT_SIZE = HOST_SIZE + 8 };

struct proxy {
	char *scheme;
	char *host;
	char *port;
};

#define AUTO_PROXY __attribute__((cleanup(proxy_done)))

static void proxy_done(struct proxy *proxy)
{
	curl_free(proxy->scheme);
	curl_free(proxy->host);
	curl_free(proxy->port);
}

/* As libcurl reads it: http may be left out, and the port. */
static bool proxy_parse(const char *text, struct proxy *ret)
{
	CURLU *url = curl_url();
	const unsigned int flags = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME;
	bool is_read = url && curl_url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK &&
		       curl_url_get(url, CURLUPART_SCHEME, &ret->scheme, 0) == CURLUE_OK &&
		       curl_url_get(url, CURLUPART_HOST, &ret->host, 0) == CURLUE_OK;

	if (is_read && curl_url_get(url, CURLUPART_PORT, &ret->port, 0) != CURLUE_OK)
		ret->port = NULL;
	curl_url_cleanup(url);
	return is_read;
}

/* As Go does: what is on this machine never goes through a proxy. */
static const char *proxy_for(const struct exchange *exchange)
{
	const struct exchanges *all = exchange->all;
	const char *proxy = exchange->origin.is_https ? all->https_proxy : all->http_proxy;

	return proxy && !origin_is_loopback(&exchange->origin) ? proxy : "";
}

static bool is_known_scheme(const char *scheme)
{
	static const char *const known[] = { "http",	"https",  "socks4",
					     "socks4a", "socks5", "socks5h" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(scheme, known[i]) == 0)
			return true;
	return false;
}

static bool is_tls(const struct proxy *proxy)
{
	return proxy->scheme && strcmp(proxy->scheme, "https") == 0;
}

static bool is_socks(const struct proxy *proxy)
{
	return strncmp(proxy->scheme, "socks", strlen("socks")) == 0;
}

int proxy_apply(struct exchange *exchange, struct err *e)
{
	const char *no_proxy = exchange->all->no_proxy;
	const char *text = proxy_for(exchange);
	AUTO_PROXY struct proxy proxy = { 0 };

	if (text[0] && !proxy_parse(text, &proxy))
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"the proxy for %s is no address: http://[USER:PASSWORD@]HOST:PORT",
			exchange->origin.is_https ? "https" : "http");
	if (text[0] && !is_known_scheme(proxy.scheme))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the proxy %.200s is of an unknown kind: %.40s", proxy.host,
			       proxy.scheme);
	(void)curl_easy_setopt(exchange->easy, CURLOPT_PROXY, text);
	(void)curl_easy_setopt(exchange->easy, CURLOPT_NOPROXY, no_proxy ? no_proxy : "");
	return is_tls(&proxy);
}

/* libcurl says who it was that could not be reached. */
static bool is_named(const struct exchange *exchange, const struct proxy *proxy)
{
	char text[PROXY_TEXT_SIZE + 16];

	(void)snprintf(text, sizeof(text), "connect to %s port %s", proxy->host,
		       proxy->port     ? proxy->port
		       : is_tls(proxy) ? "443"
				       : "1080");
	return strstr(exchange->error, text) != NULL;
}

static int explain_denial(const char *name, struct err *e)
{
	return err_set(e, ERR_DENIED, -EACCES,
		       "the proxy %s wants a user and a password, or other ones", name);
}

static int explain_refusal(long status, const char *name, const char *host, struct err *e)
{
	char text[EXPLAIN_STATUS_SIZE];

	if (status == 407)
		return explain_denial(name, e);
	explain_status(status, text);
	return err_set(e, status >= 500 ? ERR_INTERNAL : ERR_DENIED,
		       status >= 500 ? -EIO : -EACCES,
		       "the proxy %s does not connect to %s: %s", name, host, text);
}

/* See: RFC 1928, RFC 1929. */
static int explain_socks(const struct exchange *exchange, const char *name, const char *host,
			 struct err *e)
{
	long reason = CURLPX_OK;

	(void)curl_easy_getinfo(exchange->easy, CURLINFO_PROXY_ERROR, &reason);
	switch (reason) {
	case CURLPX_USER_REJECTED:
	case CURLPX_NO_AUTH:
	case CURLPX_IDENTD_DIFFER:
		return explain_denial(name, e);
	case CURLPX_REPLY_CONNECTION_REFUSED:
		return err_set(e, ERR_INTERNAL, -ECONNREFUSED,
			       "the proxy %s does not connect to %s: Connection refused", name,
			       host);
	case CURLPX_REPLY_NOT_ALLOWED:
		return err_set(e, ERR_DENIED, -EACCES,
			       "the proxy %s does not connect to %s: it may not", name, host);
	default:
		return err_set(e, ERR_INTERNAL, -EIO, "the proxy %s does not connect to %s: %s",
			       name, host,
			       exchange->error[0] ? exchange->error : "it does not say why");
	}
}

/* Its own certificate, not that of whom it connects to. */
static int explain_tls(const struct exchange *exchange, CURLcode code, const char *name,
		       struct err *e)
{
	long result = X509_V_OK;

	if (code == CURLE_SSL_CONNECT_ERROR)
		return err_set(e, ERR_DENIED, -EPROTO, "no TLS connection to the proxy %s: %s",
			       name, exchange->error[0] ? exchange->error : "it was refused");
	(void)curl_easy_getinfo(exchange->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &result);
	if (result == X509_V_OK || result == X509_V_ERR_UNSPECIFIED)
		return err_set(e, ERR_DENIED, -EACCES,
			       "the proxy %s has a certificate for another name", name);
	return err_set(e, ERR_DENIED, -EACCES,
		       "the certificate of the proxy %s is not trusted: %s", name,
		       X509_verify_cert_error_string(result));
}

int proxy_explain(const struct exchange *exchange, CURLcode code, const char *host,
		  struct err *e)
{
	const char *text = proxy_for(exchange);
	AUTO_PROXY struct proxy proxy = { 0 };
	char name[PROXY_TEXT_SIZE];
	long status = 0;
	long error = 0;

	if (!text[0] || !proxy_parse(text, &proxy))
		return 0;
	(void)snprintf(name, sizeof(name), "%s%s%s", proxy.host, proxy.port ? ":" : "",
		       proxy.port ? proxy.port : "");
	(void)curl_easy_getinfo(exchange->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	(void)curl_easy_getinfo(exchange->easy, CURLINFO_OS_ERRNO, &error);
	if (code == CURLE_COULDNT_RESOLVE_PROXY)
		return err_set(e, ERR_INTERNAL, -EHOSTUNREACH,
			       "no address is known for the proxy %s", name);
	if (status >= 300)
		return explain_refusal(status, name, host, e);
	if (code == CURLE_PROXY && is_socks(&proxy))
		return explain_socks(exchange, name, host, e);
	/* Before the tunnel only the proxy has shown a certificate. */
	if (is_tls(&proxy) && status == 0 &&
	    (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR))
		return explain_tls(exchange, code, name, e);
	if (code == CURLE_COULDNT_CONNECT && is_named(exchange, &proxy))
		return err_sys(e, error > 0 ? (int)error : ECONNREFUSED,
			       "connect to the proxy %s", name);
	/* It has not said that there is a connection to the other side. */
	if (exchange->origin.is_https && status == 0 &&
	    (code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR))
		return err_set(e, ERR_INTERNAL, -ECONNRESET,
			       "the proxy %s hung up instead of connecting to %s", name, host);
	return 0;
}
