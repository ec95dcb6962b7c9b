/*
 * A plan comes out as it was put in, and a block that is not one is refused, whatever is wrong
 * with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "proto/plan.h"

/* A plan with one of everything. */
static void fill(struct plan_builder *b)
{
	char *args[] = { "echo", "a\nb", "" };
	char *env[] = { "PATH=/bin" };
	const uint32_t groups[] = { 1, 2, 3 };
	const uint64_t filter[] = { 6 };
	struct plan_mount mount = { .source_fd = -1, .userns_fd = -1 };
	struct plan_device device = { .major = 1 };
	struct plan_pair pair;
	struct plan_hook hook = { 0 };

	plan_builder_init(b, PLAN_RUN);
	b->header.root_kind = PLAN_ROOT_MOUNT;
	b->header.root_fd = 20;
	b->header.args = plan_add_texts(b, args, 3);
	b->header.env = plan_add_texts(b, env, 1);
	b->header.groups = plan_add_array(b, groups, 3, sizeof(*groups));
	b->header.seccomp = plan_add_array(b, filter, 1, sizeof(*filter));
	mount.destination = plan_add_text(b, "/srv");
	mount.type = plan_add_text(b, "tmpfs");
	b->header.mounts = plan_add_array(b, &mount, 1, sizeof(mount));
	device.path = plan_add_text(b, "/dev/null");
	b->header.devices = plan_add_array(b, &device, 1, sizeof(device));
	pair.key = plan_add_text(b, "kernel/shmmax");
	pair.value = plan_add_text(b, "1");
	b->header.sysctls = plan_add_array(b, &pair, 1, sizeof(pair));
	hook.path = plan_add_text(b, "/bin/hook");
	hook.args = plan_add_texts(b, args, 2);
	b->header.hooks_create = plan_add_array(b, &hook, 1, sizeof(hook));
	b->header.hostname = plan_add_text(b, "vessel");
}

/* A copy that may be spoilt; freed by the caller. */
static struct plan_header *copy_of(struct plan_builder *b, size_t *ret_len)
{
	const void *block;
	struct plan_header *copy;

	assert_int_equal(plan_finish(b, &block, ret_len), 0);
	copy = malloc(*ret_len);
	assert_non_null(copy);
	memcpy(copy, block, *ret_len);
	return copy;
}

static void what_is_put_in_comes_out(void **state)
{
	struct plan_builder b;
	struct plan_header *plan;
	size_t len;

	(void)state;
	fill(&b);
	plan = copy_of(&b, &len);
	assert_int_equal(plan_check(plan, len, NULL), 0);
	assert_int_equal(plan->args.count, 3);
	assert_string_equal(plan_get_text(plan, plan_array(plan, plan->args, plan_text)[1]),
			    "a\nb");
	assert_string_equal(plan_get_text(plan, plan_array(plan, plan->args, plan_text)[2]),
			    "");
	assert_int_equal(plan_array(plan, plan->groups, uint32_t)[2], 3);
	assert_string_equal(
		plan_get_text(plan,
			      plan_array(plan, plan->mounts, struct plan_mount)->destination),
		"/srv");
	assert_null(plan_get_text(plan, plan->domainname));
	assert_null(plan_array(plan, plan->rlimits, struct plan_rlimit));
	assert_int_equal(plan->null_fd, -1);
	assert_int_equal(plan->personality, PLAN_LEAVE);
	free(plan);
	plan_builder_done(&b);
}

static void a_sealed_plan_cannot_be_changed(void **state)
{
	struct plan_builder b;
	struct stat st;
	struct err e;
	void *block;
	int fd;

	(void)state;
	fill(&b);
	fd = plan_seal(&b, &e);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	block = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(block, MAP_FAILED);
	assert_int_equal(plan_check(block, (size_t)st.st_size, &e), 0);
	assert_int_equal(munmap(block, (size_t)st.st_size), 0);
	(void)close(fd);
	plan_builder_done(&b);
}

static void assert_refused(const void *block, size_t len, const char *sentence)
{
	struct err e = { 0 };

	assert_int_equal(plan_check(block, len, &e), -EINVAL);
	assert_string_equal(e.text, sentence);
}

