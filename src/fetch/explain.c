/*
 * See explain.h.
 *
 * Runs in: fetch.
 * See: libcurl-errors(3); OCI distribution-spec "Error Codes".
 */
#include "fetch/explain.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include "fetch/exchange.h"
#include "fetch/proxy.h"
#include "format/json.h"
#include "format/text.h"

enum { MESSAGES_MAX = 4, MESSAGE_MAX = 300 };

/* Would knowing its authority help? */
static bool is_of_stranger(long result)
{
	return result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
	       result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	       result == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
	       result == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
	       result == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}

static int explain_certificate(const struct exchange *exchange, const char *host, struct err *e)
{
	long result = X509_V_OK;

	(void)curl_easy_getinfo(exchange->easy, CURLINFO_SSL_VERIFYRESULT, &result);
	/* libcurl leaves it so when the chain is good and the name is not. */
	if (result == X509_V_OK || result == X509_V_ERR_UNSPECIFIED)
		return err_set(e, ERR_DENIED, -EACCES,
			       "%s: its certificate is for another name (%s)", host,
			       exchange->error[0] ? exchange->error : "not this one");
	(void)err_set(e, ERR_DENIED, -EACCES, "%s: its certificate is not trusted: %s", host,
		      X509_verify_cert_error_string(result));
	if (!is_of_stranger(result))
		return -EACCES;
	return err_hint(e, -EACCES,
			"an authority of your own belongs into /etc/docker/certs.d/%s/ca.crt",
			host);
}

static int explain_tls(const struct exchange *exchange, const char *host, struct err *e)
{
	if (strstr(exchange->error, "wrong version number") ||
	    strstr(exchange->error, "packet length too long") ||
	    strstr(exchange->error, "http request"))
		return err_hint(
			e, err_set(e, ERR_DENIED, -EPROTO, "%s: it does not speak TLS", host),
			"what speaks plain text is a URL with http://, or a registry that is "
			"listed as insecure (docs/images.md)");
	return err_set(e, ERR_DENIED, -EPROTO, "%s: no TLS connection: %s", host,
		       exchange->error[0] ? exchange->error : "it was refused");
}

static int explain_connect(const struct exchange *exchange, const char *host, struct err *e)
{
	long error = 0;

	(void)curl_easy_getinfo(exchange->easy, CURLINFO_OS_ERRNO, &error);
	if (error <= 0)
		return err_set(e, ERR_INTERNAL, -ECONNREFUSED, "%s: no connection: %s", host,
			       exchange->error);
	return err_sys(e, (int)error, "connect to %s", host);
}

int explain_transfer(const struct exchange *exchange, CURLcode code, struct err *e)
{
	char host[HOST_SIZE + 8];
	int r;

	origin_text(&exchange->origin, host);
	r = proxy_explain(exchange, code, host, e);
	if (r < 0)
		return r;
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(e, ERR_INTERNAL, -EHOSTUNREACH, "%s: no address is known for it",
			       host);
	case CURLE_COULDNT_CONNECT:
		return explain_connect(exchange, host, e);
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(e, ERR_INTERNAL, -ETIMEDOUT, "connect to %s: timed out", host);
	case CURLE_PEER_FAILED_VERIFICATION:
		return explain_certificate(exchange, host, e);
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CIPHER:
		return explain_tls(exchange, host, e);
	case CURLE_SSL_CERTPROBLEM:
		return err_set(e, ERR_INVALID, -EACCES,
			       "%s: our own certificate cannot be used: %s", host,
			       exchange->error);
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_SEND_FAIL_REWIND:
		return err_set(e, ERR_INTERNAL, -ECONNRESET, "%s: the connection broke", host);
	case CURLE_PARTIAL_FILE:
		return err_set(e, ERR_INTERNAL, -ECONNRESET, "%s: the answer is cut off", host);
	default:
		return err_set(e, ERR_INTERNAL, -EIO, "%s: %s", host,
			       exchange->error[0] ? exchange->error : curl_easy_strerror(code));
	}
}

/* "CODE: message", without what cannot be printed. */
static void add_error(struct json_object *o, struct str *out)
{
	AUTO_ARENA struct arena arena = { 0 };
	char *code = NULL;
	char *message = NULL;

	if (!json_object_is_type(o, json_type_object) ||
	    json_get_string(o, "", "code", &arena, &code, NULL) < 0 ||
	    json_get_string(o, "", "message", &arena, &message, NULL) < 0)
		return;
	if (out->len > 0)
		str_add(out, "; ");
	for (char *c = code; c && *c; c++)
		*c = *c == '_' ? ' ' : (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
	if (code)
		text_printable(code, strnlen(code, MESSAGE_MAX), out);
	if (code && message)
		str_add(out, ": ");
	if (message)
		text_printable(message, strnlen(message, MESSAGE_MAX), out);
}

void explain_body(const struct str *body, struct str *out)
{
	AUTO_JSON struct json_object *root = NULL;
	struct json_object *errors = NULL;
	size_t count;

	if (json_parse(str_text(body), body->len, LIMIT_ERROR_BODY, "error", &root, NULL) < 0 ||
	    !json_object_is_type(root, json_type_object))
		return;
	if (json_get_array(root, "", "errors", LIMIT_ERROR_BODY, &errors, NULL) < 0 || !errors)
		return;
	count = json_object_array_length(errors);
	for (size_t i = 0; i < count && i < MESSAGES_MAX; i++)
		add_error(json_object_array_get_idx(errors, i), out);
}

void explain_status(long status, char text[EXPLAIN_STATUS_SIZE])
{
	static const struct {
		long status;
		const char *text;
	} known[] = {
		{ 400, "Bad Request" },	       { 401, "Unauthorized" },
		{ 403, "Forbidden" },	       { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 408, "Request Timeout" },
		{ 413, "Content Too Large" },  { 416, "Range Not Satisfiable" },
		{ 429, "Too Many Requests" },  { 500, "Internal Server Error" },
		{ 502, "Bad Gateway" },	       { 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
	};
	const char *meaning = "";

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].status == status)
			meaning = known[i].text;
	(void)snprintf(text, EXPLAIN_STATUS_SIZE, "%ld%s%s", status, meaning[0] ? " " : "",
		       meaning);
}
