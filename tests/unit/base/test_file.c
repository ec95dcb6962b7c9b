/*
 * Small files and directories, descriptors.
 *
 * Runs in: tests.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../place.h"
#include "base/fd.h"
#include "base/file.h"

static void a_file_is_replaced_whole(void **state)
{
	struct place *place = *state;
	AUTO_FREE char *data = NULL;
	struct stat st;
	size_t len;

	assert_int_equal(file_replace(place->fd, "x", "one", 3, 0600, FILE_FAST), 0);
	assert_int_equal(file_replace(place->fd, "x", "two\0!", 5, 0644, FILE_DURABLE), 0);
	assert_int_equal(file_read(place->fd, "x", 5, &data, &len), 0);
	assert_int_equal(len, 5);
	assert_memory_equal(data, "two\0!", 6);
	assert_int_equal(fstatat(place->fd, "x", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(st.st_mode) && st.st_nlink == 1);
}

static void reading_is_bounded_and_only_of_files(void **state)
{
	struct place *place = *state;
	char *data = NULL;
	size_t len;

	assert_int_equal(file_read(place->fd, "none", 10, &data, &len), -ENOENT);
	assert_int_equal(file_replace(place->fd, "x", "12345", 5, 0600, FILE_FAST), 0);
	assert_int_equal(file_read(place->fd, "x", 4, &data, &len), -EFBIG);
	assert_int_equal(mkfifoat(place->fd, "fifo", 0600), 0);
	assert_int_equal(file_read(place->fd, "fifo", 4, &data, &len), -EINVAL);
	assert_int_equal(mkdirat(place->fd, "dir", 0700), 0);
	assert_int_equal(file_read(place->fd, "dir", 4, &data, &len), -EINVAL);
	assert_null(data);
	assert_int_equal(file_replace(place->fd, "empty", "", 0, 0600, FILE_FAST), 0);
	assert_int_equal(file_read(place->fd, "empty", 0, &data, &len), 0);
	assert_int_equal(len, 0);
	assert_string_equal(data, "");
	free(data);
}

static void a_failed_replacement_leaves_the_old_and_no_debris(void **state)
{
	struct place *place = *state;
	char name[300];

	assert_int_equal(mkdirat(place->fd, "dir", 0700), 0);
	assert_int_equal(file_replace(place->fd, "dir", "x", 1, 0600, FILE_FAST), -EISDIR);
	assert_int_equal(unlinkat(place->fd, "dir", AT_REMOVEDIR), 0);
	memset(name, 'a', sizeof(name));
	name[299] = '\0';
	assert_int_equal(file_replace(place->fd, name, "x", 1, 0600, FILE_FAST), -ENAMETOOLONG);
	/* Nothing may be left: the directory can be removed as empty. */
	assert_int_equal(rmdir(place->path), 0);
	assert_int_equal(mkdir(place->path, 0700), 0);
}

static void a_link_where_the_new_file_goes_is_not_followed(void **state)
{
	struct place *place = *state;
	char name[64];

	assert_int_equal(file_replace(place->fd, "victim", "safe", 4, 0600, FILE_FAST), 0);
	(void)snprintf(name, sizeof(name), ".x.%d.new", (int)getpid());
	assert_int_equal(symlinkat("victim", place->fd, name), 0);
	assert_true(file_replace(place->fd, "x", "evil", 4, 0600, FILE_FAST) < 0);

	AUTO_FREE char *data = NULL;

	assert_int_equal(file_read(place->fd, "victim", 10, &data, NULL), 0);
	assert_string_equal(data, "safe");
}

static void directories_are_made_with_their_parents(void **state)
{
	struct place *place = *state;
	char path[5000];

	assert_int_equal(dir_make(place->fd, "a/b/c", 0700), 0);
	assert_int_equal(dir_make(place->fd, "a/b/c", 0700), 0);
	assert_int_equal(dir_make(place->fd, "a/b/d/", 0700), 0);
	assert_int_equal(faccessat(place->fd, "a/b/d", F_OK, 0), 0);
	assert_int_equal(dir_make(place->fd, "", 0700), -ENOENT);
	assert_int_equal(file_replace(place->fd, "file", "", 0, 0600, FILE_FAST), 0);
	assert_int_equal(dir_make(place->fd, "file/x", 0700), -ENOTDIR);
	memset(path, 'a', sizeof(path));
	path[4999] = '\0';
	assert_int_equal(dir_make(place->fd, path, 0700), -ENAMETOOLONG);
	(void)snprintf(path, sizeof(path), "%s/abs/x", place->path);
	assert_int_equal(dir_make(AT_FDCWD, path, 0700), 0);
}