static void a_wrong_header_is_refused_by_its_member(void **state)
{
	struct plan_builder b;
	struct plan_header *plan;
	struct plan_header good;
	size_t len;

	(void)state;
	fill(&b);
	plan = copy_of(&b, &len);
	good = *plan;
	assert_refused(plan, sizeof(*plan) - 1, "plan: size is impossible");
	assert_refused(plan, len - 8, "plan: size is not the length of the block");
	plan->magic++;
	assert_refused(plan, len, "plan: magic is wrong");
	*plan = good;
	plan->version++;
	assert_refused(plan, len,
		       "plan: version is not the one of this program: install hoy and hoy-init "
		       "together");
	*plan = good;
	plan->kind = 2;
	assert_refused(plan, len, "plan: kind is unknown");
	*plan = good;
	plan->flags = UINT64_C(1) << 40;
	assert_refused(plan, len, "plan: flags has an unknown one");
	*plan = good;
	plan->args.count = 0;
	assert_refused(plan, len, "plan: args is empty");
	*plan = good;
	plan->uid = UINT32_MAX;
	assert_refused(plan, len, "plan: uid or gid is over 2147483647");
	*plan = good;
	plan->flags = PLAN_TERMINAL;
	assert_refused(plan, len, "plan: console_fd is absent");
	*plan = good;
	plan->root_fd = -1;
	assert_refused(plan, len, "plan: root_fd is absent");
	*plan = good;
	plan->root_kind = PLAN_ROOT_DIRECTORY;
	assert_refused(plan, len, "plan: root_path is absent");
	free(plan);
	plan_builder_done(&b);
}

static void an_offset_outside_is_refused(void **state)
{
	struct plan_builder b;
	struct plan_header *plan;
	struct plan_header good;
	size_t len;

	(void)state;
	fill(&b);
	plan = copy_of(&b, &len);
	good = *plan;
	plan->hostname = (plan_text)len;
	assert_refused(plan, len, "plan: hostname lies outside");
	*plan = good;
	plan->hostname = 8;
	assert_refused(plan, len, "plan: hostname lies outside");
	*plan = good;
	plan->mounts.count = UINT32_MAX;
	assert_refused(plan, len, "plan: mounts lies outside");
	*plan = good;
	plan->groups.offset = UINT32_MAX - 7;
	assert_refused(plan, len, "plan: groups lies outside");
	*plan = good;
	plan->groups.offset += 4;
	assert_refused(plan, len, "plan: groups is not aligned");
	*plan = good;
	((struct plan_mount *)(void *)((char *)plan + plan->mounts.offset))->destination = 0;
	assert_refused(plan, len, "plan: mounts.destination is absent");
	free(plan);
	plan_builder_done(&b);
}

static void a_text_without_an_end_is_refused(void **state)
{
	struct plan_builder b;
	struct plan_header *plan;
	size_t len;

	(void)state;
	fill(&b);
	b.header.domainname = plan_add_text(&b, "1234567");
	plan = copy_of(&b, &len);
	assert_int_equal(plan_check(plan, len, NULL), 0);
	memset((char *)plan + plan->domainname, 'x', len - plan->domainname);
	assert_refused(plan, len, "plan: domainname does not end");
	free(plan);
	plan_builder_done(&b);
}

/* Whatever single byte is spoilt: refused or harmless, never out of bounds (the sanitizers
 * would say so). */
static void no_single_byte_leads_outside(void **state)
{
	struct plan_builder b;
	struct plan_header *plan;
	size_t len;

	(void)state;
	fill(&b);
	plan = copy_of(&b, &len);
	for (size_t i = 0; i < len; i++) {
		unsigned char *byte = (unsigned char *)plan + i;
		unsigned char old = *byte;

		for (int bit = 0; bit < 8; bit++) {
			*byte = (unsigned char)(old ^ (1 << bit));
			(void)plan_check(plan, len, NULL);
		}
		*byte = old;
	}
	assert_int_equal(plan_check(plan, len, NULL), 0);
	free(plan);
	plan_builder_done(&b);
}

static void empty_lists_and_absent_texts_are_nothing(void **state)
{
	struct plan_builder b;

	(void)state;
	plan_builder_init(&b, PLAN_EXEC);
	assert_int_equal(plan_add_text(&b, NULL), 0);
	assert_int_equal(plan_add_texts(&b, NULL, 0).count, 0);
	assert_int_equal(plan_add_array(&b, NULL, 0, 8).offset, 0);
	plan_builder_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_in_comes_out),
		cmocka_unit_test(a_sealed_plan_cannot_be_changed),
		cmocka_unit_test(a_wrong_header_is_refused_by_its_member),
		cmocka_unit_test(an_offset_outside_is_refused),
		cmocka_unit_test(a_text_without_an_end_is_refused),
		cmocka_unit_test(no_single_byte_leads_outside),
		cmocka_unit_test(empty_lists_and_absent_texts_are_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
