/*
 * The next page of a list: the Link header.
 *
 * Runs in: fetch.
 * See: RFC 8288; OCI distribution-spec "Listing Tags", "Listing Referrers".
 */
#ifndef HOY_FETCH_LINK_H
#define HOY_FETCH_LINK_H

#include "base/err.h"
#include "base/str.h"
#include "fetch/call.h"

/*
 * Where the answer of `call` (in its `done`) says that the next page is: appended to `out`,
 * nothing where it was the last one. At the registry, and never anywhere else: -EPROTO then.
 */
int link_next(const struct call *call, struct str *out, struct err *e);

#endif
