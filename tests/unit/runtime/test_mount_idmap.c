/* Which mapping a mount gets: its own, the option's, or the container's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <string.h>

#include "runtime/mount_idmap.h"

struct fixture {
	struct arena arena;
	struct spec_namespace namespace;
	struct spec_id_mapping container[2];
	struct spec spec;
	struct spec_mount mount;
	struct spec result;
	struct err e;
};

/* A container with a user namespace: 0-9 are 1000-1009, 20-29 are 5000-5009. */
static void init(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	f->namespace = (struct spec_namespace){ .type = CLONE_NEWUSER, .fd = -1 };
	f->container[0] = (struct spec_id_mapping){ 0, 1000, 10 };
	f->container[1] = (struct spec_id_mapping){ 20, 5000, 10 };
	f->spec.namespaces = &f->namespace;
	f->spec.namespace_count = 1;
	f->spec.uid_mappings = (struct spec_id_mappings){ f->container, 2 };
	f->spec.gid_mappings = (struct spec_id_mappings){ f->container, 1 };
}

static int resolve(struct fixture *f, const char *id_map)
{
	const struct mount_options options = { .idmap = MOUNT_IDMAP_ONE, .id_map = id_map };

	return mount_idmap_resolve(&f->spec, &f->mount, &options, &f->arena, &f->result, &f->e);
}

static void assert_range(const struct spec_id_mappings *mappings, size_t i, uint32_t on_disk,
			 uint32_t host, uint32_t size)
{
	assert_true(i < mappings->count);
	assert_int_equal(mappings->items[i].container_id, on_disk);
	assert_int_equal(mappings->items[i].host_id, host);
	assert_int_equal(mappings->items[i].size, size);
}

static void without_one_of_its_own_the_containers_counts(void **state)
{
	struct fixture f;

	(void)state;
	init(&f);
	assert_int_equal(resolve(&f, NULL), 0);
	assert_range(&f.result.uid_mappings, 1, 20, 5000, 10);
	assert_int_equal(f.result.gid_mappings.count, 1);
	f.spec.namespace_count = 0;
	assert_int_equal(resolve(&f, NULL), -EINVAL);
	assert_non_null(strstr(f.e.text, "idmap"));
	arena_done(&f.arena);
}

static void a_mapping_of_the_mount_comes_first_and_is_whole(void **state)
{
	struct spec_id_mapping own = { 0, 77, 1 };
	struct fixture f;

	(void)state;
	init(&f);
	f.mount.uid_mappings = (struct spec_id_mappings){ &own, 1 };
	assert_int_equal(resolve(&f, NULL), -EINVAL);
	f.mount.gid_mappings = (struct spec_id_mappings){ &own, 1 };
	assert_int_equal(resolve(&f, NULL), 0);
	assert_range(&f.result.uid_mappings, 0, 0, 77, 1);
	arena_done(&f.arena);
}

static void an_option_names_ranges_on_disk_and_on_the_host(void **state)
{
	struct fixture f;

	(void)state;
	init(&f);
	assert_int_equal(resolve(&f, "uids=0-1-10#10-4294967294-1;gids=0-100-10"), 0);
	assert_int_equal(f.result.uid_mappings.count, 2);
	assert_range(&f.result.uid_mappings, 0, 0, 1, 10);
	assert_range(&f.result.uid_mappings, 1, 10, 4294967294, 1);
	assert_range(&f.result.gid_mappings, 0, 0, 100, 10);
	assert_int_equal(resolve(&f, "uids=3-4-5"), 0);
	assert_range(&f.result.gid_mappings, 0, 0, 1000, 10);
	arena_done(&f.arena);
}

static void an_at_sign_means_an_id_inside_the_container(void **state)
{
	struct fixture f;

	(void)state;
	init(&f);
	assert_int_equal(resolve(&f, "uids=@33-22-1;gids=@33-2-1"), 0);
	assert_range(&f.result.uid_mappings, 0, 33, 5002, 1);
	assert_range(&f.result.gid_mappings, 0, 33, 1002, 1);
	assert_int_equal(resolve(&f, "uids=@33-15-1"), -EINVAL);
	arena_done(&f.arena);
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const wrong[] = { "",
					     "uids=",
					     "uids=0-1",
					     "uids=0-1-0",
					     "uids=0-1-2-3",
					     "uids=0-1-2#",
					     "uids=0-1-+2",
					     "uids=a-1-2",
					     "uids=0-4294967296-1",
					     "gid=0-1-2",
					     "uids=0-1-2;",
					     "uids= 0-1-2",
					     "uids=@0--1-1" };
	struct fixture f;

	(void)state;
	init(&f);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (resolve(&f, wrong[i]) != -EINVAL)
			fail_msg("accepted: \"%s\"", wrong[i]);
		assert_non_null(strstr(f.e.text, "idmap"));
	}
	arena_done(&f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_one_of_its_own_the_containers_counts),
		cmocka_unit_test(a_mapping_of_the_mount_comes_first_and_is_whole),
		cmocka_unit_test(an_option_names_ranges_on_disk_and_on_the_host),
		cmocka_unit_test(an_at_sign_means_an_id_inside_the_container),
		cmocka_unit_test(what_is_no_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
