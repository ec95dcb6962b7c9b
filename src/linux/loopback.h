/*
 * The loopback interface of a new network namespace, which is born down.
 *
 * Runs in: init.
 * See: netdevice(7).
 */
#ifndef HOY_LINUX_LOOPBACK_H
#define HOY_LINUX_LOOPBACK_H

/* Set "lo" of the caller's network namespace up; the kernel gives it its addresses. Returns 0
 * or -errno. */
int loopback_up(void);

#endif
