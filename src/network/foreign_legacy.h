/*
 * The same for the old iptables, whose tables only its own program reads and writes. Asked only where
 * such a table is in use in our network namespace.
 *
 * Runs in: cli (engine).
 * See: iptables(8), iptables-restore(8).
 */
#ifndef HOY_NETWORK_FOREIGN_LEGACY_H
#define HOY_NETWORK_FOREIGN_LEGACY_H

#include "base/err.h"
#include "base/str.h"

/* Returns 0 (also where there is nothing to do, or no such program) or -errno with a sentence. */
int foreign_legacy_open(const struct strv *bridges, struct err *e);
int foreign_legacy_close(struct err *e);

#endif
