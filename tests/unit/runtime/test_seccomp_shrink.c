/* A shrunk filter decides every system call as the long one did, but for those that nobody
 * knows yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/memfd.h"
#include "runtime/seccomp_bpf.h"
#include "runtime/seccomp_default.h"
#include "runtime/seccomp_shrink.h"
#include "sample_spec.h"

enum { X32 = 0x40000000, NUMBERS = 600, FUTURE = 5000, TREE = 2 };

static const struct seccomp_host host = { "amd64", SCMP_ARCH_X86_64, 6, 1 };
static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64 };

static const struct seccomp_known nothing_known;
static const struct seccomp_known known = { .items = { { AUDIT_ARCH_X86_64, 435 },
						       { AUDIT_ARCH_I386, 435 },
						       { AUDIT_ARCH_X86_64, X32 + 435 } },
					    .count = 3 };

static void shrunk_and_compiled(uint64_t capabilities, struct seccomp_filter *ret)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp s;
	struct err e = { 0 };

	assert_int_equal(seccomp_default(capabilities, &host, &arena, &s, &e), 0);
	assert_int_equal(seccomp_compile(&s, ret, &e), 0);
}

static uint32_t action_of(const struct seccomp_filter *f, uint32_t arch, int number,
			  uint64_t arg0)
{
	const struct seccomp_data data = { .nr = number, .arch = arch, .args = { arg0 } };
	const struct bpf_program program = { f->items, f->count };

	return bpf_run(program, &data);
}

/* What libseccomp itself says about a profile of some plain, some conditional and some refusing
 * rules. */
static void library_filter(uint32_t default_action, struct seccomp_filter *ret)
{
	AUTO_CLOSE int fd = memfd_make("test");
	scmp_filter_ctx c = seccomp_init(default_action);
	off_t size;

	assert_non_null(c);
	(void)seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, TREE);
	assert_int_equal(seccomp_arch_add(c, SCMP_ARCH_X86), 0);
	assert_int_equal(seccomp_arch_add(c, SCMP_ARCH_X32), 0);
	for (int i = 0; i < 330; i += 1 + i % 3)
		(void)seccomp_rule_add(c, SCMP_ACT_ALLOW, i, 0);
	(void)seccomp_rule_add(c, SCMP_ACT_ERRNO(38), SCMP_SYS(clone3), 0);
	(void)seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
			       SCMP_A0(SCMP_CMP_MASKED_EQ, 0x7e020000, 0));
	(void)seccomp_rule_add(c, SCMP_ACT_KILL_PROCESS, SCMP_SYS(kexec_load), 0);
	(void)seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1,
			       SCMP_A0(SCMP_CMP_EQ, 0xffffffff));
	(void)seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1,
			       SCMP_A0(SCMP_CMP_EQ, 8));
	(void)seccomp_rule_add(c, SCMP_ACT_TRAP, SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_GT, 40),
			       SCMP_A1(SCMP_CMP_NE, 1ull << 40));
	assert_int_equal(seccomp_export_bpf(c, fd), 0);
	seccomp_release(c);
	size = lseek(fd, 0, SEEK_END);
	ret->memory = malloc((size_t)size);
	assert_int_equal(pread(fd, ret->memory, (size_t)size, 0), size);
	ret->items = ret->memory;
	ret->count = (size_t)size / sizeof(struct sock_filter);
	ret->flags = 0;
}

static void assert_alike(const struct seccomp_filter *a, const struct seccomp_filter *b,
			 uint32_t default_action)
{
	static const uint64_t args[] = { 0,    8,	   39,	       41,	  0x7e020000,
					 0x11, 0xffffffff, 1ull << 40, UINT64_MAX };

	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++) {
		for (int n = 0; n < 2 * NUMBERS * 9; n++) {
			int number = n / 9 < NUMBERS ? n / 9 : X32 + n / 9 - NUMBERS;
			uint32_t before = action_of(a, arches[i], number, args[n % 9]);
			uint32_t after = action_of(b, arches[i], number, args[n % 9]);

			if (before != after &&
			    (before != default_action || after != SCMP_ACT_ERRNO(ENOSYS)))
				fail_msg("arch %x number %d: %x became %x", arches[i], number,
					 before, after);
		}
	}
}

