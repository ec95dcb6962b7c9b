/* A filter comes back from the cache as it went in; whatever is wrong with a file, it is
 * compiled again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "runtime/seccomp.h"
#include "sample_spec.h"

struct fixture {
	char parent[64];
	char cache[80];
	struct arena arena;
	struct spec_seccomp profile;
	struct spec_seccomp_rule rule;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(str_copy(f->parent, sizeof(f->parent), "/tmp/hoy-test-XXXXXX"), 0);
	assert_non_null(mkdtemp(f->parent));
	assert_true(snprintf(f->cache, sizeof(f->cache), "%s/seccomp", f->parent) > 0);
	f->profile.default_action = arena_copy(&f->arena, "SCMP_ACT_ALLOW");
	f->profile.rules = &f->rule;
	f->profile.rule_count = 1;
	f->rule.action = arena_copy(&f->arena, "SCMP_ACT_ERRNO");
	sample_words(&f->rule.names, &f->arena, "mkdir mkdirat not_known_to_anybody");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(dir_remove(AT_FDCWD, f->parent), 0);
	arena_done(&f->arena);
	free(f);
	return 0;
}

/* The only file in the cache; "" when there is none. */
static void file_find(const struct fixture *f, char path[512])
{
	DIR *dir = opendir(f->cache);
	struct dirent *entry;

	path[0] = '\0';
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			assert_true(snprintf(path, 512, "%s/%s", f->cache, entry->d_name) <
				    512);
	}
	if (dir)
		(void)closedir(dir);
}

static void get(struct fixture *f, struct seccomp_filter *ret)
{
	struct err e = { 0 };

	assert_int_equal(seccomp_get(f->cache, NULL, 0, &f->profile, ret, &e), 0);
	assert_true(ret->count > 2);
}

/* Make the file recognisable: an action that the profile does not have, with the checksum made
 * right again by nobody. */
static void file_change(const char *path, off_t offset, const char *byte)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, byte, 1, offset), 1);
}

static void a_hit_gives_the_same_filter(void **state)
{
	struct fixture *f = *state;
	struct seccomp_filter first;
	struct seccomp_filter second;
	struct stat before;
	struct stat after;
	char path[512];

	get(f, &first);
	file_find(f, path);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(before.st_mode & 07777, 0600);
	get(f, &second);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(first.count, second.count);
	assert_memory_equal(first.items, second.items, first.count * sizeof(*first.items));
	seccomp_filter_done(&first);
	seccomp_filter_done(&second);
}

static void another_profile_has_another_file(void **state)
{
	struct fixture *f = *state;
	struct seccomp_filter first;
	struct seccomp_filter second;

	get(f, &first);
	sample_words(&f->rule.names, &f->arena, "rmdir");
	get(f, &second);
	assert_true(first.count != second.count ||
		    memcmp(first.items, second.items, first.count * sizeof(*first.items)) != 0);
	seccomp_filter_done(&first);
	seccomp_filter_done(&second);
}

static void every_damaged_byte_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct seccomp_filter good;
	struct seccomp_filter again;
	struct stat st;
	char path[512];

	get(f, &good);
	file_find(f, path);
	assert_int_equal(stat(path, &st), 0);
	for (off_t i = 0; i < st.st_size; i += 37) {
		file_change(path, i, "\xa5");
		get(f, &again);
		assert_int_equal(good.count, again.count);
		assert_memory_equal(good.items, again.items, good.count * sizeof(*good.items));
		seccomp_filter_done(&again);
	}
	seccomp_filter_done(&good);
}

static void a_file_cut_short_or_empty_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct seccomp_filter filter;
	struct stat st;
	char path[512];

	for (off_t size = 0; size < 64; size += 21) {
		get(f, &filter);
		seccomp_filter_done(&filter);
		file_find(f, path);
		assert_int_equal(truncate(path, size), 0);
		get(f, &filter);
		seccomp_filter_done(&filter);
		assert_int_equal(stat(path, &st), 0);
		assert_true(st.st_size > 64);
	}
}

static void a_directory_that_others_can_enter_is_not_used(void **state)
{
	struct fixture *f = *state;
	struct seccomp_filter filter;
	char path[512];

	assert_int_equal(mkdir(f->cache, 0700), 0);
	assert_int_equal(chmod(f->cache, 0770), 0);
	get(f, &filter);
	seccomp_filter_done(&filter);
	file_find(f, path);
	assert_string_equal(path, "");
}

static void a_link_in_place_of_the_file_is_not_followed(void **state)
{
	struct fixture *f = *state;
	struct seccomp_filter filter;
	struct stat st;
	char path[512];
	char aside[512];

	get(f, &filter);
	seccomp_filter_done(&filter);
	file_find(f, path);
	assert_true(snprintf(aside, sizeof(aside), "%s/aside", f->parent) > 0);
	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(symlink(aside, path), 0);
	get(f, &filter);
	seccomp_filter_done(&filter);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void wrong_profiles_are_refused_by_name(void **state)
{
	struct fixture *f = *state;
	struct seccomp_filter filter;
	struct err e = { 0 };

	f->rule.action = arena_copy(&f->arena, "SCMP_ACT_SING");
	assert_int_equal(seccomp_get(NULL, NULL, 0, &f->profile, &filter, &e), -EINVAL);
	assert_non_null(strstr(e.text, "SCMP_ACT_SING"));
	sample_words(&f->profile.architectures, &f->arena, "SCMP_ARCH_PDP11");
	assert_int_equal(seccomp_get(NULL, NULL, 0, &f->profile, &filter, &e), -EINVAL);
	assert_non_null(strstr(e.text, "PDP11"));
	assert_int_equal(seccomp_get(NULL, "nobody", 0, NULL, &filter, &e), -EINVAL);
}

static void who_wants_unknown_names_to_fail_gets_no_filter_of_who_does_not(void **state)
{
	struct fixture *f = *state;
	struct seccomp_filter filter = { 0 };
	struct err e = { 0 };

	get(f, &filter);
	seccomp_filter_done(&filter);
	f->profile.fails_unknown_syscall = true;
	assert_int_equal(seccomp_get(f->cache, NULL, 0, &f->profile, &filter, &e), -EINVAL);
	assert_string_equal(e.text,
			    "seccomp: rule 1: unknown system call \"not_known_to_anybody\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_hit_gives_the_same_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(another_profile_has_another_file, setup,
						teardown),
		cmocka_unit_test_setup_teardown(every_damaged_byte_is_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_cut_short_or_empty_is_replaced, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_directory_that_others_can_enter_is_not_used,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_link_in_place_of_the_file_is_not_followed,
						setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_profiles_are_refused_by_name, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			who_wants_unknown_names_to_fail_gets_no_filter_of_who_does_not, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
