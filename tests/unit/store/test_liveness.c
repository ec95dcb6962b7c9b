/* What a container is doing follows from what exists: locks, state and exit files, never a
 * stored word. */
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
#include "store/liveness.h"
#include "store/run_dir.h"

struct living {
	struct fixture *f;
	struct container_dir dir;
	struct run_dir run;
	struct record record;
};

static void begin(struct living *l, void **context, uint64_t run)
{
	l->f = *context;
	l->record = (struct record){ .run = run };
	l->run = (struct run_dir){ -EBADF, -EBADF, -EBADF };
	assert_int_equal(container_dir_make(&l->f->state, &l->dir, NULL), 0);
	assert_int_equal(container_dir_publish(&l->f->state, &l->dir, false, NULL), 0);
	memcpy(l->record.id, l->dir.id, ID_SIZE);
}

static void run(struct living *l)
{
	struct run_state state = {
		.pid = getpid(), .monitor_pid = 7, .run = l->record.run, .started_ns = 99
	};

	assert_int_equal(run_dir_make(&l->f->state, l->dir.id, &l->run, NULL), 0);
	assert_int_equal(run_state_write(l->run.fd, &state, NULL), 0);
}

static void end(struct living *l)
{
	run_dir_close(&l->run);
	container_dir_close(&l->dir);
}

static struct liveness look(struct living *l)
{
	struct liveness liveness = { 0 };

	assert_int_equal(liveness_read(&l->f->state, &l->record, &liveness, NULL), 0);
	return liveness;
}

static void write_exit(struct living *l, const char *text)
{
	assert_int_equal(file_replace(l->dir.fd, "exit", text, strlen(text), 0600, FILE_FAST),
			 0);
}

static void never_started_is_created(void **context)
{
	struct living l;

	begin(&l, context, 0);
	assert_int_equal(look(&l).status, STATUS_CREATED);
	end(&l);
}

static void a_held_lock_is_running(void **context)
{
	struct liveness liveness;
	struct living l;
	int pidfd;

	begin(&l, context, 1);
	run(&l);
	liveness = look(&l);
	assert_int_equal(liveness.status, STATUS_RUNNING);
	assert_int_equal(liveness.pid, getpid());
	assert_int_equal(liveness.started_ns, 99);
	pidfd = liveness_open_init(&liveness);
	assert_true(pidfd >= 0);
	(void)close(pidfd);
	/* The same pid at another start time is another process. */
	liveness.start_ticks++;
	assert_int_equal(liveness_open_init(&liveness), -ESRCH);
	end(&l);
}

static void a_lock_let_go_with_an_exit_file_is_exited(void **context)
{
	struct liveness liveness;
	struct living l;

	begin(&l, context, 3);
	run(&l);
	write_exit(&l, "1 3 137 1 5 6\n");
	run_dir_close(&l.run);
	liveness = look(&l);
	assert_int_equal(liveness.status, STATUS_EXITED);
	assert_int_equal(liveness.exit_code, 137);
	assert_true(liveness.is_oom_killed);
	assert_int_equal(liveness.finished_ns, 6);
	assert_false(liveness.is_monitor_lost);
	end(&l);
}

static void an_exit_file_of_an_earlier_run_is_not_believed(void **context)
{
	struct liveness liveness;
	struct living l;

	begin(&l, context, 3);
	write_exit(&l, "1 2 0 0 5 6\n");
	liveness = look(&l);
	assert_int_equal(liveness.status, STATUS_EXITED);
	assert_int_equal(liveness.exit_code, 255);
	assert_true(liveness.is_monitor_lost);
	end(&l);
}

static void a_state_file_of_an_earlier_run_is_not_believed(void **context)
{
	struct living l;

	begin(&l, context, 3);
	run(&l);
	l.record.run = 4;
	assert_int_equal(look(&l).status, STATUS_EXITED);
	end(&l);
}

static void a_broken_exit_file_is_a_lost_monitor(void **context)
{
	struct living l;

	begin(&l, context, 1);
	write_exit(&l, "1 1 0 0");
	assert_true(look(&l).is_monitor_lost);
	end(&l);
}

static void a_start_that_failed_says_its_own_code(void **context)
{
	char text[] = "exec: no such file";
	struct living l;

	begin(&l, context, 2);
	l.record.start_error = text;
	l.record.start_exit_code = 127;
	write_exit(&l, "1 2 255 0 5 6\n");
	assert_int_equal(look(&l).exit_code, 127);
	assert_int_equal(look(&l).status, STATUS_EXITED);
	assert_false(look(&l).is_monitor_lost);
	l.record.run = 0;
	assert_int_equal(look(&l).status, STATUS_CREATED);
	assert_int_equal(look(&l).exit_code, 127);
	end(&l);
}

static void waiting_ends_when_the_lock_is_let_go(void **context)
{
	struct living l;

	begin(&l, context, 1);
	assert_int_equal(liveness_wait(&l.f->state, l.dir.id, 0), 0);
	run(&l);
	assert_int_equal(liveness_wait(&l.f->state, l.dir.id, 2000000), -ETIMEDOUT);
	run_dir_close(&l.run);
	assert_int_equal(liveness_wait(&l.f->state, l.dir.id, 0), 0);
	end(&l);
}

static void
a_run_directory_is_made_over_an_old_one_and_removed_with_what_is_in_it(void **context)
{
	struct living l;

	begin(&l, context, 1);
	run(&l);
	run_dir_close(&l.run);
	run(&l);
	assert_int_equal(mkdirat(l.run.fd, "unexpected", 0700), 0);
	assert_int_equal(run_dir_remove(&l.f->state, l.dir.id), 0);
	assert_int_equal(run_dir_connect(&l.f->state, l.dir.id), -ENOENT);
	assert_int_equal(run_dir_remove(&l.f->state, l.dir.id), 0);
	end(&l);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(never_started_is_created),
		TEST(a_held_lock_is_running),
		TEST(a_lock_let_go_with_an_exit_file_is_exited),
		TEST(an_exit_file_of_an_earlier_run_is_not_believed),
		TEST(a_state_file_of_an_earlier_run_is_not_believed),
		TEST(a_broken_exit_file_is_a_lost_monitor),
		TEST(a_start_that_failed_says_its_own_code),
		TEST(waiting_ends_when_the_lock_is_let_go),
		TEST(a_run_directory_is_made_over_an_old_one_and_removed_with_what_is_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
