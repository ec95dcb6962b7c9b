/*
 * Scopes of tokens: what one is asked for, merged so that the same wish has one spelling.
 *
 * Runs in: fetch.
 * See: distribution docs/spec/auth/scope.md.
 */
#ifndef HOY_FETCH_SCOPE_H
#define HOY_FETCH_SCOPE_H

#include "base/str.h"

enum { SCOPES_MAX = 16, SCOPE_TEXT_MAX = 4096 };

/*
 * Scopes ("repository:a/b:pull,push", separated by spaces in each of `lists`, NULL at the end)
 * sorted, the actions of one resource together and sorted: appended to `out`, separated by
 * spaces. Those that are malformed, and more than SCOPES_MAX, are left out.
 */
void scope_merge(const char *const *lists, struct str *out);

#endif
