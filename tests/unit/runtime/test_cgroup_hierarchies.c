/* /proc/self/cgroup says which hierarchies there are, and in which of them we leave the
 * caller's unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "runtime/cgroup_file.h"
#include "runtime/cgroup_hierarchies.h"

static void parse(struct cgroup *cgroup, const char *text)
{
	char copy[1024];

	assert_int_equal(str_copy(copy, sizeof(copy), text), 0);
	assert_int_equal(cgroup_hierarchies_parse(cgroup, copy), 0);
}

static void separate_hierarchies_beside_cgroup2_are_hybrid(void **state)
{
	struct cgroup cgroup = { 0 };

	(void)state;
	parse(&cgroup, "9:name=systemd:/\n4:memory:/a/b\n3:cpuset:/\n0::/\n");
	assert_int_equal(cgroup.mode, CGROUP_HYBRID);
	assert_int_equal(cgroup.count, 4);
	assert_string_equal(cgroup.hierarchies[0].name, "systemd");
	assert_string_equal(cgroup.hierarchies[0].options, "none,name=systemd");
	assert_false(cgroup.hierarchies[0].is_wanted);
	assert_true(cgroup.hierarchies[1].is_wanted);
	assert_string_equal(cgroup.hierarchies[1].options, "memory");
	assert_string_equal(cgroup.hierarchies[3].name, "unified");
	assert_false(cgroup.hierarchies[3].is_wanted);
}

static void a_caller_in_a_unit_is_left_behind(void **state)
{
	struct cgroup cgroup = { 0 };

	(void)state;
	parse(&cgroup, "9:name=systemd:/system.slice/x.service\n4:memory:/\n0::/system.slice/"
		       "x.service\n");
	assert_true(cgroup.hierarchies[0].is_wanted);
	assert_true(cgroup.hierarchies[2].is_wanted);
}

static void controllers_that_share_a_hierarchy_are_found_in_it(void **state)
{
	struct cgroup cgroup = { 0 };

	(void)state;
	parse(&cgroup, "5:cpu,cpuacct:/\n6:net_cls,net_prio:/\n");
	assert_int_equal(cgroup.mode, CGROUP_V1);
	assert_ptr_equal(cgroup_find(&cgroup, CGROUP_CPUACCT), &cgroup.hierarchies[0]);
	assert_ptr_equal(cgroup_find(&cgroup, CGROUP_NET_CLS), &cgroup.hierarchies[1]);
	assert_false(cgroup.hierarchies[1].is_wanted);
	assert_null(cgroup_find(&cgroup, CGROUP_MEMORY));
}

static void cgroup2_alone_is_mounted_on_the_directory_itself(void **state)
{
	struct cgroup cgroup = { 0 };
	char path[CGROUP_PATH_MAX];

	(void)state;
	parse(&cgroup, "0::/user.slice\n");
	assert_int_equal(cgroup.mode, CGROUP_V2);
	assert_true(cgroup.hierarchies[0].is_wanted);
	assert_int_equal(cgroup_host_path(&cgroup.hierarchies[0], "/hoy/x", path, sizeof(path)),
			 0);
	assert_string_equal(path, "/sys/fs/cgroup/hoy/x");
}

static void nonsense_is_refused(void **state)
{
	struct cgroup cgroup = { 0 };
	char text[] = "no colons\n";
	char many[400] = "";

	(void)state;
	assert_int_equal(cgroup_hierarchies_parse(&cgroup, text), -EINVAL);
	for (int i = 0; i < CGROUP_HIERARCHIES_MAX + 1; i++)
		memcpy(many + strlen(many), "1:cpu:/\n", sizeof("1:cpu:/\n"));
	assert_int_equal(cgroup_hierarchies_parse(&cgroup, many), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(separate_hierarchies_beside_cgroup2_are_hybrid),
		cmocka_unit_test(a_caller_in_a_unit_is_left_behind),
		cmocka_unit_test(controllers_that_share_a_hierarchy_are_found_in_it),
		cmocka_unit_test(cgroup2_alone_is_mounted_on_the_directory_itself),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
