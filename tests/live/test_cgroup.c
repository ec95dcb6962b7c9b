/*
 * Control groups on this machine, below a parent of the test's own: made, limited, joined,
 * frozen, killed, removed. Root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/runtime/sample_spec.h"
#include "base/clock.h"
#include "base/fd.h"
#include "linux/namespace.h"
#include "runtime/cgroup_devices.h"
#include "runtime/cgroup_file.h"

enum { VALUE_SIZE = 256, MEASURED = 100 };
static const uint64_t second_ns = 1000ull * 1000 * 1000;

struct fixture {
	struct arena arena;
	struct spec spec;
	struct cgroup cgroup;
	char parent[64];
	struct err e;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char path[128];

	assert_non_null(f);
	sample_spec(&f->spec, &f->arena, "/", "true");
	assert_true(snprintf(f->parent, sizeof(f->parent), "/hoy-test-%d", (int)getpid()) > 0);
	assert_true(snprintf(path, sizeof(path), "%s/one", f->parent) > 0);
	assert_int_equal(cgroup_init(&f->cgroup, path, &f->e), 0);
	if (cgroup_create(&f->cgroup, &f->e) < 0)
		fail_msg("%s", f->e.text);
	*state = f;
	return 0;
}

static void assert_gone(struct fixture *f)
{
	char path[CGROUP_PATH_MAX];

	for (size_t i = 0; i < f->cgroup.count; i++) {
		assert_int_equal(cgroup_host_path(&f->cgroup.hierarchies[i], f->parent, path,
						  sizeof(path)),
				 0);
		assert_int_equal(access(path, F_OK), -1);
	}
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(cgroup_kill(&f->cgroup, second_ns, NULL), 0);
	while (waitpid(-1, NULL, 0) > 0)
		;
	if (cgroup_remove(&f->cgroup, &f->e) < 0)
		fail_msg("%s", f->e.text);
	cgroup_remove_parent(f->parent);
	assert_gone(f);
	arena_done(&f->arena);
	free(f);
	return 0;
}

static void apply(struct fixture *f, bool is_update)
{
	if (cgroup_apply(&f->cgroup, &f->spec.resources, is_update, &f->e) < 0)
		fail_msg("%s", f->e.text);
}

static void assert_value(struct fixture *f, enum cgroup_controller controller, const char *file,
			 const char *expected)
{
	char value[VALUE_SIZE];

	assert_true(cgroup_read(cgroup_find(&f->cgroup, controller)->fd, file, value,
				sizeof(value)) >= 0);
	assert_string_equal(value, expected);
}

/* A process of ours in the group: runs `work`, which does not return. */
static pid_t spawn(struct fixture *f, void (*work)(void))
{
	int fds[CGROUP_HIERARCHIES_MAX];
	int ready[2];
	char byte;
	int count = cgroup_open_join_files(&f->cgroup, fds, &f->e);
	pid_t pid;

	assert_true(count >= 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = clone3_child(0, cgroup_into_fd(&f->cgroup), NULL);
	assert_true(pid >= 0);
	if (pid == 0) {
		for (int i = 0; i < count; i++) {
			if (write(fds[i], "0", 1) != 1)
				_exit(99);
		}
		(void)!write(ready[1], "r", 1);
		work();
		_exit(0);
	}
	for (int i = 0; i < count; i++)
		(void)close(fds[i]);
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	return pid;
}

static void wait_for_signals(void)
{
	for (;;)
		(void)pause();
}

static void limits_are_written_as_given(void **state)
{
	struct fixture *f = *state;

	if (f->cgroup.mode == CGROUP_V2)
		skip();
	sample_limits(&f->spec);
	f->spec.resources.cpu_shares = (struct spec_number){ true, 512 };
	f->spec.resources.memory_reservation = (struct spec_number){ true, 32 << 20 };
	apply(f, false);
	assert_value(f, CGROUP_MEMORY, "memory.limit_in_bytes", "67108864");
	assert_value(f, CGROUP_MEMORY, "memory.memsw.limit_in_bytes", "134217728");
	assert_value(f, CGROUP_MEMORY, "memory.soft_limit_in_bytes", "33554432");
	assert_value(f, CGROUP_CPU, "cpu.cfs_quota_us", "150000");
	assert_value(f, CGROUP_CPU, "cpu.shares", "512");
	assert_value(f, CGROUP_PIDS, "pids.max", "100");
	assert_value(f, CGROUP_CPUSET, "cpuset.cpus", "0");
}

static void an_update_moves_memory_and_swap_both_ways(void **state)
{
	struct fixture *f = *state;
	struct spec_resources *r = &f->spec.resources;
	static const int64_t sizes[] = { 64, 512, 16 };

	if (f->cgroup.mode == CGROUP_V2)
		skip();
	for (size_t i = 0; i < 3; i++) {
		char expected[32];

		r->memory_limit = (struct spec_number){ true, sizes[i] << 20 };
		r->memory_swap = (struct spec_number){ true, 2 * sizes[i] << 20 };
		apply(f, i > 0);
		(void)snprintf(expected, sizeof(expected), "%" PRId64, 2 * sizes[i] << 20);
		assert_value(f, CGROUP_MEMORY, "memory.memsw.limit_in_bytes", expected);
	}
	r->memory_limit.value = -1;
	r->memory_swap.is_set = false;
	apply(f, true);
	r->pids_limit = (struct spec_number){ true, -1 };
	apply(f, true);
	assert_value(f, CGROUP_PIDS, "pids.max", "max");
}

static void a_refused_value_is_named_with_its_file(void **state)
{
	struct fixture *f = *state;
	struct spec_resources *r = &f->spec.resources;

	if (f->cgroup.mode == CGROUP_V2)
		skip();
	r->cpu_quota = (struct spec_number){ true, 5 };
	assert_int_equal(cgroup_apply(&f->cgroup, r, false, &f->e), -EINVAL);
	assert_non_null(strstr(f->e.text, "cpu.cfs_quota_us"));
	assert_non_null(strstr(f->e.text, "\"5\""));
	assert_non_null(strstr(f->e.text, "hint: "));
	r->cpu_quota.is_set = false;
	r->cpus = arena_copy(&f->arena, "4000");
	assert_true(cgroup_apply(&f->cgroup, r, false, &f->e) < 0);
	assert_non_null(strstr(f->e.text, "cpuset.cpus"));
	r->cpus = NULL;
	strv_add(&r->unified, &f->arena, "memory.high=1");
	assert_int_equal(cgroup_apply(&f->cgroup, r, false, &f->e), -EOPNOTSUPP);
	assert_non_null(strstr(f->e.text, "memory.high"));
}

static void open_fuse_and_null(void)
{
	AUTO_CLOSE int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char node[64];

	(void)snprintf(node, sizeof(node), "/tmp/hoy-test-node-%d", (int)getpid());
	if (mknod(node, S_IFCHR | 0600, makedev(10, 229)) < 0)
		_exit(3);
	int fuse = open(node, O_RDWR | O_CLOEXEC);
	int error = errno;

	(void)unlink(node);
	_exit(null >= 0 && fuse < 0 && error == EPERM ? 42 : 4);
}

static void devices_are_denied_and_allowed(void **state)
{
	struct fixture *f = *state;
	int status;

	sample_limits(&f->spec);
	apply(f, false);
	assert_int_equal(waitpid(spawn(f, open_fuse_and_null), &status, 0) > 0, 1);
	assert_int_equal(WEXITSTATUS(status), 42);
}

/* The v2 program, tried on the cgroup2 mount of a hybrid machine. */
static void devices_are_denied_by_a_program_too(void **state)
{
	struct fixture *f = *state;
	struct cgroup_hierarchy *unified = cgroup_find(&f->cgroup, CGROUP_UNIFIED);
	struct cgroup_devices devices;
	int status;

	if (!unified)
		skip();
	assert_int_equal(cgroup_hierarchy_create(&f->cgroup, unified, &f->e), 0);
	sample_limits(&f->spec);
	assert_int_equal(cgroup_devices_reduce(&devices, f->spec.resources.devices,
					       f->spec.resources.device_count, NULL),
			 0);
	/* Twice: the second replaces the first. */
	for (int i = 0; i < 2; i++) {
		if (cgroup_devices_apply_v2(&devices, unified->fd, &f->e) < 0)
			fail_msg("%s", f->e.text);
	}
	assert_int_equal(waitpid(spawn(f, open_fuse_and_null), &status, 0) > 0, 1);
	assert_int_equal(WEXITSTATUS(status), 42);
}

static void frozen_processes_are_killed(void **state)
{
	struct fixture *f = *state;
	AUTO_FREE pid_t *pids = NULL;
	size_t count = 0;
	pid_t pid = spawn(f, wait_for_signals);
	int status;

	assert_int_equal(cgroup_is_frozen(&f->cgroup), 0);
	assert_int_equal(cgroup_freeze(&f->cgroup, true, &f->e), 0);
	assert_int_equal(cgroup_is_frozen(&f->cgroup), 1);
	assert_int_equal(cgroup_pids(&f->cgroup, &pids, &count, &f->e), 0);
	assert_int_equal(count, 1);
	assert_int_equal(pids[0], pid);
	/* It stays listed as our zombie, so the group is not empty until we wait for it. */
	(void)cgroup_kill(&f->cgroup, second_ns / 10, NULL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(cgroup_kill(&f->cgroup, second_ns, &f->e), 0);
}

static void fork_for_ever(void)
{
	(void)signal(SIGCHLD, SIG_IGN);
	for (;;)
		(void)fork();
}

static void a_fork_bomb_is_killed(void **state)
{
	struct fixture *f = *state;
	AUTO_FREE pid_t *pids = NULL;
	size_t count = 1;

	f->spec.resources.pids_limit = (struct spec_number){ true, 40 };
	apply(f, false);
	(void)spawn(f, fork_for_ever);
	assert_int_equal(signal(SIGCHLD, SIG_IGN) == SIG_ERR, 0);
	if (cgroup_kill(&f->cgroup, 10 * second_ns, &f->e) < 0)
		fail_msg("%s", f->e.text);
	(void)signal(SIGCHLD, SIG_DFL);
	assert_int_equal(cgroup_pids(&f->cgroup, &pids, &count, &f->e), 0);
	assert_int_equal(count, 0);
}

static void a_group_in_use_is_not_removed(void **state)
{
	struct fixture *f = *state;
	pid_t pid = spawn(f, wait_for_signals);

	assert_int_equal(cgroup_remove(&f->cgroup, &f->e), -EBUSY);
	assert_non_null(strstr(f->e.text, "hoy-test"));
	assert_int_equal(cgroup_open(&f->cgroup, &f->e), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void groups_below_are_removed_first(void **state)
{
	struct fixture *f = *state;
	struct cgroup_hierarchy *h = cgroup_find(
		&f->cgroup, f->cgroup.mode == CGROUP_V2 ? CGROUP_UNIFIED : CGROUP_MEMORY);

	assert_int_equal(mkdirat(h->fd, "a", 0755), 0);
	assert_int_equal(mkdirat(h->fd, "a/b", 0755), 0);
	assert_int_equal(cgroup_remove(&f->cgroup, &f->e), 0);
}

static void an_existing_group_is_taken_over_and_removing_twice_is_fine(void **state)
{
	struct fixture *f = *state;
	struct cgroup again;

	assert_int_equal(cgroup_init(&again, f->cgroup.path, &f->e), 0);
	assert_int_equal(cgroup_create(&again, &f->e), 0);
	assert_int_equal(cgroup_remove(&again, &f->e), 0);
	assert_int_equal(cgroup_remove(&again, &f->e), 0);
}

/* Many start at once in an instance whose parent nobody has made yet: each child must be able
 * to join its cpuset. */
static void first_starts_do_not_race(void **state)
{
	struct fixture *f = *state;
	enum { STARTERS = 8 };
	pid_t pids[STARTERS];
	int status;

	assert_int_equal(cgroup_remove(&f->cgroup, &f->e), 0);
	cgroup_remove_parent(f->parent);
	for (int i = 0; i < STARTERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct fixture own = { 0 };
			char path[128];

			(void)snprintf(path, sizeof(path), "%s/starter-%d", f->parent, i);
			if (cgroup_init(&own.cgroup, path, &own.e) < 0 ||
			    cgroup_create(&own.cgroup, &own.e) < 0)
				_exit(1);
			if (waitpid(spawn(&own, open_fuse_and_null), &status, 0) < 0 ||
			    WEXITSTATUS(status) == 99)
				_exit(2);
			_exit(cgroup_remove(&own.cgroup, &own.e) < 0 ? 3 : 0);
		}
	}
	for (int i = 0; i < STARTERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
}

static void paths_that_leave_are_refused(void **state)
{
	static const char *const bad[] = { "relative", "/a/../b", "/a/..", "/a/" };
	struct cgroup c;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(cgroup_init(&c, bad[i], NULL), -EINVAL);
}

static void what_it_costs(void **state)
{
	struct fixture *f = *state;
	uint64_t spent[5] = { 0 };

	sample_limits(&f->spec);
	for (int i = 0; i < MEASURED; i++) {
		int fds[CGROUP_HIERARCHIES_MAX];
		uint64_t t[6];
		struct cgroup c;
		char path[128];

		(void)snprintf(path, sizeof(path), "%s/measured-%d", f->parent, i);
		t[0] = clock_monotonic_ns();
		assert_int_equal(cgroup_init(&c, path, &f->e), 0);
		t[1] = clock_monotonic_ns();
		assert_int_equal(cgroup_create(&c, &f->e), 0);
		t[2] = clock_monotonic_ns();
		assert_int_equal(cgroup_apply(&c, &f->spec.resources, false, &f->e), 0);
		t[3] = clock_monotonic_ns();
		int count = cgroup_open_join_files(&c, fds, &f->e);

		t[4] = clock_monotonic_ns();
		while (count > 0)
			(void)close(fds[--count]);
		assert_int_equal(cgroup_remove(&c, &f->e), 0);
		t[5] = clock_monotonic_ns();
		for (int k = 0; k < 5; k++)
			spent[k] += t[k + 1] - t[k];
	}
	print_message("cgroup: find %.1f us, create %.1f us, limits %.1f us, open to join %.1f "
		      "us, remove %.1f us\n",
		      (double)spent[0] / MEASURED / 1000, (double)spent[1] / MEASURED / 1000,
		      (double)spent[2] / MEASURED / 1000, (double)spent[3] / MEASURED / 1000,
		      (double)spent[4] / MEASURED / 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(limits_are_written_as_given),
		TEST(an_update_moves_memory_and_swap_both_ways),
		TEST(a_refused_value_is_named_with_its_file),
		TEST(devices_are_denied_and_allowed),
		TEST(devices_are_denied_by_a_program_too),
		TEST(frozen_processes_are_killed),
		TEST(a_fork_bomb_is_killed),
		TEST(a_group_in_use_is_not_removed),
		TEST(groups_below_are_removed_first),
		TEST(an_existing_group_is_taken_over_and_removing_twice_is_fine),
		TEST(first_starts_do_not_race),
		cmocka_unit_test(paths_that_leave_are_refused),
		TEST(what_it_costs),
	};
#undef TEST
	return cmocka_run_group_tests(tests, NULL, NULL);
}
