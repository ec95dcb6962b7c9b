/*
 * A device filter of cgroup v2: an eBPF program, loaded and attached to a group.
 *
 * Runs in: cli (engine), runtime.
 * See: bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE.
 */
#ifndef HOY_LINUX_BPF_DEVICE_H
#define HOY_LINUX_BPF_DEVICE_H

#include <stddef.h>

struct bpf_insn;

/*
 * Load a BPF_PROG_TYPE_CGROUP_DEVICE program and attach it to the group whose directory is
 * `cgroup_fd`, where it stays after the caller is gone. What was attached by an earlier call is
 * replaced. Returns 0 or -errno.
 */
int bpf_device_attach(int cgroup_fd, const struct bpf_insn *program, size_t count);

#endif
