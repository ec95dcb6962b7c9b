/*
 * See link.h.
 *
 * Runs in: fetch.
 */
#include "fetch/link.h"

#include <string.h>

/* <address>; rel="next" */
int link_next(const struct call *call, struct str *out, struct err *e)
{
	const char *link = exchange_header(call->answer, "Link");
	const char *end = link ? strchr(link, '>') : NULL;
	AUTO_STR struct str reference = { 0 };
	struct origin origin;
	int r;

	if (!link || link[0] != '<' || !end || !strstr(end, "rel=\"next\""))
		return 0;
	str_add_bytes(&reference, link + 1, (size_t)(end - link) - 1);
	r = url_resolve(str_text(&call->answer->url), str_text(&reference), out, e);
	if (r == 0)
		r = origin_of(str_text(out), &origin, e);
	if (r == 0 && !origin_equal(&origin, &call_endpoint(call)->origin))
		r = err_set(e, ERR_DENIED, -EPROTO, "the next page is said to be elsewhere");
	return r;
}
