/*
 * The blobs of a pull, with the test in the place of hoy-fetch: from where on each is fetched, what is kept when it breaks, and what is
 * thrown away, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../store/state_fixture.h"
#include "base/fd.h"
#include "image/blob.h"
#include "image/pull_blobs.h"
#include "image/registry_command.h"

#define HEX	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST	  "sha256:" HEX
#define FILE_NAME BLOB_PARTIAL "/" HEX

enum { SIZE = 10 }; /* of the blob */

struct pull {
	struct fixture *fixture;
	int fetcher_fd; /* hoy-fetch's side */
	struct registry *registry;
	struct descriptor descriptor;
	struct image_manifest manifest;
	struct work work;
	struct publication publication;
	struct image_pull_request request;
	struct pull_blob item;
	struct pull_blobs blobs;
	struct pipeline_source source;
	struct pipeline_bytes bytes; /* what the latest open gave */
	struct fetch_frame frame;    /* what hoy-fetch was told last */
	struct pull_progress told;
};

static void remember_progress(void *context, const struct pull_progress *progress)
{
	((struct pull *)context)->told = *progress;
}

static int set_up(void **context)
{
	struct pull *p = calloc(1, sizeof(*p));
	int sockets[2];

	assert_non_null(p);
	(void)fixture_setup((void **)&p->fixture);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), 0);
	p->registry = calloc(1, sizeof(*p->registry));
	assert_non_null(p->registry);
	p->registry->process = (struct registry_process){ .pid = getpid(),
							  .pidfd = -EBADF,
							  .socket_fd = sockets[0] };
	p->registry->interrupt_fd = -1;
	p->fetcher_fd = sockets[1];
	p->descriptor = (struct descriptor){ .digest = DIGEST, .size = SIZE };
	p->manifest = (struct image_manifest){ .layers = &p->descriptor, .layer_count = 1 };
	p->work = (struct work){ .state = &p->fixture->state };
	p->publication = (struct publication){ .work = &p->work };
	p->request.progress = remember_progress;
	p->request.context = p;
	p->item.partial = (struct partial)PARTIAL_NONE;
	p->blobs = (struct pull_blobs){ .registry = p->registry,
					.manifest = &p->manifest,
					.publication = &p->publication,
					.request = &p->request,
					.items = &p->item };
	p->source = pull_blobs_source(&p->blobs);
	p->bytes.input_fd = -EBADF;
	*context = p;
	return 0;
}

static int tear_down(void **context)
{
	struct pull *p = *context;

	pull_blobs_end(&p->blobs);
	(void)fd_close(p->bytes.input_fd);
	(void)fd_close(p->registry->process.socket_fd);
	(void)fd_close(p->fetcher_fd);
	free(p->registry);
	(void)fixture_teardown((void **)&p->fixture);
	free(p);
	return 0;
}

/* An earlier pull, or another one. */
static void open_partial(struct pull *p, struct partial *ret)
{
	assert_int_equal(partial_open(&p->fixture->state, DIGEST, SIZE, ret, NULL), 0);
}

static void leave(struct pull *p, const char *bytes)
{
	struct partial partial;

	open_partial(p, &partial);
	assert_int_equal(fd_write_all(partial.fd, bytes, strlen(bytes)), 0);
	partial_close(&partial);
}

static off_t size_on_disk(const struct pull *p)
{
	struct stat st;

	return fstatat(p->fixture->state.root_fd, FILE_NAME, &st, 0) < 0 ? -1 : st.st_size;
}

static int open_blob(struct pull *p)
{
	struct err e = { 0 };

	(void)fd_close(p->bytes.input_fd);
	p->bytes.input_fd = -EBADF;
	return p->source.open(p->source.context, 0, true, &p->bytes, &e);
}

