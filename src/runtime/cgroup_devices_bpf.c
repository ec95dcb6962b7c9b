/*
 * The device rules of a container as an eBPF program for cgroup v2: each exception is one block
 * that either decides or falls through to the next; behind the last one stands the default.
 *
 * Runs in: cli (engine), runtime.
 * See: linux/bpf.h struct bpf_cgroup_dev_ctx.
 */
#include <linux/bpf.h>
#include <stddef.h>

#include "linux/bpf_device.h"
#include "runtime/cgroup_devices.h"

enum {
	BLOCK_MAX = 10, /* instructions of one exception */
	PROGRAM_MAX = 8 + CGROUP_DEVICES_MAX * BLOCK_MAX,
	ACCESS_BITS = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE
};

/* What the program keeps where. */
enum {
	R_RESULT = BPF_REG_0,
	R_CONTEXT = BPF_REG_1,
	R_TYPE,
	R_ACCESS,
	R_MAJOR,
	R_MINOR,
	R_SCRATCH
};

struct program {
	struct bpf_insn code[PROGRAM_MAX];
	size_t count;
};

static void add(struct program *p, int code, int to, int from, int offset, int32_t value)
{
	p->code[p->count++] = (struct bpf_insn){
		.code = (__u8)code,
		.dst_reg = (__u8)(to & 15),
		.src_reg = (__u8)(from & 15),
		.off = (__s16)offset,
		.imm = value,
	};
}

static void add_load(struct program *p, int to, size_t offset)
{
	add(p, BPF_LDX | BPF_MEM | BPF_W, to, R_CONTEXT, (int)offset, 0);
}

static void add_return(struct program *p, bool is_allowed)
{
	add(p, BPF_ALU64 | BPF_MOV | BPF_K, R_RESULT, 0, 0, is_allowed);
	add(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static int access_bits(const struct spec_device_rule *rule)
{
	return (rule->may_mknod ? BPF_DEVCG_ACC_MKNOD : 0) |
	       (rule->may_read ? BPF_DEVCG_ACC_READ : 0) |
	       (rule->may_write ? BPF_DEVCG_ACC_WRITE : 0);
}

/* Jumps to the end of the block are filled in when the block is complete. */
static void add_exception(struct program *p, const struct spec_device_rule *rule)
{
	size_t start = p->count;
	int bits = access_bits(rule);
	int type = rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;

	add(p, BPF_JMP | BPF_JNE | BPF_K, R_TYPE, 0, 0, type);
	if (rule->major >= 0)
		add(p, BPF_JMP | BPF_JNE | BPF_K, R_MAJOR, 0, 0, (int32_t)rule->major);
	if (rule->minor >= 0)
		add(p, BPF_JMP | BPF_JNE | BPF_K, R_MINOR, 0, 0, (int32_t)rule->minor);
	add(p, BPF_ALU64 | BPF_MOV | BPF_X, R_SCRATCH, R_ACCESS, 0, 0);
	/* Allowed only when nothing else is asked for; denied when any of it is. */
	add(p, BPF_ALU64 | BPF_AND | BPF_K, R_SCRATCH, 0, 0,
	    rule->is_allowed ? ACCESS_BITS & ~bits : bits);
	add(p, BPF_JMP | (rule->is_allowed ? BPF_JNE : BPF_JEQ) | BPF_K, R_SCRATCH, 0, 0, 0);
	add_return(p, rule->is_allowed);
	for (size_t i = start; i < p->count; i++) {
		int operation = BPF_OP(p->code[i].code);

		if (BPF_CLASS(p->code[i].code) == BPF_JMP && operation != BPF_EXIT)
			p->code[i].off = (__s16)(p->count - i - 1);
	}
}

static void program_build(struct program *p, const struct cgroup_devices *devices)
{
	p->count = 0;
	add_load(p, R_TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	add(p, BPF_ALU64 | BPF_MOV | BPF_X, R_ACCESS, R_TYPE, 0, 0);
	add(p, BPF_ALU64 | BPF_AND | BPF_K, R_TYPE, 0, 0, 0xffff);
	add(p, BPF_ALU64 | BPF_RSH | BPF_K, R_ACCESS, 0, 0, 16);
	add_load(p, R_MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	add_load(p, R_MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
	for (size_t i = 0; i < devices->count; i++)
		add_exception(p, &devices->exceptions[i]);
	add_return(p, devices->is_allow_default);
}

int cgroup_devices_apply_v2(const struct cgroup_devices *devices, int dir_fd, struct err *e)
{
	struct program program;
	int r;

	program_build(&program, devices);
	r = bpf_device_attach(dir_fd, program.code, program.count);
	return r < 0 ? err_sys(e, r, "attach the device filter to the cgroup") : 0;
}
