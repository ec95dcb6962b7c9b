/* Blobs as far as they were fetched: who holds one, what is its beginning, what is thrown away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../store/state_fixture.h"
#include "base/fd.h"
#include "image/blob.h"
#include "image/partial.h"

#define HEX	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST	  "sha256:" HEX
#define FILE_NAME BLOB_PARTIAL "/" HEX

enum { SIZE = 10 }; /* of the blob */

static const struct state *state_of(void **context)
{
	return &((struct fixture *)*context)->state;
}

/* Another process's view: locks are of the open file, not of the process. */
static int open_partial(const struct state *state, struct partial *ret)
{
	struct err e = { 0 };
	int r = partial_open(state, DIGEST, SIZE, ret, &e);

	/* Only -EAGAIN has no sentence. */
	assert_int_equal(r < 0 && r != -EAGAIN, e.text[0] != '\0');
	return r;
}

/* What an earlier pull left. */
static void leave(const struct state *state, const char *bytes)
{
	struct partial partial;

	assert_int_equal(open_partial(state, &partial), 0);
	assert_int_equal(fd_write_all(partial.fd, bytes, strlen(bytes)), 0);
	partial_close(&partial);
}

static off_t size_on_disk(const struct state *state)
{
	struct stat st;

	return fstatat(state->root_fd, FILE_NAME, &st, 0) < 0 ? -1 : st.st_size;
}

/* As if it had been written to last so long ago. */
static void age(const struct state *state, uint64_t seconds)
{
	const time_t then = time(NULL) - (time_t)seconds;
	const struct timespec times[] = { { .tv_sec = then }, { .tv_sec = then } };

	assert_int_equal(utimensat(state->root_fd, FILE_NAME, times, 0), 0);
}

static void the_second_of_two_waits_and_goes_on_where_the_first_stopped(void **context)
{
	const struct state *state = state_of(context);
	struct partial first;
	struct partial second;

	assert_int_equal(open_partial(state, &first), 0);
	assert_int_equal(first.size, 0);
	assert_int_equal(open_partial(state, &second), -EAGAIN);
	assert_int_equal(fd_write_all(first.fd, "abcd", 4), 0);
	assert_int_equal(open_partial(state, &second), -EAGAIN);
	partial_close(&first);
	assert_int_equal(open_partial(state, &second), 0);
	assert_int_equal(second.size, 4);
	partial_close(&second);
}

static void what_has_become_a_blob_meanwhile_is_not_fetched_again(void **context)
{
	const struct state *state = state_of(context);
	char digest[DIGEST_SIZE];
	struct partial partial;
	struct err e = { 0 };
	char path[sizeof(BLOB_PARTIAL) + DIGEST_SIZE];

	assert_int_equal(blob_write(state, "x", 1, digest, NULL), 0);
	assert_int_equal(partial_open(state, digest, 1, &partial, &e), -EAGAIN);
	(void)snprintf(path, sizeof(path), "%s/%s", BLOB_PARTIAL, digest_hex(digest));
	assert_int_equal(faccessat(state->root_fd, path, F_OK, 0), -1);
}

static void what_is_longer_than_the_blob_is_not_its_beginning(void **context)
{
	const struct state *state = state_of(context);
	struct partial partial;

	leave(state, "0123456789A");
	assert_int_equal(open_partial(state, &partial), 0);
	assert_int_equal(partial.size, 0);
	assert_int_equal(size_on_disk(state), 0);
	partial_close(&partial);
}

static void what_is_as_long_as_the_blob_is_kept(void **context)
{
	const struct state *state = state_of(context);
	struct partial partial;

	leave(state, "0123456789");
	assert_int_equal(open_partial(state, &partial), 0);
	assert_int_equal(partial.size, SIZE);
	partial_close(&partial);
}

static void one_that_has_shrunk_goes_on_from_what_is_left(void **context)
{
	const struct state *state = state_of(context);
	AUTO_CLOSE int fd = -EBADF;
	struct partial partial;

	leave(state, "01234567");
	fd = openat(state->root_fd, FILE_NAME, O_WRONLY);
	assert_int_equal(ftruncate(fd, 3), 0);
	assert_int_equal(open_partial(state, &partial), 0);
	assert_int_equal(partial.size, 3);
	partial_close(&partial);
}

static void what_is_discarded_is_gone_and_what_is_closed_stays(void **context)
{
	const struct state *state = state_of(context);
	struct partial partial;

	leave(state, "0123");
	assert_int_equal(size_on_disk(state), 4);
	assert_int_equal(open_partial(state, &partial), 0);
	partial_discard(&partial);
	assert_int_equal(size_on_disk(state), -1);
	/* Twice is no harm: neither must hit what another one has begun. */
	leave(state, "01");
	partial_discard(&partial);
	assert_int_equal(size_on_disk(state), 2);
}

static void a_link_in_its_place_is_refused(void **context)
{
	const struct state *state = state_of(context);
	struct partial partial;

	leave(state, "0");
	assert_int_equal(unlinkat(state->root_fd, FILE_NAME, 0), 0);
	assert_int_equal(symlinkat("/etc/passwd", state->root_fd, FILE_NAME), 0);
	assert_int_equal(open_partial(state, &partial), -ELOOP);
}

static void only_what_is_old_and_nobody_holds_is_removed(void **context)
{
	const struct state *state = state_of(context);
	struct partial_usage usage;
	struct partial partial;
	uint64_t bytes = 0;

	leave(state, "0123");
	age(state, 2 * 3600);
	assert_int_equal(partial_remove(state, UINT64_C(3) * 3600 * 1000000000, &bytes, NULL),
			 0);
	assert_int_equal(size_on_disk(state), 4);
	assert_int_equal(open_partial(state, &partial), 0);
	assert_int_equal(partial_remove(state, 0, &bytes, NULL), 0);
	assert_int_equal(size_on_disk(state), 4);
	assert_int_equal(bytes, 0);
	partial_close(&partial);
	assert_int_equal(partial_measure(state, &usage, NULL), 0);
	assert_int_equal(usage.count, 1);
	assert_int_equal(partial_remove(state, UINT64_C(3600) * 1000000000, &bytes, NULL), 0);
	assert_int_equal(size_on_disk(state), -1);
	assert_int_equal(bytes, usage.bytes);
	assert_int_equal(partial_measure(state, &usage, NULL), 0);
	assert_int_equal(usage.count, 0);
}

#define WITH_STATE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STATE(the_second_of_two_waits_and_goes_on_where_the_first_stopped),
		WITH_STATE(what_has_become_a_blob_meanwhile_is_not_fetched_again),
		WITH_STATE(what_is_longer_than_the_blob_is_not_its_beginning),
		WITH_STATE(what_is_as_long_as_the_blob_is_kept),
		WITH_STATE(one_that_has_shrunk_goes_on_from_what_is_left),
		WITH_STATE(what_is_discarded_is_gone_and_what_is_closed_stays),
		WITH_STATE(a_link_in_its_place_is_refused),
		WITH_STATE(only_what_is_old_and_nobody_holds_is_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