static void removing_follows_no_link(void **state)
{
	struct place *place = *state;

	assert_int_equal(dir_make(place->fd, "keep/inside", 0700), 0);
	assert_int_equal(dir_make(place->fd, "gone/deep/er", 0700), 0);
	assert_int_equal(symlinkat("../../keep", place->fd, "gone/deep/link"), 0);
	assert_int_equal(file_replace(place->fd, "file", "", 0, 0600, FILE_FAST), 0);
	assert_int_equal(linkat(place->fd, "file", place->fd, "gone/hard", 0), 0);
	assert_int_equal(mkdirat(place->fd, "gone/closed", 0), 0);
	assert_int_equal(dir_remove(place->fd, "gone"), 0);
	assert_int_equal(faccessat(place->fd, "gone", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	assert_int_equal(faccessat(place->fd, "keep/inside", F_OK, 0), 0);
	assert_int_equal(dir_remove(place->fd, "gone"), 0);
	assert_int_equal(symlinkat("keep", place->fd, "link"), 0);
	assert_int_equal(dir_remove(place->fd, "link"), 0);
	assert_int_equal(faccessat(place->fd, "keep/inside", F_OK, 0), 0);
}

enum { DEEP_LEVELS = 1000, FEW_DESCRIPTORS = 64 };

/* d/d/d..., and in each a file, a directory beside and names that the removal itself would use.
 */
static void make_deep_tree(int top_fd)
{
	AUTO_CLOSE int fd = dup(top_fd);

	for (int i = 0; i < DEEP_LEVELS; i++) {
		int next;

		assert_int_equal(mkdirat(fd, "d", 0700), 0);
		assert_int_equal(mkdirat(fd, "e", 0700), 0);
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		(void)fd_close(fd);
		fd = next;
		if (i % 16 == 0)
			assert_int_equal(dir_make(fd, ".deep-1/x", 0700), 0);
		assert_int_equal(file_replace(fd, ".deep-0", "", 0, 0600, FILE_FAST), 0);
	}
}

static void removing_a_deep_tree_needs_few_descriptors(void **state)
{
	struct place *place = *state;
	struct rlimit before;
	struct rlimit few;
	int r;

	make_deep_tree(place->fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ FEW_DESCRIPTORS, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	r = dir_remove(place->fd, "d");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(r, 0);
	assert_int_equal(faccessat(place->fd, "d", F_OK, 0), -1);
	assert_int_equal(faccessat(place->fd, "e", F_OK, 0), 0);
}

static void pipes_are_read_to_their_end(void **state)
{
	AUTO_FREE char *data = NULL;
	char small[4];
	size_t len;
	int pipe_fds[2];

	(void)state;
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	assert_int_equal(fd_write_all(pipe_fds[1], "0123456789", 10), 0);
	pipe_fds[1] = fd_close(pipe_fds[1]);
	assert_int_equal(pipe_fds[1], -EBADF);
	assert_int_equal(fd_read_full(pipe_fds[0], small, 4), 4);
	assert_int_equal(fd_read_all(pipe_fds[0], 6, &data, &len), 0);
	assert_string_equal(data, "456789");
	assert_int_equal(len, 6);
	assert_int_equal(fd_read_full(pipe_fds[0], small, 4), 0);
	(void)fd_close(pipe_fds[0]);
	assert_int_equal(fd_write_all(-1, "x", 1), -EBADF);
	assert_int_equal(fd_read_full(-1, small, 1), -EBADF);
}

static void closing_keeps_errno_and_cloexec_switches(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(fd_set_cloexec(fd, 0), 0);
	assert_int_equal(fcntl(fd, F_GETFD), 0);
	assert_int_equal(fd_set_cloexec(fd, 1), 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	errno = ENOENT;
	(void)fd_close(fd);
	(void)fd_close(fd);
	assert_int_equal(errno, ENOENT);
	fd = 77;
	assert_int_equal(fd_take(&fd), 77);
	assert_int_equal(fd, -EBADF);
}

static void a_file_is_replaced_as_its_owner_s(void **state)
{
	struct place *place = *state;
	struct stat old;
	struct stat new;

	assert_int_equal(file_replace(place->fd, "x", "one", 3, 0644, FILE_FAST), 0);
	if (geteuid() == 0)
		assert_int_equal(fchownat(place->fd, "x", 12, 34, 0), 0);
	assert_int_equal(fstatat(place->fd, "x", &old, 0), 0);
	old.st_mode = 0600;
	assert_int_equal(file_replace_as(place->fd, "x", "two", 3, &old), 0);
	assert_int_equal(fstatat(place->fd, "x", &new, 0), 0);
	assert_int_equal(new.st_mode & 07777, 0600);
	assert_true(new.st_uid == old.st_uid &&new.st_gid == old.st_gid);
	assert_true(new.st_ino != old.st_ino);
}

static void a_file_is_read_behind_what_is_there(void **state)
{
	struct place *place = *state;
	AUTO_STR struct str text = { .is_secret = true };
	AUTO_FREE char *large = malloc(10000);

	assert_non_null(large);
	memset(large, 'x', 10000);
	assert_int_equal(file_replace(place->fd, "x", large, 10000, 0600, FILE_FAST), 0);
	str_add(&text, "> ");
	assert_int_equal(file_read_into(place->fd, "x", 9999, &text), -EFBIG);
	str_clear(&text);
	str_add(&text, "> ");
	assert_int_equal(file_read_into(place->fd, "x", 10000, &text), 0);
	assert_int_equal(text.len, 10002);
	assert_memory_equal(text.data, "> xxx", 5);
	assert_int_equal(file_read_into(place->fd, "none", 10, &text), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(a_file_is_replaced_whole),
		WITH_PLACE(reading_is_bounded_and_only_of_files),
		WITH_PLACE(a_failed_replacement_leaves_the_old_and_no_debris),
		WITH_PLACE(a_link_where_the_new_file_goes_is_not_followed),
		WITH_PLACE(directories_are_made_with_their_parents),
		WITH_PLACE(removing_follows_no_link),
		WITH_PLACE(removing_a_deep_tree_needs_few_descriptors),
		WITH_PLACE(a_file_is_replaced_as_its_owner_s),
		WITH_PLACE(a_file_is_read_behind_what_is_there),
		cmocka_unit_test(pipes_are_read_to_their_end),
		cmocka_unit_test(closing_keeps_errno_and_cloexec_switches),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
