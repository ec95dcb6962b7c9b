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

static void idmap_may_have_a_mapping_and_a_recursive_form(void **state)
{
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("bind idmap", &o, NULL), 0);
	assert_int_equal(o.idmap, MOUNT_IDMAP_ONE);
	assert_null(o.id_map);
	mount_options_done(&o);
	assert_int_equal(parse("rbind ridmap", &o, NULL), 0);
	assert_int_equal(o.idmap, MOUNT_IDMAP_RECURSIVE);
	mount_options_done(&o);
	assert_int_equal(parse("idmapped bindx", &o, NULL), 0);
	assert_int_equal(o.idmap, MOUNT_IDMAP_NONE);
	assert_string_equal(str_text(&o.data), "idmapped,bindx");
	mount_options_done(&o);
}

static void links_are_copied_and_kept_by_words_of_their_own(void **state)
{
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("bind copy-symlink", &o, NULL), 0);
	assert_true(o.is_link_copied && !o.is_source_kept && !o.is_destination_kept);
	mount_options_done(&o);
	assert_int_equal(parse("bind src-nofollow", &o, NULL), 0);
	assert_true(!o.is_link_copied && o.is_source_kept && !o.is_destination_kept);
	mount_options_done(&o);
	assert_int_equal(parse("bind dest-nofollow", &o, NULL), 0);
	assert_true(!o.is_link_copied && !o.is_source_kept && o.is_destination_kept);
	assert_int_equal(o.data.len, 0);
	mount_options_done(&o);
}

static void a_control_character_is_refused(void **state)
{
	struct mount_options o;
	struct err e = { 0 };

	(void)state;
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
		cmocka_unit_test(idmap_may_have_a_mapping_and_a_recursive_form),
		cmocka_unit_test(links_are_copied_and_kept_by_words_of_their_own),
		cmocka_unit_test(a_control_character_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
