/*
 * The directory of a container: made once, found, locked, and what is no container any more.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/process_stat.h"
#include "oci/container.h"
#include "oci/container_state.h"

struct fixture {
	char root[64];
	struct oci oci;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){ 0 };
	(void)snprintf(f.root, sizeof(f.root), "/tmp/hoy-test.XXXXXX");
	assert_non_null(mkdtemp(f.root));
	f.oci.root = f.root;
	f.oci.cgroup_manager = OCI_CGROUP_DISABLED;
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	arena_done(&f->oci.arena);
	return dir_remove(AT_FDCWD, f->root);
}

/* A state whose init is this test. */
static struct oci_state own_state(struct fixture *f)
{
	struct process_stat stat;
	struct oci_state state = {
		.pid = getpid(),
		.bundle = "/b",
		.root = "/b/rootfs",
		.created_ns = 1795514400500000000ull,
		.owner = "root",
		.cgroup_path = "",
		.is_pid_shared = true,
		.has_poststop = true,
	};

	assert_int_equal(process_stat_read(getpid(), &stat), 0);
	state.start_ticks = stat.start_ticks;
	strv_add(&state.annotations, &f->oci.arena, "org.example=a=b");
	return state;
}

static void an_id_is_given_once(void **state)
{
	struct fixture *f = *state;
	struct oci_container first;
	struct oci_container second;
	struct err e = { 0 };

	assert_int_equal(container_make(&f->oci, "c", &first, &e), 0);
	/* being created, by whoever holds the lock */
	assert_int_equal(container_make(&f->oci, "c", &second, &e), -EEXIST);
	assert_string_equal(e.text, "container with given ID already exists");
	const struct oci_state s = own_state(f);

	assert_int_equal(container_write_state(&first, &s, &e), 0);
	container_close(&first);
	assert_int_equal(container_make(&f->oci, "c", &second, &e), -EEXIST);
}

static void what_a_create_that_was_killed_left_is_taken_over(void **state)
{
	struct fixture *f = *state;
	struct oci_container container;
	struct err e = { 0 };

	assert_int_equal(container_make(&f->oci, "c", &container, &e), 0);
	assert_int_equal(container_write_config(&container, "{ cut", 5, &e), 0);
	container_close(&container);
	assert_int_equal(container_open(&f->oci, "c", CONTAINER_READ, &container, &e), -ENOENT);
	assert_string_equal(e.text, "container does not exist");
	assert_int_equal(container_make(&f->oci, "c", &container, &e), 0);
	assert_int_equal(faccessat(container.dir_fd, CONFIG_NAME, F_OK, 0), -1);
	container_close(&container);
	assert_int_equal(container_remove_debris(&f->oci, "c", &e), 0);
	assert_int_equal(container_remove_debris(&f->oci, "c", &e), 0);
}

static void one_that_is_being_created_can_be_read_and_not_locked(void **state)
{
	struct fixture *f = *state;
	struct oci_container creator;
	struct oci_container reader;
	struct err e = { 0 };

	assert_int_equal(container_make(&f->oci, "c", &creator, &e), 0);
	assert_int_equal(container_open(&f->oci, "c", CONTAINER_READ, &reader, &e), 0);
	assert_int_equal(container_status(&reader), OCI_CREATING);
	assert_int_equal(container_open_init(&reader), -ESRCH);
	container_close(&reader);
	assert_int_equal(container_open(&f->oci, "c", CONTAINER_LOCK, &reader, &e), -EBUSY);
	assert_int_equal(container_remove_debris(&f->oci, "c", &e), -EBUSY);
	container_close(&creator);
}

static void a_state_comes_back_as_it_was_written(void **state)
{
	struct fixture *f = *state;
	struct oci_container container;
	struct err e = { 0 };
	struct oci_state s = own_state(f);

	assert_int_equal(container_make(&f->oci, "c", &container, &e), 0);
	s.scope = "libpod-c.scope";
	assert_int_equal(container_write_state(&container, &s, &e), 0);
	container_close(&container);
	assert_int_equal(container_open(&f->oci, "c", CONTAINER_LOCK, &container, &e), 0);
	assert_int_equal(container.state.pid, s.pid);
	assert_int_equal(container.state.start_ticks, s.start_ticks);
	assert_int_equal(container.state.created_ns, s.created_ns);
	assert_string_equal(container.state.bundle, "/b");
	assert_string_equal(container.state.scope, "libpod-c.scope");
	assert_true(container.state.is_pid_shared);
	assert_true(container.state.has_poststop);
	assert_false(container.state.has_poststart);
	assert_string_equal(container.state.annotations.items[0], "org.example=a=b");
	assert_int_equal(container_status(&container), OCI_RUNNING);
	container_close(&container);
}

static void a_pid_with_another_start_time_is_somebody_else(void **state)
{
	struct fixture *f = *state;
	struct oci_container container;
	struct err e = { 0 };
	struct oci_state s = own_state(f);

	assert_int_equal(container_make(&f->oci, "c", &container, &e), 0);
	s.start_ticks++;
	assert_int_equal(container_write_state(&container, &s, &e), 0);
	assert_int_equal(container_status(&container), OCI_STOPPED);
	assert_int_equal(container_open_init(&container), -ESRCH);
	container_close(&container);
}

static void a_container_that_was_removed_cannot_be_locked_any_more(void **state)
{
	struct fixture *f = *state;
	struct oci_container container;
	struct oci_container other;
	struct err e = { 0 };
	const struct oci_state s = own_state(f);

	assert_int_equal(container_make(&f->oci, "c", &container, &e), 0);
	assert_int_equal(container_write_state(&container, &s, &e), 0);
	container_unlock(&container);
	assert_int_equal(container_open(&f->oci, "c", CONTAINER_LOCK, &other, &e), 0);
	assert_int_equal(container_remove(&f->oci, &other, &e), 0);
	container_close(&other);
	assert_int_equal(container_lock(&container), -ENOENT);
	container_close(&container);
}

static void the_state_json_has_runcs_keys_in_runcs_order(void **state)
{
	struct fixture *f = *state;
	AUTO_STR struct str text = { 0 };
	const struct oci_state s = own_state(f);

	container_state_json("c", &s, "created", 7, NULL, &text);
	assert_string_equal(
		str_text(&text),
		"{\"ociVersion\":\"1.3.0\",\"id\":\"c\",\"pid\":7,\"status\":"
		"\"created\",\"bundle\":\"/b\",\"rootfs\":\"/b/rootfs\",\"created\":"
		"\"2026-11-24T10:00:00.500000000Z\",\"annotations\":{\"org.example\":"
		"\"a=b\"},\"owner\":\"\"}");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_id_is_given_once),
		TEST(what_a_create_that_was_killed_left_is_taken_over),
		TEST(one_that_is_being_created_can_be_read_and_not_locked),
		TEST(a_state_comes_back_as_it_was_written),
		TEST(a_pid_with_another_start_time_is_somebody_else),
		TEST(a_container_that_was_removed_cannot_be_locked_any_more),
		TEST(the_state_json_has_runcs_keys_in_runcs_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
