/*
 * See seccomp_allow.h.
 *
 * Runs in: dns, fetch.
 */
#include "linux/seccomp_allow.h"

#include <assert.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "linux/seccomp_load.h"

#if defined(__x86_64__)
enum { ARCH_NATIVE = (int)AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { ARCH_NATIVE = (int)AUDIT_ARCH_AARCH64 };
#else
#error "add the audit number of this machine"
#endif

enum { RULE_SIZE = 6, PROGRAM_MAX = 8 + RULE_SIZE * (SECCOMP_RULES_MAX + 20) };

static const struct seccomp_rule of_the_library[] = {
	{ .number = SYS_mmap },
	{ .number = SYS_munmap },
	{ .number = SYS_mremap },
	{ .number = SYS_mprotect },
	{ .number = SYS_madvise },
	{ .number = SYS_brk },
	{ .number = SYS_clock_gettime },
	{ .number = SYS_close },
	{ .number = SYS_fcntl },
	{ .number = SYS_rt_sigreturn },
	{ .number = SYS_restart_syscall },
	{ .number = SYS_exit },
	{ .number = SYS_exit_group },
	/* abort(3), of an assertion */
	{ .number = SYS_rt_sigprocmask },
	{ .number = SYS_rt_sigaction },
};

struct program {
	size_t count;
	struct sock_filter items[PROGRAM_MAX];
};

static void add(struct program *program, struct sock_filter item)
{
	program->items[program->count++] = item;
}

static void add_load(struct program *program, size_t offset)
{
	add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void add_return(struct program *program, uint32_t value)
{
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value));
}

static void add_jump(struct program *program, uint32_t value, uint8_t if_equal, uint8_t if_not)
{
	add(program,
	    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, if_equal, if_not));
}

static uint32_t otherwise(const struct seccomp_rule *rule)
{
	return rule->error ? SECCOMP_RET_ERRNO | rule->error : SECCOMP_RET_KILL_PROCESS;
}

/* Behind the number's comparison; the argument is not looked at above 32 bits, as the kernel does
 * for all that is restricted here. */
static void add_argument(struct program *program, const struct seccomp_rule *rule)
{
	add_load(program, offsetof(struct seccomp_data, args[rule->argument]));
	if (rule->bits) {
		add(program,
		    (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, rule->bits));
		add_jump(program, rule->bits, 0, 1);
	} else {
		add_jump(program, rule->values[0], 1, 0);
		add_jump(program, rule->values[1], 0, 1);
	}
	add_return(program, SECCOMP_RET_ALLOW);
	add_return(program, otherwise(rule));
}

/* The number is loaded. */
static void add_rule(struct program *program, const struct seccomp_rule *rule)
{
	if (rule->has_values || rule->bits) {
		add_jump(program, (uint32_t)rule->number, 0, 5);
		add_argument(program, rule);
	} else {
		add_jump(program, (uint32_t)rule->number, 0, 1);
		add_return(program, rule->error ? otherwise(rule) : SECCOMP_RET_ALLOW);
	}
}

int seccomp_allow_only(const struct seccomp_rule *rules, size_t count)
{
	struct program program = { 0 };

	assert(count <= SECCOMP_RULES_MAX);
	add_load(&program, offsetof(struct seccomp_data, arch));
	add_jump(&program, (uint32_t)ARCH_NATIVE, 1, 0);
	add_return(&program, SECCOMP_RET_KILL_PROCESS);
	/* The numbers of x32 have a bit of their own, so no rule meets them. */
	add_load(&program, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < count; i++)
		add_rule(&program, &rules[i]);
	for (size_t i = 0; i < sizeof(of_the_library) / sizeof(of_the_library[0]); i++)
		add_rule(&program, &of_the_library[i]);
	add_return(&program, SECCOMP_RET_KILL_PROCESS);
	return seccomp_load_filter(program.items, program.count, 0);
}
