/* Who keeps whose blobs: records, what living commands announce, and what is taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../store/state_fixture.h"
#include "base/fd.h"
#include "image/blob.h"
#include "image/sweep.h"

struct store {
	struct fixture *fixture;
	struct work ours;
	struct work theirs;
	char blob[DIGEST_SIZE];
};

static int set_up(void **context)
{
	struct store *s = calloc(1, sizeof(*s));
	struct state *state;

	(void)fixture_setup((void **)&s->fixture);
	state = &s->fixture->state;
	assert_int_equal(work_begin(state, &s->ours, NULL), 0);
	assert_int_equal(work_begin(state, &s->theirs, NULL), 0);
	assert_int_equal(blob_write(state, "x", 1, s->blob, NULL), 0);
	*context = s;
	return 0;
}

static int tear_down(void **context)
{
	struct store *s = *context;

	work_end(&s->ours);
	work_end(&s->theirs);
	(void)fixture_teardown((void **)&s->fixture);
	free(s);
	return 0;
}

static void announce(const struct work *work, const char *list, const char *word,
		     const char *digest)
{
	AUTO_STR struct str lines = { 0 };

	str_printf(&lines, "%s %s\n", word, digest);
	assert_int_equal(work_announce(work, list, &lines, NULL), 0);
}

/* As when the command is killed: the directory stays, nobody holds it. */
static void die(struct work *work)
{
	work_abandon(work);
}

static void withdraw(struct store *s, const struct work *work)
{
	AUTO_FREE char *lines = NULL;

	assert_int_equal(work_publishing(work, &lines, NULL), 0);
	assert_int_equal(sweep_withdraw(&s->fixture->state, work, lines, NULL), 0);
}

static void what_a_living_command_needs_is_not_swept(void **context)
{
	struct store *s = *context;
	uint64_t bytes = 0;

	announce(&s->theirs, WORK_PUBLISHING, "need", s->blob);
	assert_int_equal(sweep_unreachable(&s->fixture->state, &s->ours, NULL, &bytes, NULL),
			 0);
	assert_true(blob_exists(&s->fixture->state, s->blob));
	die(&s->theirs);
	assert_int_equal(sweep_unreachable(&s->fixture->state, &s->ours, NULL, &bytes, NULL),
			 0);
	assert_false(blob_exists(&s->fixture->state, s->blob));
	assert_true(bytes > 0);
}

static void what_a_command_removes_it_does_not_need(void **context)
{
	struct store *s = *context;

	announce(&s->theirs, WORK_REMOVING, "blob", s->blob);
	assert_int_equal(sweep_unreachable(&s->fixture->state, &s->ours, NULL, NULL, NULL), 0);
	assert_false(blob_exists(&s->fixture->state, s->blob));
}

static void the_last_of_two_who_give_up_takes_back(void **context)
{
	struct store *s = *context;

	announce(&s->ours, WORK_PUBLISHING, "blob", s->blob);
	announce(&s->theirs, WORK_PUBLISHING, "blob", s->blob);
	withdraw(s, &s->ours);
	assert_true(blob_exists(&s->fixture->state, s->blob));
	work_end(&s->ours);
	withdraw(s, &s->theirs);
	assert_false(blob_exists(&s->fixture->state, s->blob));
}

static void recovery_takes_back_only_what_no_living_one_announced(void **context)
{
	struct store *s = *context;

	announce(&s->ours, WORK_PUBLISHING, "blob", s->blob);
	announce(&s->theirs, WORK_PUBLISHING, "need", s->blob);
	die(&s->ours);
	assert_int_equal(work_recover(&s->fixture->state, NULL), 0);
	assert_true(blob_exists(&s->fixture->state, s->blob));
	announce(&s->theirs, WORK_PUBLISHING, "blob", s->blob);
	die(&s->theirs);
	assert_int_equal(work_recover(&s->fixture->state, NULL), 0);
	assert_false(blob_exists(&s->fixture->state, s->blob));
}

static void what_was_fetched_is_kept_for_the_next_attempt(void **context)
{
	struct store *s = *context;
	char path[128];

	announce(&s->ours, WORK_PUBLISHING, "fetched", s->blob);
	die(&s->ours);
	assert_int_equal(work_recover(&s->fixture->state, NULL), 0);
	assert_false(blob_exists(&s->fixture->state, s->blob));
	(void)snprintf(path, sizeof(path), BLOB_PARTIAL "/%s", digest_hex(s->blob));
	assert_int_equal(faccessat(s->fixture->state.root_fd, path, F_OK, 0), 0);
}

static void a_line_that_was_cut_off_is_none(void **context)
{
	struct store *s = *context;
	char whole[DIGEST_SIZE + 8];

	(void)snprintf(whole, sizeof(whole), "blob %s", s->blob);
	for (size_t len = 0; len < strlen(whole); len++) {
		AUTO_FREE char *lines = strndup(whole, len);

		assert_int_equal(sweep_withdraw(&s->fixture->state, NULL, lines, NULL), 0);
		assert_true(blob_exists(&s->fixture->state, s->blob));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_a_living_command_needs_is_not_swept,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_a_command_removes_it_does_not_need, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_last_of_two_who_give_up_takes_back, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			recovery_takes_back_only_what_no_living_one_announced, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(what_was_fetched_is_kept_for_the_next_attempt,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_line_that_was_cut_off_is_none, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
