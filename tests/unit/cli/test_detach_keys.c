/* Reading detach keys, and finding them however the input is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "cli/detach_keys.h"

static void refuse(const char *text)
{
	struct detach_keys keys;
	struct err e = { 0 };

	assert_int_equal(detach_keys_parse(text, &keys, &e), -EINVAL);
	assert_int_equal(e.kind, ERR_INVALID);
	assert_non_null(strstr(e.text, text));
}

static void keys_are_read_in_dockers_syntax(void **state)
{
	struct detach_keys keys;

	(void)state;
	assert_int_equal(detach_keys_parse(DETACH_KEYS_DEFAULT, &keys, NULL), 0);
	assert_int_equal(keys.count, 2);
	assert_memory_equal(keys.keys, "\x10\x11", 2);
	assert_int_equal(detach_keys_parse("ctrl-@,a,ctrl-_,ctrl-\\,DEL,ctrl-^", &keys, NULL),
			 0);
	assert_int_equal(keys.count, 6);
	assert_memory_equal(keys.keys, "\0a\x1f\x1c\x7f\x1e", 6);
}

static void what_is_no_key_is_refused_by_name(void **state)
{
	(void)state;
	refuse("ctrl-");
	refuse("ctrl-A");
	refuse("ctrl-aa");
	refuse("a,,b");
	refuse("a,");
	refuse("del");
	refuse("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q");
}

/* Feed `in` in pieces of `piece` bytes; returns whether it was detached, with what was sent in
 * `sent`. */
static bool feed(const char *keys, const char *in, size_t piece, char *sent)
{
	struct detach_filter filter = { 0 };
	size_t len = strlen(in);
	bool is_detached = false;

	assert_int_equal(detach_keys_parse(keys, &filter.keys, NULL), 0);
	for (size_t at = 0; at < len && !is_detached; at += piece)
		sent += detach_filter(&filter, in + at, len - at < piece ? len - at : piece,
				      sent, &is_detached);
	if (!is_detached)
		sent += detach_filter_end(&filter, sent);
	*sent = '\0';
	return is_detached;
}

static void assert_fed(const char *keys, const char *in, bool is_detached, const char *expected)
{
	for (size_t piece = 1; piece <= strlen(in); piece++) {
		char sent[128];

		assert_int_equal(feed(keys, in, piece, sent), is_detached);
		assert_string_equal(sent, expected);
	}
}

static void the_keys_detach_and_are_not_sent(void **state)
{
	(void)state;
	assert_fed("ctrl-p,ctrl-q", "ls\n\x10\x11more", true, "ls\n");
	assert_fed("x", "abxc", true, "ab");
}

static void a_beginning_that_does_not_go_on_is_sent(void **state)
{
	(void)state;
	assert_fed("ctrl-p,ctrl-q",
		   "a\x10"
		   "b\x10",
		   false,
		   "a\x10"
		   "b\x10");
	assert_fed("ctrl-p,ctrl-q", "\x10\x10\x11z", true, "\x10");
	assert_fed("a,b,c", "abababd", false, "abababd");
}

static void a_beginning_inside_a_beginning_is_found(void **state)
{
	(void)state;
	assert_fed("a,a,b", "aaab", true, "a");
	assert_fed("a,b,a,c", "ababac", true, "ab");
	assert_fed("a,b,a,b,c", "abababc", true, "ab");
}

static void without_keys_everything_is_sent(void **state)
{
	struct detach_filter filter = { 0 };
	bool is_detached = true;
	char sent[32];

	(void)state;
	assert_int_equal(detach_filter(&filter, "\x10\x11\0x", 4, sent, &is_detached), 4);
	assert_false(is_detached);
	assert_memory_equal(sent, "\x10\x11\0x", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_read_in_dockers_syntax),
		cmocka_unit_test(what_is_no_key_is_refused_by_name),
		cmocka_unit_test(the_keys_detach_and_are_not_sent),
		cmocka_unit_test(a_beginning_that_does_not_go_on_is_sent),
		cmocka_unit_test(a_beginning_inside_a_beginning_is_found),
		cmocka_unit_test(without_keys_everything_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
