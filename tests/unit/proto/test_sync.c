/*
 * The conversation between init and its parent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/sync.h"

static int pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds);
}

static void messages_arrive_with_their_value(void **state)
{
	struct sync_message message;
	int fds[2];

	(void)state;
	assert_int_equal(pair(fds), 0);
	assert_int_equal(sync_send(fds[0], SYNC_STAGE, STAGE_PIVOT), 0);
	assert_int_equal(sync_send(fds[0], SYNC_READY, 0), 0);
	assert_int_equal(sync_receive(fds[1], &message, NULL), SYNC_STAGE);
	assert_int_equal(message.value, STAGE_PIVOT);
	assert_true(message.time_ns > 0);
	assert_int_equal(sync_receive(fds[1], &message, NULL), SYNC_READY);
	assert_int_equal(message.time_ns, 0);
	(void)close(fds[0]);
	assert_int_equal(sync_receive(fds[1], &message, NULL), 0);
	(void)close(fds[1]);
}

static void an_error_arrives_whole(void **state)
{
	struct err sent = { 0 };
	struct err got = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pair(fds), 0);
	(void)err_set(&sent, ERR_COMMAND_MISSING, -ENOENT, "exec: \"%s\": not found", "foo");
	assert_int_equal(sync_send_error(fds[0], &sent), 0);
	assert_int_equal(sync_receive(fds[1], NULL, &got), SYNC_ERROR);
	assert_int_equal(got.kind, ERR_COMMAND_MISSING);
	assert_int_equal(got.code, -ENOENT);
	assert_string_equal(got.text, "exec: \"foo\": not found");
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void an_error_without_an_end_is_ended(void **state)
{
	struct sync_error message = { .message.type = SYNC_ERROR };
	struct err got = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pair(fds), 0);
	memset(message.err.text, 'x', sizeof(message.err.text));
	assert_int_equal(send(fds[0], &message, sizeof(message), 0), sizeof(message));
	assert_int_equal(sync_receive(fds[1], NULL, &got), SYNC_ERROR);
	assert_int_equal(strnlen(got.text, sizeof(got.text)), sizeof(got.text) - 1);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void what_is_no_message_is_refused(void **state)
{
	const struct sync_message unknown = { .type = 99 };
	const struct sync_message short_error = { .type = SYNC_ERROR };
	struct sync_error long_ready = { .message.type = SYNC_READY };
	struct err e = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pair(fds), 0);
	assert_int_equal(send(fds[0], "x", 1, 0), 1);
	assert_int_equal(sync_receive(fds[1], NULL, &e), -EPROTO);
	assert_int_equal(send(fds[0], &unknown, sizeof(unknown), 0), sizeof(unknown));
	assert_int_equal(sync_receive(fds[1], NULL, &e), -EPROTO);
	assert_int_equal(send(fds[0], &short_error, sizeof(short_error), 0),
			 sizeof(short_error));
	assert_int_equal(sync_receive(fds[1], NULL, &e), -EPROTO);
	assert_int_equal(send(fds[0], &long_ready, sizeof(long_ready), 0), sizeof(long_ready));
	assert_int_equal(sync_receive(fds[1], NULL, &e), -EPROTO);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void a_peer_that_is_gone_is_an_error_not_a_signal(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pair(fds), 0);
	(void)close(fds[1]);
	assert_int_equal(sync_send(fds[0], SYNC_READY, 0), -EPIPE);
	(void)close(fds[0]);
}

static void a_peer_that_died_with_unread_messages_is_gone(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pair(fds), 0);
	assert_int_equal(sync_send(fds[0], SYNC_READY, 0), 0);
	(void)close(fds[1]);
	assert_int_equal(sync_receive(fds[0], NULL, NULL), 0);
	(void)close(fds[0]);
}

static void what_a_peer_said_before_it_died_with_unread_messages_arrives(void **state)
{
	struct err sent = { 0 };
	struct err got = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pair(fds), 0);
	(void)err_set(&sent, ERR_INTERNAL, -EIO, "drop a capability");
	assert_int_equal(sync_send_error(fds[1], &sent), 0);
	assert_int_equal(sync_send(fds[0], SYNC_START, 0), 0);
	(void)close(fds[1]);
	assert_int_equal(sync_receive(fds[0], NULL, &got), SYNC_ERROR);
	assert_string_equal(got.text, "drop a capability");
	assert_int_equal(sync_receive(fds[0], NULL, NULL), 0);
	(void)close(fds[0]);
}

static void every_stage_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < STAGE_COUNT; i++)
		assert_int_equal(stage_find(stage_name((enum stage)i)), i);
	assert_int_equal(stage_find("nowhere"), -EINVAL);
	assert_string_equal(stage_name(STAGE_COUNT), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_arrive_with_their_value),
		cmocka_unit_test(an_error_arrives_whole),
		cmocka_unit_test(an_error_without_an_end_is_ended),
		cmocka_unit_test(what_is_no_message_is_refused),
		cmocka_unit_test(a_peer_that_is_gone_is_an_error_not_a_signal),
		cmocka_unit_test(a_peer_that_died_with_unread_messages_is_gone),
		cmocka_unit_test(what_a_peer_said_before_it_died_with_unread_messages_arrives),
		cmocka_unit_test(every_stage_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
