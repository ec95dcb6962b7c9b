/*
 * The same for the old iptables, whose tables only its own program writes. Asked only where
 * such a table is in use in our network namespace.
 *
 * Runs in: cli (engine).
 * See: iptables(8), iptables-restore(8).
 */
#ifndef HOY_NETWORK_FOREIGN_LEGACY_H
#define HOY_NETWORK_FOREIGN_LEGACY_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Is there nothing to do? For every start: without the program. */
bool foreign_legacy_is_open(void);
/* Returns 0 (also where there is nothing to do, or no such program) or -errno with a sentence. */
int foreign_legacy_open(const struct strv *bridges, struct err *e);
int foreign_legacy_close(struct err *e);

#endif
