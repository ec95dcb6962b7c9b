/*
 * See seccomp_known.h.
 *
 * Runs in: cli (engine), runtime; only when a filter is compiled for the cache.
 */
#include "runtime/seccomp_known.h"

#include <linux/audit.h>
#include <seccomp.h>

#include "runtime/seccomp_names.h"

static bool last_find(const struct spec_seccomp *seccomp, uint32_t token, uint32_t *ret)
{
	bool has_one = false;

	*ret = 0;
	for (size_t i = 0; i < seccomp->rule_count; i++) {
		const struct strv *names = &seccomp->rules[i].names;

		for (size_t k = 0; k < names->count; k++) {
			int n = seccomp_syscall_resolve_name_arch(token, names->items[k]);

			/* Negative: unknown, or what the library calls a pseudo system call. */
			if (n < 0)
				continue;
			has_one = true;
			*ret = (uint32_t)n > *ret ? (uint32_t)n : *ret;
		}
	}
	return has_one;
}

static void arch_add(const struct spec_seccomp *seccomp, uint32_t token,
		     struct seccomp_known *ret)
{
	struct seccomp_last last = { .arch = token };

	if (token == SCMP_ARCH_X32)
		last.arch = AUDIT_ARCH_X86_64;
	if (ret->count < SECCOMP_ARCHES_MAX && last_find(seccomp, token, &last.number))
		ret->items[ret->count++] = last;
}

void seccomp_known_find(const struct spec_seccomp *seccomp, struct seccomp_known *ret)
{
	uint32_t native = seccomp_arch_native();

	ret->count = 0;
	arch_add(seccomp, native, ret);
	for (size_t i = 0; i < seccomp->architectures.count; i++) {
		uint32_t token = seccomp_architecture_find(seccomp->architectures.items[i]);

		if (token != 0 && token != native)
			arch_add(seccomp, token, ret);
	}
}
