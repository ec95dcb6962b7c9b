/*
 * See seccomp_bpf.h.
 *
 * Runs in: cli (engine), runtime; tests.
 */
#include "runtime/seccomp_bpf.h"

#include <string.h>

enum {
	LOAD = BPF_LD | BPF_W | BPF_ABS,
	MASK = BPF_ALU | BPF_AND | BPF_K,
	RETURN = BPF_RET | BPF_K
};

static bool is_jump(const struct sock_filter *f)
{
	return f->code == (BPF_JMP | BPF_JEQ | BPF_K) ||
	       f->code == (BPF_JMP | BPF_JGE | BPF_K) ||
	       f->code == (BPF_JMP | BPF_JGT | BPF_K) ||
	       f->code == (BPF_JMP | BPF_JSET | BPF_K);
}

static size_t far_of(const struct sock_filter *f)
{
	if (f->code == (BPF_JMP | BPF_JA))
		return f->k;
	return is_jump(f) ? (f->jt > f->jf ? f->jt : f->jf) : 0;
}

bool bpf_is_simple(struct bpf_program program)
{
	for (size_t i = 0; i < program.count; i++) {
		const struct sock_filter *f = &program.items[i];
		bool is_load =
			f->code == LOAD && f->k % 4 == 0 && f->k < sizeof(struct seccomp_data);

		if (f->code == RETURN)
			continue;
		if (!is_load && f->code != MASK && f->code != (BPF_JMP | BPF_JA) && !is_jump(f))
			return false;
		if (i + 1 + far_of(f) >= program.count)
			return false;
	}
	return program.count > 0;
}

static bool compare(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return a == f->k;
	case BPF_JGE:
		return a >= f->k;
	case BPF_JGT:
		return a > f->k;
	default:
		return (a & f->k) != 0;
	}
}

/* Where to go on after an instruction that is neither a load, a mask nor a return. */
static size_t jump(const struct sock_filter *f, size_t i, uint32_t a)
{
	if (f->code == (BPF_JMP | BPF_JA))
		return i + 1 + f->k;
	return i + 1 + (compare(f, a) ? f->jt : f->jf);
}

uint32_t bpf_run(struct bpf_program program, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t i = 0;;) {
		const struct sock_filter *f = &program.items[i];

		if (f->code == RETURN)
			return f->k;
		if (f->code == LOAD)
			memcpy(&a, (const char *)data + f->k, sizeof(a));
		else if (f->code == MASK)
			a &= f->k;
		i = f->code == LOAD || f->code == MASK ? i + 1 : jump(f, i, a);
	}
}

bool bpf_run_partly(struct bpf_program program, uint32_t arch, uint32_t number, uint32_t *ret)
{
	uint32_t a = 0;

	for (size_t i = 0;;) {
		const struct sock_filter *f = &program.items[i];

		if (f->code == RETURN) {
			*ret = f->k;
			return true;
		}
		if (f->code == LOAD && f->k != offsetof(struct seccomp_data, nr) &&
		    f->k != offsetof(struct seccomp_data, arch)) {
			*ret = (uint32_t)i;
			return false;
		}
		if (f->code == LOAD)
			a = f->k == offsetof(struct seccomp_data, nr) ? number : arch;
		else if (f->code == MASK)
			a &= f->k;
		i = f->code == LOAD || f->code == MASK ? i + 1 : jump(f, i, a);
	}
}
