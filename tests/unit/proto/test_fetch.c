#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/fetch.h"

static void pair(int ends[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

static void a_frame_arrives_with_its_texts_and_descriptors(void **state)
{
	static struct fetch_frame frame;
	const char *const texts[] = { "sha256:x", NULL, "y" };
	const struct fetch_header head = {
		.kind = FETCH_BLOB, .id = 7, .size = 1, .offset = 2
	};
	int ends[2];
	int fds[2];

	(void)state;
	pair(ends);
	fds[0] = dup(ends[0]);
	fds[1] = dup(ends[1]);
	assert_int_equal(fetch_send(ends[0], &head, &(struct fetch_parts){ texts, 3, fds, 2 }),
			 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
	assert_int_equal(fetch_receive(ends[1], &frame), 0);
	assert_int_equal(frame.head.kind, FETCH_BLOB);
	assert_int_equal(frame.head.id, 7);
	assert_string_equal(fetch_text(&frame, 0), "sha256:x");
	assert_string_equal(fetch_text(&frame, 1), "");
	assert_string_equal(fetch_text(&frame, 2), "y");
	assert_string_equal(fetch_text(&frame, 3), "");
	assert_true(frame.fds[0] >= 0 && frame.fds[1] >= 0);
	fetch_frame_done(&frame);
	(void)close(ends[0]);
	assert_int_equal(fetch_receive(ends[1], &frame), -EPIPE);
	assert_int_equal(fetch_send(ends[1], &head, NULL), -EPIPE);
	(void)close(ends[1]);
}

/* Bytes as they are, which are no frame. */
static void refuses(const void *bytes, size_t len)
{
	static struct fetch_frame frame;
	int ends[2];

	pair(ends);
	assert_int_equal(send(ends[0], bytes, len, 0), len);
	assert_int_equal(fetch_receive(ends[1], &frame), -EPROTO);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void what_is_no_frame_is_refused(void **state)
{
	struct {
		struct fetch_header head;
		char text[8];
	} frame = { .head = { .version = FETCH_VERSION }, .text = "abcdefgh" };

	(void)state;
	refuses(&frame, 1);
	refuses(&frame, sizeof(frame.head) - 1);
	refuses(&frame, sizeof(frame)); /* its text has no end */
	frame.head.version = FETCH_VERSION + 1;
	frame.text[7] = '\0';
	refuses(&frame, sizeof(frame));
}

static void texts_that_are_too_long_are_not_sent(void **state)
{
	static char text[FETCH_TEXT_MAX + 1];
	const char *const texts[] = { text };
	const struct fetch_header head = { .kind = FETCH_HEAD };
	int ends[2];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	pair(ends);
	assert_int_equal(fetch_send(ends[0], &head, &(struct fetch_parts){ texts, 1, NULL, 0 }),
			 -EMSGSIZE);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_arrives_with_its_texts_and_descriptors),
		cmocka_unit_test(what_is_no_frame_is_refused),
		cmocka_unit_test(texts_that_are_too_long_are_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
