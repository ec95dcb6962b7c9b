/*
 * Capabilities by name.
 *
 * Runs in: cli (engine), runtime.
 * See: capabilities(7).
 */
#ifndef HOY_SPEC_CAPABILITY_H
#define HOY_SPEC_CAPABILITY_H

/* "CAP_NET_RAW", "NET_RAW", "net_raw" to its number, 0..63. Returns -EINVAL for what is none.
 */
int capability_find(const char *name);
/* "CAP_NET_RAW"; NULL when the number has no name here. */
const char *capability_name(int number);

#endif
