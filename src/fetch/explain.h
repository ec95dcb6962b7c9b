/*
 * Sentences: why a transfer failed, and what an answer that is no success means.
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_EXPLAIN_H
#define HOY_FETCH_EXPLAIN_H

#include <curl/curl.h>

#include "base/err.h"
#include "base/str.h"

struct exchange;

enum { EXPLAIN_STATUS_SIZE = 48 };

/*
 * A transfer that ended with `code`: "registry.example:5000: connection refused". Returns
 * -ETIMEDOUT, -ECONNREFUSED and the like where another attempt may help, -EACCES (ERR_DENIED)
 * where the certificate is at fault, -EPROTO where TLS cannot be spoken.
 */
int explain_transfer(const struct exchange *exchange, CURLcode code, struct err *e);

/*
 * What a registry wrote into the body of an answer that is no success: its codes and messages as
 * one line ("manifest unknown: not here"), "" when it is not what the specification says.
 */
void explain_body(const struct str *body, struct str *out);

/* "404 Not Found", "418": for sentences. */
void explain_status(long status, char text[EXPLAIN_STATUS_SIZE]);

#endif
