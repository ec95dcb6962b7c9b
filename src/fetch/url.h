/*
 * Addresses: where a request goes, and whether two of them are the same place.
 *
 * Runs in: fetch.
 * See: RFC 3986, RFC 6454 (origins), libcurl-url(3).
 */
#ifndef HOY_FETCH_URL_H
#define HOY_FETCH_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { URL_MAX = 16 * 1024, HOST_SIZE = 256 };

/* Who may see what is meant for whom. */
struct origin {
	bool is_https;
	uint16_t port;
	char host[HOST_SIZE]; /* lower case; of IPv6 with brackets */
};

/* Of an absolute http or https address without user and password. -EINVAL with a sentence. */
int origin_of(const char *url, struct origin *ret, struct err *e);
bool origin_equal(const struct origin *a, const struct origin *b);
/* "registry.example", "registry.example:5000": the port where it is not the scheme's. */
void origin_text(const struct origin *origin, char text[HOST_SIZE + 8]);
/* localhost, 127.0.0.0/8, ::1? */
bool origin_is_loopback(const struct origin *origin);

/* `reference`, absolute or relative, as seen from `base`; without a fragment. Appended to `out`.
 * -EINVAL with a sentence: not http or https, user and password in it, too long. */
int url_resolve(const char *base, const char *reference, struct str *out, struct err *e);
/* NAME=VALUE, escaped, behind what `url` asks already. */
void url_add_query(struct str *url, const char *name, const char *value);
/* The same for the body of a form. */
void url_add_field(struct str *form, const char *name, const char *value);

#endif
