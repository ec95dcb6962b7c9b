/*
 * The session keyring: a container gets its own, or it would see the secrets of who started it.
 *
 * Runs in: init.
 * See: keyctl(2), session-keyring(7).
 */
#ifndef HOY_LINUX_KEYRING_H
#define HOY_LINUX_KEYRING_H

/* Join a fresh anonymous session keyring. Returns 0, also where the kernel has no keyrings, or
 * -errno. */
int keyring_join_fresh(void);

#endif