static bool is_asked(const struct pull *p)
{
	char byte;

	return recv(p->fetcher_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* hoy-fetch is told to send the blob from there on. */
static void assert_asked_from(struct pull *p, uint64_t offset)
{
	assert_true(is_asked(p));
	assert_int_equal(fetch_receive(p->fetcher_fd, &p->frame), 0);
	assert_int_equal(p->frame.head.kind, FETCH_BLOB);
	assert_int_equal(p->frame.head.offset, offset);
	assert_int_equal(p->frame.head.size, SIZE);
	assert_string_equal(fetch_text(&p->frame, 0), DIGEST);
	fetch_frame_done(&p->frame);
}

/* hoy-fetch's last word: 0, or -errno. */
static void say_end(struct pull *p, int code)
{
	const char *const texts[] = { "the line is cut" };
	const struct fetch_parts parts = { .texts = texts, .text_count = 1 };
	const struct fetch_header head = { .kind = code < 0 ? FETCH_FAILED : FETCH_DONE,
					   .id = p->frame.head.id,
					   .code = code,
					   .offset = code < 0 ? ERR_INTERNAL : 0 };

	assert_int_equal(fetch_send(p->fetcher_fd, &head, code < 0 ? &parts : NULL), 0);
}

/* hoy-image says that the layer is not what it should be. Returns what follows from it. */
static int fail_layer(struct pull *p, struct err *e)
{
	(void)err_set(e, ERR_INVALID, -EBADMSG, "its digest is wrong");
	return p->source.failed(p->source.context, 0, -EBADMSG, e);
}

static void a_blob_is_fetched_from_where_an_earlier_pull_stopped(void **context)
{
	struct pull *p = *context;

	leave(p, "01234");
	assert_int_equal(open_blob(p), 0);
	assert_asked_from(p, 5);
	assert_true(p->bytes.is_resumed);
	assert_int_equal(p->bytes.output_fd, p->item.partial.fd);
	assert_int_equal(p->told.event, PULL_FETCHING);
	assert_int_equal(p->told.bytes, 5);
}

static void a_blob_that_is_here_whole_is_not_asked_for(void **context)
{
	struct pull *p = *context;
	char byte;

	leave(p, "0123456789");
	assert_int_equal(open_blob(p), 0);
	assert_false(is_asked(p));
	assert_int_equal(read(p->bytes.input_fd, &byte, 1), 0);
}

static void a_blob_that_another_pull_fetches_is_waited_for(void **context)
{
	struct pull *p = *context;
	struct partial other;

	open_partial(p, &other);
	assert_int_equal(open_blob(p), -EAGAIN);
	assert_int_equal(p->told.event, PULL_WAITING);
	assert_false(is_asked(p));
	partial_close(&other);
	assert_int_equal(open_blob(p), 0);
	assert_asked_from(p, 0);
}

static void a_transfer_that_breaks_keeps_its_bytes_and_says_why(void **context)
{
	struct pull *p = *context;
	struct err e = { 0 };

	assert_int_equal(open_blob(p), 0);
	assert_asked_from(p, 0);
	assert_int_equal(fd_write_all(p->item.partial.fd, "012", 3), 0);
	say_end(p, -ECONNRESET);
	assert_int_equal(fail_layer(p, &e), -ECONNRESET);
	assert_non_null(strstr(e.text, "the line is cut"));
	assert_int_equal(size_on_disk(p), 3);
	assert_int_equal(open_blob(p), 0);
	assert_asked_from(p, 3);
}

/* An attempt that goes on from `from`, ends well, and has the wrong digest. */
static int fetch_wrong(struct pull *p, uint64_t from, struct err *e)
{
	assert_int_equal(open_blob(p), 0);
	assert_asked_from(p, from);
	say_end(p, 0);
	return fail_layer(p, e);
}

static void a_continuation_that_is_wrong_is_thrown_away_and_fetched_again_once(void **context)
{
	struct pull *p = *context;
	struct err e = { 0 };

	leave(p, "01234");
	assert_int_equal(fetch_wrong(p, 5, &e), 1);
	assert_int_equal(size_on_disk(p), -1);
	assert_int_equal(fetch_wrong(p, 0, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "its digest is wrong"));
	assert_int_equal(size_on_disk(p), -1);
}

/* Also when another pull left bytes between the first attempt and the second. */
static void the_second_attempt_is_the_last_whatever_is_there(void **context)
{
	struct pull *p = *context;
	struct err e = { 0 };

	leave(p, "01234");
	assert_int_equal(fetch_wrong(p, 5, &e), 1);
	leave(p, "012");
	assert_int_equal(fetch_wrong(p, 3, &e), -EBADMSG);
}

static void a_whole_transfer_that_is_wrong_is_not_fetched_again(void **context)
{
	struct pull *p = *context;
	struct err e = { 0 };

	assert_int_equal(fetch_wrong(p, 0, &e), -EBADMSG);
	assert_int_equal(size_on_disk(p), -1);
}

/* hoy-fetch could not go on because hoy-image had ended: that is not why it went wrong. */
static void a_transfer_whose_reader_ended_first_is_the_readers_failure(void **context)
{
	struct pull *p = *context;
	struct err e = { 0 };

	assert_int_equal(open_blob(p), 0);
	assert_asked_from(p, 0);
	say_end(p, -EPIPE);
	assert_int_equal(fail_layer(p, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "its digest is wrong"));
	assert_int_equal(size_on_disk(p), -1);
}

#define WITH_PULL(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PULL(a_blob_is_fetched_from_where_an_earlier_pull_stopped),
		WITH_PULL(a_blob_that_is_here_whole_is_not_asked_for),
		WITH_PULL(a_blob_that_another_pull_fetches_is_waited_for),
		WITH_PULL(a_transfer_that_breaks_keeps_its_bytes_and_says_why),
		WITH_PULL(a_continuation_that_is_wrong_is_thrown_away_and_fetched_again_once),
		WITH_PULL(the_second_attempt_is_the_last_whatever_is_there),
		WITH_PULL(a_whole_transfer_that_is_wrong_is_not_fetched_again),
		WITH_PULL(a_transfer_whose_reader_ended_first_is_the_readers_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
