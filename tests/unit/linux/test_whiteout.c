/* What hides names of the layers below: told from what only looks like it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "../place.h"
#include "linux/whiteout.h"

static void file(const struct place *place, const char *name, const char *text,
		 const char *xattr)
{
	AUTO_CLOSE int fd =
		openat(place->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	if (xattr)
		assert_int_equal(fsetxattr(fd, xattr, "y", 1, 0), 0);
}

static bool hides(const struct place *place, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return whiteout_is_at(place->fd, name, &st);
}

static void what_was_made_hides_its_name(void **state)
{
	const struct place *place = *state;

	assert_int_equal(whiteout_make(place->fd, "gone"), 0);
	assert_true(hides(place, "gone"));
	file(place, "gone-too", "", "user.overlay.whiteout");
	assert_true(hides(place, "gone-too"));
}

static void a_name_that_is_there_is_left_alone(void **state)
{
	const struct place *place = *state;

	file(place, "there", "1", NULL);
	assert_int_equal(whiteout_make(place->fd, "there"), -EEXIST);
	assert_false(hides(place, "there"));
}

static void what_only_looks_like_one_hides_nothing(void **state)
{
	const struct place *place = *state;

	file(place, "empty", "", NULL);
	file(place, "other", "", "user.overlay.origin");
	file(place, "full", "1", "user.overlay.whiteout");
	assert_int_equal(mkfifoat(place->fd, "fifo", 0600), 0);
	assert_int_equal(symlinkat("gone", place->fd, "link"), 0);
	assert_int_equal(mkdirat(place->fd, "directory", 0700), 0);
	assert_int_equal(whiteout_make(place->fd, "gone"), 0);
	assert_false(hides(place, "empty"));
	assert_false(hides(place, "other"));
	assert_false(hides(place, "full"));
	assert_false(hides(place, "fifo"));
	assert_false(hides(place, "link"));
	assert_false(hides(place, "directory"));
}

static void a_directory_is_opaque_when_it_was_made_so(void **state)
{
	const struct place *place = *state;

	assert_false(whiteout_is_opaque(place->fd));
	/* That some of its files are whiteouts. */
	assert_int_equal(fsetxattr(place->fd, "user.overlay.opaque", "x", 1, 0), 0);
	assert_false(whiteout_is_opaque(place->fd));
	assert_int_equal(whiteout_set_opaque(place->fd), 0);
	assert_true(whiteout_is_opaque(place->fd));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(what_was_made_hides_its_name),
		WITH_PLACE(a_name_that_is_there_is_left_alone),
		WITH_PLACE(what_only_looks_like_one_hides_nothing),
		WITH_PLACE(a_directory_is_opaque_when_it_was_made_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
