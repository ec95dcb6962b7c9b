/* Mount options come apart into attributes, propagation, words of ours and what belongs to the
 * file system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mount.h>

#include "runtime/plan_mount_options.h"
#include "sample_spec.h"

static int parse(const char *words, struct mount_options *ret, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv v = { 0 };

	sample_words(&v, &arena, words);
	return mount_options_parse(&v, ret, e);
}

static void flags_are_set_and_what_remains_is_data(void **state)
{
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("nosuid noexec nodev mode=755 ro size=1k", &o, NULL), 0);
	assert_int_equal(o.attr_set, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV |
					     MOUNT_ATTR_RDONLY);
	assert_int_equal(o.attr_clear, 0);
	assert_string_equal(str_text(&o.data), "mode=755,size=1k");
	mount_options_done(&o);
}

static void the_later_of_two_opposites_wins(void **state)
{
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("ro rw noatime strictatime", &o, NULL), 0);
	assert_int_equal(o.attr_set, MOUNT_ATTR_STRICTATIME);
	assert_int_equal(o.attr_clear, MOUNT_ATTR_RDONLY | MOUNT_ATTR__ATIME);
	mount_options_done(&o);
	assert_int_equal(parse("noatime relatime", &o, NULL), 0);
	assert_int_equal(o.attr_set, 0);
	assert_int_equal(o.attr_clear, MOUNT_ATTR__ATIME);
	mount_options_done(&o);
}

static void r_options_are_recursive_and_rbind_is_not_one(void **state)
{
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("rbind rro rnosuid rnoatime rrw", &o, NULL), 0);
	assert_true(o.is_bind);
	assert_true(o.is_recursive);
	assert_int_equal(o.attr_set, 0);
	assert_int_equal(o.attr_set_recursive, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOATIME);
	assert_int_equal(o.attr_clear_recursive, MOUNT_ATTR_RDONLY | MOUNT_ATTR__ATIME);
	mount_options_done(&o);
}

static void propagation_is_not_data(void **state)
{
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("bind rslave", &o, NULL), 0);
	assert_int_equal(o.propagation, MS_SLAVE | MS_REC);
	assert_false(o.is_recursive);
	assert_int_equal(o.data.len, 0);
	mount_options_done(&o);
}

static void superblock_words_are_kept_apart_from_a_bind(void **state)
{
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("sync dirsync mand defaults remount tmpcopyup", &o, NULL), 0);
	assert_string_equal(str_text(&o.superblock), "sync,dirsync,mand");
	assert_int_equal(o.data.len, 0);
	assert_true(o.is_tmpcopyup);
	mount_options_done(&o);
}

static void what_is_not_here_is_refused_by_name(void **state)
{
	static const char *const words[] = { "idmap", "ridmap", "idmap=uids=0-1-2",
					     "copy-symlink" };
	struct mount_options o;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(parse(words[i], &o, &e), -EOPNOTSUPP);
		assert_non_null(strstr(e.text, words[i]));
		mount_options_done(&o);
	}
	assert_int_equal(parse("a\nb", &o, &e), -EINVAL);
	mount_options_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_set_and_what_remains_is_data),
		cmocka_unit_test(the_later_of_two_opposites_wins),
		cmocka_unit_test(r_options_are_recursive_and_rbind_is_not_one),
		cmocka_unit_test(propagation_is_not_data),
		cmocka_unit_test(superblock_words_are_kept_apart_from_a_bind),
		cmocka_unit_test(what_is_not_here_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
