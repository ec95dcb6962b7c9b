/* Where everything is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "state_fixture.h"

static void the_data_root_is_for_its_owner_only(void **context)
{
	struct fixture *f = *context;
	struct stat st;

	assert_int_equal(fstat(f->state.root_fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(fstat(f->state.runroot_fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0711);
	assert_int_equal(faccessat(f->state.root_fd, "pending", F_OK, 0), 0);
}

static void the_instance_belongs_to_the_canonical_path(void **context)
{
	struct fixture *f = *context;
	struct state other;
	struct err e = { 0 };
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/../root/.", f->root);
	assert_int_equal(state_open(&other, path, f->runroot, &e), 0);
	assert_string_equal(other.root, f->state.root);
	assert_string_equal(other.instance, f->state.instance);
	state_close(&other);
	(void)snprintf(path, sizeof(path), "%s/other", f->directory);
	assert_int_equal(state_open(&other, path, f->runroot, &e), 0);
	assert_string_not_equal(other.instance, f->state.instance);
	state_close(&other);
}

static void a_root_of_another_version_is_refused(void **context)
{
	struct fixture *f = *context;
	struct state other;
	struct err e = { 0 };

	assert_int_equal(file_replace(f->state.root_fd, "version", "2\n", 2, 0600, FILE_FAST),
			 0);
	assert_int_equal(state_open(&other, f->root, f->runroot, &e), -EINVAL);
	assert_non_null(strstr(e.text, "says \"2\""));
}

static void a_root_whose_making_was_interrupted_is_made_whole(void **context)
{
	struct fixture *f = *context;
	struct state again;
	struct err e = { 0 };

	assert_int_equal(unlinkat(f->state.root_fd, "version", 0), 0);
	assert_int_equal(unlinkat(f->state.root_fd, "volumes", AT_REMOVEDIR), 0);
	assert_int_equal(state_open(&again, f->root, f->runroot, &e), 0);
	assert_int_equal(faccessat(again.root_fd, "volumes", F_OK, 0), 0);
	state_close(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_data_root_is_for_its_owner_only,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(the_instance_belongs_to_the_canonical_path,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_root_of_another_version_is_refused,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			a_root_whose_making_was_interrupted_is_made_whole, fixture_setup,
			fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
