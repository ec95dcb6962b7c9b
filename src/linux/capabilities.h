/*
 * Capability sets of the calling thread, by the bare system calls (no libcap): a set is a mask,
 * bit n = capability n.
 *
 * Runs in: init.
 * See: capabilities(7), capset(2), PR_CAPBSET_DROP and PR_CAP_AMBIENT in prctl(2).
 */
#ifndef HOY_LINUX_CAPABILITIES_H
#define HOY_LINUX_CAPABILITIES_H

#include <stdint.h>

/* Drop everything but `keep` from the bounding set. Needs CAP_SETPCAP. Returns 0 or -errno. */
int capabilities_bound(uint64_t keep);
/* Returns 0 or -errno (-EPERM: more than is permitted). */
int capabilities_set(uint64_t effective, uint64_t permitted, uint64_t inheritable);
int capabilities_get(uint64_t *ret_effective, uint64_t *ret_permitted,
		     uint64_t *ret_inheritable);
/* Make the ambient set exactly `ambient`, which must be permitted and inheritable. Returns 0 or
 * -errno. */
int capabilities_set_ambient(uint64_t ambient);
/* Keep the permitted set when all user ids become non-zero. */
int capabilities_keep(void);

#endif
