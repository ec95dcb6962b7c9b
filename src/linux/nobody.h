/*
 * From root to nobody.
 *
 * Runs in: dns, fetch, relay.
 * See: capabilities(7), credentials(7).
 */
#ifndef HOY_LINUX_NOBODY_H
#define HOY_LINUX_NOBODY_H

/* Give up every capability, also of the bounding set, and all groups, and become user and group
 * 65534. Needs root. Returns 0 or -errno. */
int nobody_become(void);

#endif
