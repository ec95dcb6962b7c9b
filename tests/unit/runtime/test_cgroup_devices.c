/* Rules for devices are followed in order, down to a default and its exceptions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "runtime/cgroup_devices.h"

static const struct spec_device_rule deny_all = { false, 'a', -1, -1, true, true, true };
static const struct spec_device_rule allow_all = { true, 'a', -1, -1, true, true, true };
static const struct spec_device_rule fuse = { true, 'c', 10, 229, true, true, false };

static const struct spec_device_rule *find(const struct cgroup_devices *d, int64_t major,
					   int64_t minor)
{
	for (size_t i = 0; i < d->count; i++) {
		if (d->exceptions[i].type == 'c' && d->exceptions[i].major == major &&
		    d->exceptions[i].minor == minor)
			return &d->exceptions[i];
	}
	return NULL;
}

static void no_rules_leave_what_every_container_has(void **state)
{
	struct cgroup_devices d;

	(void)state;
	assert_int_equal(cgroup_devices_reduce(&d, NULL, 0, NULL), 0);
	assert_false(d.is_allow_default);
	assert_non_null(find(&d, 1, 3));
	assert_null(find(&d, 10, 229));
}

static void a_rule_for_some_access_to_all_is_no_fresh_start(void **state)
{
	const struct spec_device_rule no_mknod = { false, 'a', -1, -1, false, false, true };
	const struct spec_device_rule no_number = { true, 'a', 10, 229, true, true, true };
	const struct spec_device_rule rules[] = { allow_all, no_mknod };
	struct cgroup_devices d;

	(void)state;
	assert_int_equal(cgroup_devices_reduce(&d, rules, 2, NULL), 0);
	assert_true(d.is_allow_default);
	assert_int_equal(d.count, 2);
	assert_true(find(&d, -1, -1)->may_mknod);
	assert_false(find(&d, -1, -1)->may_read);
	assert_int_equal(cgroup_devices_reduce(&d, &no_number, 1, NULL), 0);
	assert_false(d.is_allow_default);
	assert_non_null(find(&d, 10, 229));
}

static void a_hole_in_a_wider_rule_is_refused(void **state)
{
	const struct spec_device_rule all_ten = { true, 'c', 10, -1, true, true, false };
	const struct spec_device_rule no_fuse = { false, 'c', 10, 229, false, true, false };
	const struct spec_device_rule other = { false, 'c', 11, 229, true, true, true };
	const struct spec_device_rule rules[] = { all_ten, other, no_fuse };
	struct cgroup_devices d;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(cgroup_devices_reduce(&d, rules, 2, NULL), 0);
	assert_int_equal(cgroup_devices_reduce(&d, rules, 3, &e), -EOPNOTSUPP);
	assert_non_null(strstr(e.text, "10:229"));
}

static void allow_all_needs_nothing_written(void **state)
{
	const struct spec_device_rule rules[] = { deny_all, fuse, allow_all };
	struct cgroup_devices d;

	(void)state;
	assert_int_equal(cgroup_devices_reduce(&d, rules, 3, NULL), 0);
	assert_true(d.is_allow_default);
	assert_int_equal(d.count, 0);
}

static void denied_by_default_what_every_container_has_is_allowed(void **state)
{
	const struct spec_device_rule rules[] = { deny_all, fuse };
	struct cgroup_devices d;

	(void)state;
	assert_int_equal(cgroup_devices_reduce(&d, rules, 2, NULL), 0);
	assert_false(d.is_allow_default);
	assert_non_null(find(&d, 10, 229));
	assert_non_null(find(&d, 1, 3));
	assert_non_null(find(&d, 136, -1));
	assert_true(find(&d, -1, -1)->may_mknod);
	assert_false(find(&d, -1, -1)->may_read);
}

static void a_rule_for_the_same_device_is_merged_and_taken_back(void **state)
{
	const struct spec_device_rule write_too = { true, 'c', 10, 229, false, true, true };
	const struct spec_device_rule no_read = { false, 'c', 10, 229, true, false, false };
	const struct spec_device_rule nothing = { false, 'c', 10, 229, true, true, true };
	const struct spec_device_rule rules[] = { deny_all, fuse, write_too, no_read, nothing };
	struct cgroup_devices d;

	(void)state;
	assert_int_equal(cgroup_devices_reduce(&d, rules, 4, NULL), 0);
	assert_false(find(&d, 10, 229)->may_read);
	assert_true(find(&d, 10, 229)->may_write);
	assert_true(find(&d, 10, 229)->may_mknod);
	assert_int_equal(cgroup_devices_reduce(&d, rules, 5, NULL), 0);
	assert_null(find(&d, 10, 229));
}

static void more_rules_than_there_is_room_for_are_refused(void **state)
{
	static struct spec_device_rule rules[CGROUP_DEVICES_MAX + 2];
	struct cgroup_devices d;
	struct err e = { 0 };

	(void)state;
	rules[0] = deny_all;
	for (size_t i = 1; i < CGROUP_DEVICES_MAX + 2; i++)
		rules[i] = (struct spec_device_rule){ true, 'c',  200, (int64_t)i,
						      true, true, true };
	assert_int_equal(cgroup_devices_reduce(&d, rules, CGROUP_DEVICES_MAX + 2, &e), -E2BIG);
	assert_int_equal(e.kind, ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_rules_leave_what_every_container_has),
		cmocka_unit_test(a_rule_for_some_access_to_all_is_no_fresh_start),
		cmocka_unit_test(a_hole_in_a_wider_rule_is_refused),
		cmocka_unit_test(allow_all_needs_nothing_written),
		cmocka_unit_test(denied_by_default_what_every_container_has_is_allowed),
		cmocka_unit_test(a_rule_for_the_same_device_is_merged_and_taken_back),
		cmocka_unit_test(more_rules_than_there_is_room_for_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
