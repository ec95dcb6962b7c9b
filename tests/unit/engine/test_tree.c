/* Trees: copied with everything that they have, put on top of each other as layers, and compared;
 * what a comparison finds, put on top of the old tree, gives the new one. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "../place.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "engine/tree_attributes.h"
#include "engine/tree_copy.h"
#include "engine/tree_diff.h"
#include "linux/whiteout.h"

enum { NAMES_MAX = 64 };

static int directory(const struct place *place, const char *name)
{
	int fd;

	assert_int_equal(dir_make(place->fd, name, 0755), 0);
	fd = openat(place->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void file(int dir_fd, const char *path, const char *text)
{
	int fd = openat(dir_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	(void)close(fd);
}

static void opaque(int dir_fd, const char *path)
{
	AUTO_CLOSE int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(whiteout_set_opaque(fd), 0);
}

static void whiteout(int dir_fd, const char *path)
{
	assert_int_equal(mknodat(dir_fd, path, S_IFCHR, makedev(0, 0)), 0);
}

/* As it is made where devices 0:0 are refused. */
static void whiteout_file(int dir_fd, const char *path)
{
	AUTO_CLOSE int fd = openat(dir_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);

	assert_int_equal(fsetxattr(fd, "user.overlay.whiteout", "y", 1, 0), 0);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(int dir_fd, const char *prefix, struct str *out);

static void list_entry(int dir_fd, const char *prefix, const char *name, struct str *out)
{
	char path[512];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s%s", prefix, name);
	assert_int_equal(fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	if (S_ISDIR(st.st_mode)) {
		AUTO_CLOSE int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		str_printf(out, "%s/%s ", path, whiteout_is_opaque(fd) ? "opaque" : "");
		(void)snprintf(path, sizeof(path), "%s%s/", prefix, name);
		list(fd, path, out);
	} else if (S_ISREG(st.st_mode)) {
		AUTO_FREE char *text = NULL;
		AUTO_CLOSE int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);

		(void)fd_read_all(fd, 4096, &text, NULL);
		str_printf(out, "%s=%.20s ", path, text ? text : "(big)");
	} else {
		str_printf(out, "%s%s ", path, S_ISLNK(st.st_mode) ? "@" : "%");
	}
}

/* "a/ a/f=text l@ gone% ": every name in order, files with what is in them. */
static void list(int dir_fd, const char *prefix, struct str *out)
{
	char *names[NAMES_MAX];
	size_t count = 0;
	DIR *dir = fdopendir(openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *entry;

	while ((entry = readdir(dir)) && count < NAMES_MAX)
		if (entry->d_name[0] != '.')
			names[count++] = strdup(entry->d_name);
	(void)closedir(dir);
	qsort(names, count, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < count; i++) {
		list_entry(dir_fd, prefix, names[i], out);
		free(names[i]);
	}
}

static void assert_tree(int dir_fd, const char *expected)
{
	AUTO_STR struct str text = { 0 };

	list(dir_fd, "", &text);
	assert_string_equal(str_text(&text), expected);
}

static void everything_is_copied(void **state)
{
	const struct place *place = *state;
	AUTO_CLOSE int from = directory(place, "from");
	AUTO_CLOSE int to = directory(place, "to");
	struct stat st;
	struct stat other;
	char value[8];

	file(from, "plain", "text");
	assert_int_equal(fchmodat(from, "plain", 04711, 0), 0);
	assert_int_equal(mkdirat(from, "dir", 0750), 0);
	assert_int_equal(linkat(from, "plain", from, "dir/again", 0), 0);
	assert_int_equal(symlinkat("plain", from, "link"), 0);
	assert_int_equal(mkfifoat(from, "fifo", 0600), 0);
	AUTO_CLOSE int fd = openat(from, "sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(pwrite(fd, "end", 3, 1 << 20), 3);
	assert_int_equal(fsetxattr(fd, "user.mine", "yes", 3, 0), 0);
	assert_int_equal(tree_copy(from, to, NULL, NULL), 0);
	assert_int_equal(fstatat(to, "plain", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 04711);
	assert_int_equal(fstatat(to, "dir/again", &other, 0), 0);
	assert_int_equal(st.st_ino, other.st_ino);
	assert_int_equal(fstatat(from, "plain", &other, 0), 0);
	assert_int_equal(st.st_mtim.tv_nsec, other.st_mtim.tv_nsec);
	assert_int_equal(fstatat(to, "sparse", &st, 0), 0);
	assert_int_equal(st.st_size, (1 << 20) + 3);
	assert_true(st.st_blocks * 512 < 1 << 20);
	AUTO_CLOSE int copy = openat(to, "sparse", O_RDONLY | O_CLOEXEC);

	assert_int_equal(fgetxattr(copy, "user.mine", value, sizeof(value)), 3);
	assert_int_equal(fstatat(to, "fifo", &st, 0), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_tree(to, "dir/ dir/again=text fifo% link@ plain=text sparse=(big) ");
}

static void a_layer_replaces_joins_and_takes_away(void **state)
{
	const struct place *place = *state;
	AUTO_CLOSE int to = directory(place, "to");
	AUTO_CLOSE int layer = directory(place, "layer");

	assert_int_equal(dir_make(to, "joined", 0755), 0);
	file(to, "joined/below", "1");
	file(to, "joined/both", "1");
	assert_int_equal(dir_make(to, "hidden/deep", 0755), 0);
	file(to, "hidden/deep/below", "1");
	file(to, "gone", "1");
	assert_int_equal(dir_make(to, "gone-too/deep", 0755), 0);
	file(to, "gone-by-file", "1");
	file(to, "emptied", "1");
	file(to, "file-to-dir", "1");
	assert_int_equal(dir_make(to, "dir-to-file/x", 0755), 0);
	assert_int_equal(symlinkat("../../etc", to, "link-to-dir"), 0);

	assert_int_equal(mkdirat(layer, "joined", 0700), 0);
	file(layer, "joined/both", "2");
	assert_int_equal(mkdirat(layer, "hidden", 0755), 0);
	opaque(layer, "hidden");
	file(layer, "hidden/above", "2");
	whiteout(layer, "gone");
	whiteout(layer, "gone-too");
	whiteout(layer, "never-there");
	whiteout_file(layer, "gone-by-file");
	whiteout_file(layer, "never-there-by-file");
	file(layer, "emptied", "");
	assert_int_equal(mkdirat(layer, "file-to-dir", 0755), 0);
	file(layer, "dir-to-file", "2");
	assert_int_equal(mkdirat(layer, "link-to-dir", 0755), 0);
	file(layer, "link-to-dir/x", "2");
	assert_int_equal(tree_apply(layer, to, NULL, NULL), 0);
	assert_tree(to, "dir-to-file=2 emptied= file-to-dir/ hidden/ hidden/above=2 joined/ "
			"joined/below=1 joined/both=2 link-to-dir/ link-to-dir/x=2 ");
}

/* What two trees are made of, and how they are changed. */
static void before_make(int fd)
{
	assert_int_equal(dir_make(fd, "same/deep", 0755), 0);
	file(fd, "same/deep/f", "1");
	assert_int_equal(dir_make(fd, "changed/deep", 0755), 0);
	file(fd, "changed/deep/f", "1");
	file(fd, "changed/deep/stays", "1");
	file(fd, "gone", "1");
	assert_int_equal(dir_make(fd, "dir-gone/deep", 0755), 0);
	file(fd, "file-to-dir", "1");
	assert_int_equal(dir_make(fd, "dir-to-file/x", 0755), 0);
	assert_int_equal(symlinkat("a", fd, "link"), 0);
	assert_int_equal(symlinkat("a", fd, "link-same"), 0);
	assert_int_equal(mkdirat(fd, "mode", 0755), 0);
}

static void now_change(int fd)
{
	file(fd, "changed/deep/f", "two");
	assert_int_equal(unlinkat(fd, "gone", 0), 0);
	assert_int_equal(dir_remove(fd, "dir-gone"), 0);
	assert_int_equal(unlinkat(fd, "file-to-dir", 0), 0);
	assert_int_equal(dir_make(fd, "file-to-dir/new", 0755), 0);
	assert_int_equal(dir_remove(fd, "dir-to-file"), 0);
	file(fd, "dir-to-file", "2");
	assert_int_equal(unlinkat(fd, "link", 0), 0);
	assert_int_equal(symlinkat("b", fd, "link"), 0);
	assert_int_equal(fchmodat(fd, "mode", 0700, 0), 0);
	file(fd, "new", "2");
	assert_int_equal(linkat(fd, "new", fd, "new-too", 0), 0);
}

static void a_difference_is_only_what_has_changed(void **state)
{
	const struct place *place = *state;
	AUTO_CLOSE int before = directory(place, "before");
	AUTO_CLOSE int now = directory(place, "now");
	AUTO_CLOSE int upper = directory(place, "upper");
	struct stat st;

	before_make(before);
	assert_int_equal(tree_copy(before, now, NULL, NULL), 0);
	assert_int_equal(tree_diff(before, now, upper, NULL), 0);
	assert_tree(upper, "");
	now_change(now);
	assert_int_equal(tree_diff(before, now, upper, NULL), 0);
	assert_tree(upper, "changed/ changed/deep/ changed/deep/f=two dir-gone% dir-to-file=2 "
			   "file-to-dir/ file-to-dir/new/ gone% link@ mode/ new=2 new-too=2 ");
	assert_int_equal(fstatat(upper, "mode", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void the_old_tree_and_the_difference_give_the_new_tree(void **state)
{
	const struct place *place = *state;
	AUTO_CLOSE int before = directory(place, "before");
	AUTO_CLOSE int now = directory(place, "now");
	AUTO_CLOSE int upper = directory(place, "upper");
	AUTO_CLOSE int rest = directory(place, "rest");

	before_make(before);
	assert_int_equal(tree_copy(before, now, NULL, NULL), 0);
	now_change(now);
	assert_int_equal(tree_diff(before, now, upper, NULL), 0);
	assert_int_equal(tree_apply(upper, before, NULL, NULL), 0);
	assert_int_equal(tree_diff(before, now, rest, NULL), 0);
	assert_tree(rest, "");
}

static void an_attribute_is_a_difference_and_an_overlays_mark_is_none(void **state)
{
	const struct place *place = *state;
	AUTO_CLOSE int before = directory(place, "before");
	AUTO_CLOSE int now = directory(place, "now");
	AUTO_CLOSE int upper = directory(place, "upper");

	file(before, "f", "1");
	assert_int_equal(mkdirat(before, "d", 0755), 0);
	assert_int_equal(tree_copy(before, now, NULL, NULL), 0);
	opaque(now, "d");
	assert_int_equal(tree_diff(before, now, upper, NULL), 0);
	assert_tree(upper, "");
	AUTO_CLOSE int fd = openat(now, "f", O_RDONLY | O_CLOEXEC);

	assert_int_equal(fsetxattr(fd, "user.mine", "x", 1, 0), 0);
	assert_int_equal(tree_diff(before, now, upper, NULL), 0);
	assert_tree(upper, "f=1 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(everything_is_copied),
		WITH_PLACE(a_layer_replaces_joins_and_takes_away),
		WITH_PLACE(a_difference_is_only_what_has_changed),
		WITH_PLACE(the_old_tree_and_the_difference_give_the_new_tree),
		WITH_PLACE(an_attribute_is_a_difference_and_an_overlays_mark_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
