/*
 * A network interface that changes its network namespace, and keeps its addresses: the kernel
 * forgets them on the way.
 *
 * Runs in: runtime.
 * See: rtnetlink(7) RTM_SETLINK with IFLA_NET_NS_FD; OCI runtime-spec config-linux.md "Network
 * Devices".
 */
#ifndef HOY_LINUX_INTERFACE_MOVE_H
#define HOY_LINUX_INTERFACE_MOVE_H

/* At most as many addresses as a start may have to carry over. */
enum { INTERFACE_ADDRESSES_MAX = 256 };

/*
 * Move interface `name` of our network namespace into that of `netns_fd`, where it is called
 * `new_name` and is up, with its permanent addresses of global scope. The caller must be
 * single-threaded: it visits the other namespace. Returns 0, -ENODEV, -EEXIST (there is one of
 * that name), -E2BIG or -errno; `*ret_step` says in words what went wrong.
 */
int interface_move(const char *name, int netns_fd, const char *new_name, const char **ret_step);

#endif
