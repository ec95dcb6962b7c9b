/* What a spec's cgroupsPath means, to the file system and to systemd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "runtime/cgroup_path.h"

static void assert_plain(const char *cgroups_path, const char *expected)
{
	char path[PATH_MAX];
	struct err e = { 0 };

	if (cgroup_path_plain(cgroups_path, "ID", "/hoy-runtime", path, sizeof(path), &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(path, expected);
}

static void an_absolute_path_is_taken_as_it_is(void **state)
{
	(void)state;
	assert_plain("/a/b/ID", "/a/b/ID");
	assert_plain("//a/./b//ID/", "/a/b/ID");
	assert_plain("/docker/a:b:c", "/docker/a:b:c");
}

static void what_is_not_absolute_has_a_default_place(void **state)
{
	(void)state;
	assert_plain(NULL, "/hoy-runtime/ID");
	assert_plain("", "/hoy-runtime/ID");
	assert_plain("group/one", "/hoy-runtime/group/one");
}

static void dots_never_lead_above(void **state)
{
	(void)state;
	assert_plain("/a/../../../b", "/b");
	assert_plain("../../b", "/hoy-runtime/b");
	assert_plain("a/..b/...", "/hoy-runtime/a/..b/...");
}

static void assert_plain_refused(const char *cgroups_path, const char *sentence)
{
	char path[PATH_MAX];
	struct err e = { 0 };

	assert_true(cgroup_path_plain(cgroups_path, "ID", "/hoy-runtime", path, sizeof(path),
				      &e) < 0);
	assert_non_null(strstr(e.text, sentence));
}

static void the_root_and_a_name_for_systemd_are_refused(void **state)
{
	static char long_path[PATH_MAX + 8];

	(void)state;
	assert_plain_refused("/", "is the root of all groups");
	assert_plain_refused("/a/..", "is the root of all groups");
	assert_plain_refused("..", "is the root of all groups");
	assert_plain_refused("machine.slice:libpod:ID", "--systemd-cgroup");
	memset(long_path, 'a', sizeof(long_path) - 1);
	assert_plain_refused(long_path, "longer than");
}

static void assert_slice(const char *slice, const char *expected)
{
	char path[PATH_MAX];
	struct err e = { 0 };

	if (cgroup_path_of_slice(slice, path, sizeof(path), &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(path, expected);
}

static void dashes_nest_slices(void **state)
{
	(void)state;
	assert_slice("machine.slice", "/machine.slice");
	assert_slice("a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice");
	assert_slice("-.slice", "");
	assert_slice("kubepods-pod1_2.slice", "/kubepods.slice/kubepods-pod1_2.slice");
}

static void names_that_are_no_slice_are_refused(void **state)
{
	static const char *const names[] = { "",	  "a",	      ".slice",
					     "-a.slice",  "a-.slice", "a--b.slice",
					     "a/b.slice", "--.slice", "a.scope" };
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(cgroup_path_of_slice(names[i], path, sizeof(path), NULL),
				 -EINVAL);
}

static void assert_scope(const char *cgroups_path, bool is_user, const char *slice,
			 const char *unit, const char *path)
{
	struct cgroup_scope scope;
	struct err e = { 0 };

	if (cgroup_path_scope(cgroups_path, "ID", is_user, &scope, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(scope.slice, slice);
	assert_string_equal(scope.unit, unit);
	assert_string_equal(scope.path, path);
}

static void three_parts_are_a_scope_in_a_slice(void **state)
{
	(void)state;
	assert_scope("machine.slice:libpod:x", false, "machine.slice", "libpod-x.scope",
		     "/machine.slice/libpod-x.scope");
	assert_scope("a-b.slice:cri-containerd:x", false, "a-b.slice", "cri-containerd-x.scope",
		     "/a.slice/a-b.slice/cri-containerd-x.scope");
	assert_scope("-.slice::x", false, "-.slice", "x.scope", "/x.scope");
	assert_scope(":runc:x", false, "system.slice", "runc-x.scope",
		     "/system.slice/runc-x.scope");
	assert_scope(":runc:x", true, "user.slice", "runc-x.scope", "/user.slice/runc-x.scope");
	assert_scope(NULL, false, "system.slice", "hoy-ID.scope", "/system.slice/hoy-ID.scope");
}

static void assert_scope_refused(const char *cgroups_path, const char *sentence)
{
	struct cgroup_scope scope;
	struct err e = { 0 };

	assert_true(cgroup_path_scope(cgroups_path, "ID", false, &scope, &e) < 0);
	assert_non_null(strstr(e.text, sentence));
}

static void what_systemd_would_not_take_is_refused(void **state)
{
	(void)state;
	assert_scope_refused("/a/b", "is not slice:prefix:name");
	assert_scope_refused("a.slice:b", "is not slice:prefix:name");
	assert_scope_refused("a.slice:b:c:d", "is not slice:prefix:name");
	assert_scope_refused("a:b:c", "is not the name of a slice");
	assert_scope_refused("../a.slice:b:c", "is not the name of a slice");
	assert_scope_refused("a.slice:b:c/d", "is not the name of a unit");
	assert_scope_refused("a.slice:b:", "is not the name of a unit");
	assert_scope_refused("a.slice:b:c d", "is not the name of a unit");
	assert_scope_refused("a.slice:b:c.slice", "a container is a scope");
	assert_scope_refused("a.slice:b:"
			     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			     "xxxxxxxxxxxxxxx"
			     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			     "xxxxxxxxxxxxxxx"
			     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			     "xxxxxxxxxxxxxxx"
			     "xxxxxxxxxxxxxxxxxx",
			     "longer than");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absolute_path_is_taken_as_it_is),
		cmocka_unit_test(what_is_not_absolute_has_a_default_place),
		cmocka_unit_test(dots_never_lead_above),
		cmocka_unit_test(the_root_and_a_name_for_systemd_are_refused),
		cmocka_unit_test(dashes_nest_slices),
		cmocka_unit_test(names_that_are_no_slice_are_refused),
		cmocka_unit_test(three_parts_are_a_scope_in_a_slice),
		cmocka_unit_test(what_systemd_would_not_take_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
