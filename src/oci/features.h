/*
 * What this runtime can do, as the specification wants it told. Everything that stands in a
 * table of the code is read from that table, so that the two cannot disagree.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec features.md, features-linux.md.
 */
#ifndef HOY_OCI_FEATURES_H
#define HOY_OCI_FEATURES_H

#include "base/err.h"
#include "base/str.h"

/* Appended to `out`, indented, without a newline at its end. Returns 0 or -ENOMEM. */
int features_print(struct str *out, struct err *e);

#endif