static void every_call_is_decided_as_before(void **state)
{
	static const uint32_t defaults[] = { SCMP_ACT_ERRNO(1), SCMP_ACT_ALLOW,
					     SCMP_ACT_KILL_PROCESS };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct seccomp_filter before;
		struct seccomp_filter after;

		library_filter(defaults[i], &before);
		library_filter(defaults[i], &after);
		assert_int_equal(seccomp_shrink(&after, defaults[i], &known), 0);
		assert_true(i == 0 ? after.count < before.count : after.count <= before.count);
		assert_alike(&before, &after, defaults[i]);
		seccomp_filter_done(&before);
		seccomp_filter_done(&after);
	}
}

static void dockers_profile_needs_fewer_than_400_instructions(void **state)
{
	struct seccomp_filter f;

	(void)state;
	shrunk_and_compiled(0xa80425fb, &f);
	assert_true(f.count < 400);
	seccomp_filter_done(&f);
}

static void dockers_profile_decides_as_documented(void **state)
{
	struct seccomp_filter f;
	uint32_t x = AUDIT_ARCH_X86_64;

	(void)state;
	shrunk_and_compiled(0xa80425fb, &f);
	assert_int_equal(action_of(&f, x, SYS_read, 0), SCMP_ACT_ALLOW);
	assert_int_equal(action_of(&f, x, SYS_mount, 0), SCMP_ACT_ERRNO(EPERM));
	assert_int_equal(action_of(&f, x, SYS_clone, 0x11), SCMP_ACT_ALLOW);
	assert_int_equal(action_of(&f, x, SYS_clone, 0x10000000), SCMP_ACT_ERRNO(EPERM));
	assert_int_equal(action_of(&f, x, SYS_clone3, 0), SCMP_ACT_ERRNO(ENOSYS));
	assert_int_equal(action_of(&f, x, SYS_socket, 2), SCMP_ACT_ALLOW);
	assert_int_equal(action_of(&f, x, SYS_socket, 38), SCMP_ACT_ERRNO(EPERM));
	assert_int_equal(action_of(&f, x, SYS_socket, 40), SCMP_ACT_ERRNO(EPERM));
	assert_int_equal(action_of(&f, x, SYS_personality, 0xffffffff), SCMP_ACT_ALLOW);
	assert_int_equal(action_of(&f, x, SYS_personality, 7), SCMP_ACT_ERRNO(EPERM));
	assert_int_equal(action_of(&f, x, SYS_chroot, 0), SCMP_ACT_ALLOW);
	assert_int_equal(action_of(&f, x, SYS_reboot, 0), SCMP_ACT_ERRNO(EPERM));
	assert_int_equal(action_of(&f, AUDIT_ARCH_I386, 3, 0), SCMP_ACT_ALLOW);
	assert_int_equal(action_of(&f, x, X32 | SYS_read, 0), SCMP_ACT_ALLOW);
	assert_int_equal(action_of(&f, AUDIT_ARCH_AARCH64, SYS_read, 0), SCMP_ACT_KILL_THREAD);
	seccomp_filter_done(&f);
}

static void a_call_from_the_future_does_not_exist(void **state)
{
	struct seccomp_filter f;

	(void)state;
	shrunk_and_compiled(0, &f);
	assert_int_equal(action_of(&f, AUDIT_ARCH_X86_64, FUTURE, 0), SCMP_ACT_ERRNO(ENOSYS));
	assert_int_equal(action_of(&f, AUDIT_ARCH_I386, FUTURE, 0), SCMP_ACT_ERRNO(ENOSYS));
	assert_int_equal(action_of(&f, AUDIT_ARCH_X86_64, X32 + FUTURE, 0),
			 SCMP_ACT_ERRNO(ENOSYS));
	seccomp_filter_done(&f);
}

/* One rule of each kind; the highest name stands in a rule that says what the default says. */
static void small_profile(const char *default_action, struct seccomp_filter *ret)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp_rule rules[2] = { { .action = "SCMP_ACT_ALLOW" },
					      { .action = (char *)(uintptr_t)default_action } };
	struct spec_seccomp s = { .default_action = (char *)(uintptr_t)default_action,
				  .rules = rules,
				  .rule_count = 2 };
	struct err e = { 0 };

	sample_words(&s.architectures, &arena, "SCMP_ARCH_X86_64 SCMP_ARCH_X86");
	sample_words(&rules[0].names, &arena, "read write getcpu no_such_call");
	sample_words(&rules[1].names, &arena, "openat2");
	assert_int_equal(seccomp_compile(&s, ret, &e), 0);
}

