/*
 * See url.h.
 *
 * Runs in: fetch.
 */
#include "fetch/url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fd.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443 };

static void url_done(CURLU **url)
{
	curl_url_cleanup(*url);
}
#define AUTO_URL __attribute__((cleanup(url_done)))

static void part_done(char **part)
{
	curl_free(*part);
}
#define AUTO_PART __attribute__((cleanup(part_done)))

static int wrong(const char *url, const char *why, struct err *e)
{
	return err_set(e, ERR_INVALID, -EINVAL, "\"%.200s\" %s", url, why);
}

/* What all addresses must be. */
static int check(CURLU *parsed, const char *url, struct err *e)
{
	AUTO_PART char *scheme = NULL;
	AUTO_PART char *user = NULL;
	AUTO_PART char *password = NULL;

	if (curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		return wrong(url, "is neither http nor https", e);
	if (curl_url_get(parsed, CURLUPART_USER, &user, 0) == CURLUE_OK ||
	    curl_url_get(parsed, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK)
		return wrong(url, "names a user in the address", e);
	return 0;
}

static int parse(const char *url, CURLU **ret, struct err *e)
{
	AUTO_URL CURLU *parsed = curl_url();
	int r;

	if (!parsed)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	if (strlen(url) > URL_MAX)
		return wrong(url, "is too long", e);
	if (curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		return wrong(url, "is no address", e);
	r = check(parsed, url, e);
	if (r == 0)
		*ret = ptr_take(parsed);
	return r;
}

int origin_of(const char *url, struct origin *ret, struct err *e)
{
	AUTO_URL CURLU *parsed = NULL;
	AUTO_PART char *host = NULL;
	AUTO_PART char *port = NULL;
	uint64_t number = 0;
	int r = parse(url, &parsed, e);

	if (r < 0)
		return r;
	*ret = (struct origin){ .is_https = strncasecmp(url, "https:", 6) == 0 };
	ret->port = ret->is_https ? PORT_HTTPS : PORT_HTTP;
	if (curl_url_get(parsed, CURLUPART_HOST, &host, 0) != CURLUE_OK || !host[0] ||
	    str_copy(ret->host, sizeof(ret->host), host) < 0)
		return wrong(url, "has no usable host", e);
	for (char *c = ret->host; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	if (curl_url_get(parsed, CURLUPART_PORT, &port, 0) == CURLUE_OK) {
		if (parse_u64(port, 1, UINT16_MAX, &number) < 0)
			return wrong(url, "has no usable port", e);
		ret->port = (uint16_t)number;
	}
	return 0;
}

bool origin_equal(const struct origin *a, const struct origin *b)
{
	return a->is_https == b->is_https && a->port == b->port &&
	       strcmp(a->host, b->host) == 0;
}

void origin_text(const struct origin *origin, char text[HOST_SIZE + 8])
{
	if (origin->port == (origin->is_https ? PORT_HTTPS : PORT_HTTP))
		(void)snprintf(text, HOST_SIZE + 8, "%s", origin->host);
	else
		(void)snprintf(text, HOST_SIZE + 8, "%s:%u", origin->host, origin->port);
}

bool origin_is_loopback(const struct origin *origin)
{
	const char *host = origin->host;

	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (str_starts(host, "127.") && strspn(host, "0123456789.") == strlen(host));
}

int url_resolve(const char *base, const char *reference, struct str *out, struct err *e)
{
	AUTO_URL CURLU *parsed = NULL;
	AUTO_PART char *whole = NULL;
	int r = parse(base, &parsed, e);

	if (r < 0)
		return r;
	if (strlen(reference) > URL_MAX)
		return wrong(reference, "is too long", e);
	/* On a handle that has an address already, this is relative to it. */
	if (curl_url_set(parsed, CURLUPART_URL, reference, CURLU_NON_SUPPORT_SCHEME) !=
	    CURLUE_OK)
		return wrong(reference, "is no address", e);
	r = check(parsed, reference, e);
	if (r < 0)
		return r;
	(void)curl_url_set(parsed, CURLUPART_FRAGMENT, NULL, 0);
	if (curl_url_get(parsed, CURLUPART_URL, &whole, 0) != CURLUE_OK)
		return wrong(reference, "is no address", e);
	str_add(out, whole);
	return 0;
}

static void add_escaped(struct str *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";

	for (; *text; text++) {
		if (strchr(plain, *text))
			str_add_char(out, *text);
		else
			str_printf(out, "%%%02X", (unsigned char)*text);
	}
}

void url_add_field(struct str *form, const char *name, const char *value)
{
	if (form->len > 0)
		str_add_char(form, '&');
	str_add(form, name);
	str_add_char(form, '=');
	add_escaped(form, value);
}

void url_add_query(struct str *url, const char *name, const char *value)
{
	AUTO_STR struct str field = { 0 };
	const char *query = strchr(str_text(url), '?');

	url_add_field(&field, name, value);
	if (!query)
		str_add_char(url, '?');
	else if (query[1] && !str_ends(query, "&"))
		str_add_char(url, '&');
	str_add(url, str_text(&field));
}
