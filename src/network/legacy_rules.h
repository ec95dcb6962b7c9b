/*
 * The rules of a table of the old iptables, as the kernel hands them out: one array.
 *
 * A chain begins behind a rule with the target ERROR that has its name, and a jump to it is a rule
 * whose verdict is that place. Each rule says how far it is to the next; reading ends before a rule
 * whose lengths cannot be. The rules are somebody else's, and any number of them is read.
 *
 * Runs in: cli (engine).
 * See: linux/netfilter_ipv4/ip_tables.h, linux/netfilter/x_tables.h.
 */
#ifndef HOY_NETWORK_LEGACY_RULES_H
#define HOY_NETWORK_LEGACY_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "format/ip.h"

/* Does any of the rules (`size` bytes) jump to `chain`? */
bool legacy_rules_have_jump(enum ip_family family, const char *rules, size_t size,
			    const char *chain);

#endif