static void only_what_the_profile_cannot_know_gives_enosys(void **state)
{
	static const struct {
		const char *name;
		uint32_t action;
		bool refuses;
	} defaults[] = {
		{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(EPERM), true },
		{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, true },
		{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, true },
		{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP, true },
		{ "SCMP_ACT_LOG", SCMP_ACT_LOG, false },
		{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(EPERM), false },
	};
	const uint32_t x = AUDIT_ARCH_X86_64;

	(void)state;
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		struct seccomp_filter f;
		uint32_t action = defaults[i].action;
		uint32_t future = defaults[i].refuses ? SCMP_ACT_ERRNO(ENOSYS) : action;

		small_profile(defaults[i].name, &f);
		assert_int_equal(action_of(&f, x, SYS_read, 0), SCMP_ACT_ALLOW);
		assert_int_equal(action_of(&f, x, SYS_mount, 0), action);
		assert_int_equal(action_of(&f, x, SYS_openat2, 0), action);
		assert_int_equal(action_of(&f, x, SYS_openat2 - 1, 0), action);
		assert_int_equal(action_of(&f, x, SYS_openat2 + 1, 0), future);
		assert_int_equal(action_of(&f, x, FUTURE, 0), future);
		assert_int_equal(action_of(&f, AUDIT_ARCH_I386, 3, 0), SCMP_ACT_ALLOW);
		assert_int_equal(action_of(&f, AUDIT_ARCH_I386, 437, 0), action);
		assert_int_equal(action_of(&f, AUDIT_ARCH_I386, FUTURE, 0), future);
		/* Not asked for: neither x32 nor another machine. */
		assert_int_equal(action_of(&f, x, X32 + 1, 0), SCMP_ACT_KILL_THREAD);
		assert_int_equal(action_of(&f, AUDIT_ARCH_AARCH64, 3, 0), SCMP_ACT_KILL_THREAD);
		seccomp_filter_done(&f);
	}
}

static void what_waits_for_an_agent_can_be_handed_out(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp_rule rule = { .action = "SCMP_ACT_NOTIFY" };
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
				  .rules = &rule,
				  .rule_count = 1 };
	struct seccomp_filter f;
	struct err e = { 0 };

	(void)state;
	sample_words(&s.flags, &arena, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");
	sample_words(&rule.names, &arena, "mkdir");
	assert_int_equal(seccomp_compile(&s, &f, &e), 0);
	assert_int_equal(f.flags, SECCOMP_FILTER_FLAG_NEW_LISTENER |
					  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	seccomp_filter_done(&f);
	rule.action = "SCMP_ACT_LOG"; /* nobody listens: the kernel would refuse the flag */
	assert_int_equal(seccomp_compile(&s, &f, &e), 0);
	assert_int_equal(f.flags, 0);
	seccomp_filter_done(&f);
	rule.action = "SCMP_ACT_NOTIFY";
	sample_words(&rule.names, &arena, "write");
	assert_true(seccomp_compile(&s, &f, &e) < 0);
	assert_non_null(strstr(e.text, "cannot be used for the system call write"));
	s.default_action = "SCMP_ACT_NOTIFY";
	assert_true(seccomp_compile(&s, &f, &e) < 0);
	assert_non_null(strstr(e.text, "cannot be the default action"));
}

static void what_is_not_understood_is_left_as_it_is(void **state)
{
	static const struct sock_filter odd[] = { { BPF_LDX | BPF_W | BPF_IMM, 0, 0, 1 },
						  { BPF_RET | BPF_K, 0, 0,
						    SECCOMP_RET_ALLOW } };
	struct seccomp_filter f = { .items = odd, .count = 2 };

	(void)state;
	assert_int_equal(seccomp_shrink(&f, SCMP_ACT_ALLOW, &nothing_known), 0);
	assert_ptr_equal(f.items, odd);
	assert_int_equal(f.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_is_decided_as_before),
		cmocka_unit_test(dockers_profile_needs_fewer_than_400_instructions),
		cmocka_unit_test(dockers_profile_decides_as_documented),
		cmocka_unit_test(a_call_from_the_future_does_not_exist),
		cmocka_unit_test(only_what_the_profile_cannot_know_gives_enosys),
		cmocka_unit_test(what_waits_for_an_agent_can_be_handed_out),
		cmocka_unit_test(what_is_not_understood_is_left_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
