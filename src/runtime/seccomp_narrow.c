/*
 * See seccomp_narrow.h.
 *
 * A filter sees six 64-bit words, but what ioctl(2) and socket(2) take is an int: the kernel
 * drops the upper half after the filter has looked. So a program that adds 1 << 32 to AF_ALG is
 * past "38 is refused, everything above 40 is allowed", and past "TIOCSTI is refused"
 * (CVE-2019-10063). libseccomp compares all 64 bits; only its masked comparison can look at
 * less, so that a range becomes the aligned blocks it is made of.
 *
 * Runs in: cli (engine), runtime.
 * See: seccomp(2), seccomp_rule_add(3).
 */
#include "runtime/seccomp_narrow.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const struct narrow_arg {
	const char *name;
	unsigned int arg;
	/* What lies above is refused by the kernel anyway, so a filter need not spell it out;
	 * 0: nothing does. */
	uint32_t max;
} narrow_args[] = {
	{ "ioctl", 1, 0 },	{ "socket", 0, 63 },	{ "socket", 1, 0 },
	{ "socket", 2, 0 },	{ "fcntl", 1, 0 },	{ "socketpair", 0, 63 },
	{ "socketpair", 1, 0 }, { "socketpair", 2, 0 }, { "prctl", 0, 0 },
	{ "setsockopt", 1, 0 }, { "setsockopt", 2, 0 }, { "getsockopt", 1, 0 },
	{ "getsockopt", 2, 0 }, { "keyctl", 0, 0 },	{ "personality", 0, 0 },
	{ "bpf", 0, 0 },	{ "kcmp", 2, 0 },	{ "futex", 1, 0 },
	{ "unshare", 0, 0 },	{ "setns", 1, 0 },
};

static const struct narrow_arg *narrow_find(const char *name, unsigned int arg)
{
	for (size_t i = 0; i < sizeof(narrow_args) / sizeof(narrow_args[0]); i++)
		if (narrow_args[i].arg == arg && strcmp(narrow_args[i].name, name) == 0)
			return &narrow_args[i];
	return NULL;
}

/* The aligned blocks of [low, high], appended. Returns the new count. */
static size_t add_blocks(unsigned int arg, uint64_t low, uint64_t high,
			 struct scmp_arg_cmp ret[SECCOMP_NARROW_MAX], size_t count)
{
	while (low <= high && count < SECCOMP_NARROW_MAX) {
		uint64_t size = low ? low & (~low + 1) : UINT64_C(1) << 32;

		while (size > high - low + 1)
			size /= 2;
		ret[count++] = (struct scmp_arg_cmp){
			.arg = arg,
			.op = SCMP_CMP_MASKED_EQ,
			.datum_a = UINT32_MAX & ~(size - 1),
			.datum_b = low,
		};
		low += size;
	}
	return count;
}

size_t seccomp_narrow(const char *name, const struct scmp_arg_cmp *condition,
		      struct scmp_arg_cmp ret[SECCOMP_NARROW_MAX])
{
	const struct narrow_arg *narrow = narrow_find(name, condition->arg);
	uint64_t max = narrow && narrow->max ? narrow->max : UINT32_MAX;
	uint64_t value = condition->datum_a;
	size_t count;

	ret[0] = *condition;
	/* Below 0 and above the end there are no blocks; equality is one block anywhere. */
	if (!narrow || value > UINT32_MAX ||
	    (condition->op != SCMP_CMP_EQ && (value == 0 || value >= max)))
		return 1;
	switch (condition->op) {
	case SCMP_CMP_EQ:
		return add_blocks(condition->arg, value, value, ret, 0);
	case SCMP_CMP_LT:
		return add_blocks(condition->arg, 0, value - 1, ret, 0);
	case SCMP_CMP_LE:
		return add_blocks(condition->arg, 0, value, ret, 0);
	case SCMP_CMP_GE:
		return add_blocks(condition->arg, value, max, ret, 0);
	case SCMP_CMP_GT:
		return add_blocks(condition->arg, value + 1, max, ret, 0);
	case SCMP_CMP_NE:
		count = add_blocks(condition->arg, 0, value - 1, ret, 0);
		return add_blocks(condition->arg, value + 1, max, ret, count);
	default:
		return 1;
	}
}
