/*
 * Classic BPF as the kernel runs it for seccomp: executed on one system call, or only as far as
 * number and architecture decide.
 *
 * Runs in: cli (engine), runtime; tests.
 * See: Documentation/userspace-api/seccomp_filter.rst; linux/filter.h.
 */
#ifndef HOY_RUNTIME_SECCOMP_BPF_H
#define HOY_RUNTIME_SECCOMP_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_program {
	const struct sock_filter *items;
	size_t count;
};

/* Only the instructions that libseccomp makes, without registers besides A, and every path ends
 * in a return. */
bool bpf_is_simple(struct bpf_program program);

/* The action for one system call. The program must be simple. */
uint32_t bpf_run(struct bpf_program program, const struct seccomp_data *data);

/*
 * As far as it goes without the arguments. True: `ret` is the action. False: `ret` is the index
 * of the instruction that loads an argument; what follows depends on nothing before it.
 */
bool bpf_run_partly(struct bpf_program program, uint32_t arch, uint32_t number, uint32_t *ret);

#endif
