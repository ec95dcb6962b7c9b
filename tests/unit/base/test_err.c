/*
 * Errors and undo.
 *
 * Runs in: tests.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/undo.h"

static void callers_put_themselves_in_front(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_sys(&e, ENOENT, "open %s", "/data"), -ENOENT);
	assert_int_equal(e.kind, ERR_INTERNAL);
	assert_int_equal(err_wrap(&e, -ENOENT, "mount %s", "/srv"), -ENOENT);
	assert_int_equal(err_hint(&e, -ENOENT, "make it"), -ENOENT);
	assert_string_equal(e.text,
			    "mount /srv: open /data: No such file or directory\nhint: make it");
	assert_int_equal(e.code, -ENOENT);
}

static void the_kind_follows_who_knows_it(void **state)
{
	struct err e = { 0 };

	(void)state;
	(void)err_sys(&e, -EACCES, "open x");
	assert_int_equal(e.kind, ERR_DENIED);
	(void)err_set(&e, ERR_NOT_FOUND, -ENOENT, "No such container: %s", "x");
	assert_int_equal(err_wrap(&e, -ENOENT, "start"), -ENOENT);
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	e = (struct err){ 0 };
	assert_int_equal(err_wrap(&e, -EBUSY, "remove x"), -EBUSY);
	assert_string_equal(e.text, "remove x: Device or resource busy");
	assert_int_equal(e.kind, ERR_INTERNAL);
}

static void nobody_needs_to_listen(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_INVALID, -EINVAL, "x"), -EINVAL);
	assert_int_equal(err_sys(NULL, EIO, "x"), -EIO);
	assert_int_equal(err_wrap(NULL, -EIO, "x"), -EIO);
	assert_int_equal(err_hint(NULL, -EIO, "x"), -EIO);
}

static void it_fits_into_one_atomic_write_and_is_cut_whole(void **state)
{
	struct err e = { 0 };
	char text[3000];

	(void)state;
	assert_true(sizeof(e) <= 1024 && sizeof(e) < PIPE_BUF);
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	(void)err_set(&e, ERR_INVALID, -EINVAL, "%s", text);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
	(void)err_wrap(&e, -EINVAL, "%s", text);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
	(void)err_hint(&e, -EINVAL, "%s", text);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
}

static void its_own_text_may_be_an_argument(void **state)
{
	struct err e = { 0 };

	(void)state;
	(void)err_set(&e, ERR_INVALID, -EINVAL, "inner");
	(void)err_set(&e, ERR_CONFLICT, -EBUSY, "outer (%s)", e.text);
	assert_string_equal(e.text, "outer (inner)");
	(void)err_wrap(&e, -EBUSY, "again <%s>", e.text);
	assert_string_equal(e.text, "again <outer (inner)>: outer (inner)");
}

struct step {
	char *trail;
	char letter;
};

static void leave_letter(void *context)
{
	struct step *step = context;
	size_t len = strlen(step->trail);

	step->trail[len] = step->letter;
	step->trail[len + 1] = '\0';
}

static void failure_undoes_backwards_and_success_nothing(void **state)
{
	char trail[8] = "";
	struct step a = { trail, 'a' };
	struct step b = { trail, 'b' };

	(void)state;
	{
		AUTO_UNDO struct undo undo = { 0 };

		undo_push(&undo, leave_letter, &a);
		undo_push(&undo, leave_letter, &b);
		assert_string_equal(trail, "");
	}
	assert_string_equal(trail, "ba");
	{
		AUTO_UNDO struct undo undo = { 0 };

		undo_push(&undo, leave_letter, &a);
		undo_commit(&undo);
		undo_push(&undo, leave_letter, &b);
	}
	assert_string_equal(trail, "bab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_put_themselves_in_front),
		cmocka_unit_test(the_kind_follows_who_knows_it),
		cmocka_unit_test(nobody_needs_to_listen),
		cmocka_unit_test(it_fits_into_one_atomic_write_and_is_cut_whole),
		cmocka_unit_test(its_own_text_may_be_an_argument),
		cmocka_unit_test(failure_undoes_backwards_and_success_nothing),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
