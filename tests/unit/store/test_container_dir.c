/* Locks, publishing and names: who wins, who is told, what is debris. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "state_fixture.h"
#include "store/container_dir.h"
#include "store/names.h"

static void a_new_directory_is_locked(void **context)
{
	struct fixture *f = *context;
	struct container_dir dir;
	struct container_dir other;

	assert_int_equal(container_dir_make(&f->state, &dir, NULL), 0);
	assert_int_equal(container_dir_lock(&f->state, DIR_PENDING, dir.id, false, &other),
			 -EWOULDBLOCK);
	container_dir_close(&dir);
	assert_int_equal(container_dir_lock(&f->state, DIR_PENDING, dir.id, false, &other), 0);
	container_dir_close(&other);
}

static void publishing_moves_it_and_its_lock(void **context)
{
	struct fixture *f = *context;
	struct container_dir dir;
	struct container_dir other;

	assert_int_equal(container_dir_make(&f->state, &dir, NULL), 0);
	assert_int_equal(container_dir_publish(&f->state, &dir, false, NULL), 0);
	assert_int_equal(container_dir_lock(&f->state, DIR_PENDING, dir.id, false, &other),
			 -ENOENT);
	assert_int_equal(container_dir_lock(&f->state, DIR_CONTAINERS, dir.id, false, &other),
			 -EWOULDBLOCK);
	assert_int_equal(container_dir_unpublish(&f->state, &dir, NULL), 0);
	assert_int_equal(container_dir_delete(&f->state, &dir, NULL), 0);
	assert_false(container_dir_exists(&f->state, dir.id));
	container_dir_close(&dir);
}

/* Whoever waited for the lock of a container that was removed meanwhile gets no lock on what is
 * left of it. */
static void a_lock_that_is_won_after_the_removal_is_none(void **context)
{
	struct fixture *f = *context;
	struct container_dir dir;
	struct container_dir late;

	assert_int_equal(container_dir_make(&f->state, &dir, NULL), 0);
	assert_int_equal(container_dir_publish(&f->state, &dir, false, NULL), 0);
	container_dir_close(&dir);
	assert_int_equal(container_dir_lock(&f->state, DIR_CONTAINERS, dir.id, false, &dir), 0);
	assert_int_equal(container_dir_unpublish(&f->state, &dir, NULL), 0);
	container_dir_close(&dir);
	assert_int_equal(container_dir_lock(&f->state, DIR_CONTAINERS, dir.id, true, &late),
			 -ENOENT);
}

static void only_ids_are_listed(void **context)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct fixture *f = *context;
	struct container_dir dir;
	struct strv ids = { 0 };

	assert_int_equal(container_dir_make(&f->state, &dir, NULL), 0);
	assert_int_equal(mkdirat(f->state.root_fd, "pending/not-an-id", 0700), 0);
	assert_int_equal(container_dir_list(&f->state, DIR_PENDING, &arena, &ids, NULL), 0);
	assert_int_equal(ids.count, 1);
	assert_string_equal(ids.items[0], dir.id);
	container_dir_close(&dir);
}

static void a_name_has_one_owner(void **context)
{
	struct fixture *f = *context;
	struct container_dir first;
	struct container_dir second;
	char owner[ID_SIZE];
	struct err e = { 0 };

	assert_int_equal(container_dir_make(&f->state, &first, NULL), 0);
	assert_int_equal(container_dir_make(&f->state, &second, NULL), 0);
	assert_int_equal(name_reserve(&f->state, "web", first.id, NULL, &e), 0);
	assert_int_equal(name_reserve(&f->state, "web", second.id, owner, &e), -EEXIST);
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_string_equal(owner, first.id);
	assert_non_null(
		strstr(e.text,
		       "Conflict. The container name \"/web\" is already in use by container"));
	/* Not the owner: nothing happens. */
	assert_int_equal(name_release(&f->state, "web", second.id), 0);
	assert_int_equal(name_find(&f->state, "web", owner), 0);
	assert_int_equal(name_release(&f->state, "web", first.id), 0);
	assert_int_equal(name_reserve(&f->state, "web", second.id, NULL, &e), 0);
	container_dir_close(&first);
	container_dir_close(&second);
}

static void a_name_of_a_container_that_is_gone_is_free(void **context)
{
	struct fixture *f = *context;
	struct container_dir dir;
	struct container_dir next;
	char owner[ID_SIZE];

	assert_int_equal(container_dir_make(&f->state, &dir, NULL), 0);
	assert_int_equal(name_reserve(&f->state, "web", dir.id, NULL, NULL), 0);
	assert_int_equal(container_dir_delete(&f->state, &dir, NULL), 0);
	container_dir_close(&dir);
	assert_int_equal(container_dir_make(&f->state, &next, NULL), 0);
	assert_int_equal(name_reserve(&f->state, "web", next.id, NULL, NULL), 0);
	assert_int_equal(name_find(&f->state, "web", owner), 0);
	assert_string_equal(owner, next.id);
	container_dir_close(&next);
}

static void what_could_be_no_name_is_not_looked_for(void **context)
{
	static const char *const bad[] = { "../containers", "", "a", ".hidden", "a/b", "-x" };
	struct fixture *f = *context;
	char id[ID_SIZE];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(name_find(&f->state, bad[i], id), -ENOENT);
	assert_int_equal(symlinkat("../../etc/passwd", f->state.root_fd, "names/evil"), 0);
	assert_int_equal(name_find(&f->state, "evil", id), -ENOENT);
}

static void all_names_of_one_container_can_be_released(void **context)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct fixture *f = *context;
	struct container_dir dir;
	struct strv names = { 0 };

	assert_int_equal(container_dir_make(&f->state, &dir, NULL), 0);
	assert_int_equal(name_reserve(&f->state, "one", dir.id, NULL, NULL), 0);
	assert_int_equal(name_reserve(&f->state, "two", dir.id, NULL, NULL), 0);
	assert_int_equal(name_release_all(&f->state, dir.id), 0);
	assert_int_equal(name_list(&f->state, &arena, &names, NULL), 0);
	assert_int_equal(names.count, 0);
	container_dir_close(&dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_directory_is_locked),
		TEST(publishing_moves_it_and_its_lock),
		TEST(a_lock_that_is_won_after_the_removal_is_none),
		TEST(only_ids_are_listed),
		TEST(a_name_has_one_owner),
		TEST(a_name_of_a_container_that_is_gone_is_free),
		TEST(what_could_be_no_name_is_not_looked_for),
		TEST(all_names_of_one_container_can_be_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
