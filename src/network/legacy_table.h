/*
 * What is in a table of the old iptables, without its program: that costs a start milliseconds,
 * this some microseconds.
 *
 * The kernel hands out the whole table as one array of rules; legacy_rules.h reads it.
 *
 * Runs in: cli (engine).
 * See: linux/netfilter_ipv4/ip_tables.h.
 */
#ifndef HOY_NETWORK_LEGACY_TABLE_H
#define HOY_NETWORK_LEGACY_TABLE_H

#include "format/ip.h"

/* Does any rule of the table "filter" jump to `chain`? Makes the table where it was not in use.
 * Returns 1, 0 or -errno. */
int legacy_table_has_jump(enum ip_family family, const char *chain);

#endif
