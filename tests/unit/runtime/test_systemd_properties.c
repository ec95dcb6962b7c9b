/* What a spec means to systemd: lines of properties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "runtime/cgroup_cpus.h"
#include "runtime/systemd_properties.h"

static struct spec_number number(int64_t value)
{
	return (struct spec_number){ .is_set = true, .value = value };
}

static void assert_limits(const struct spec_resources *resources, bool is_v2,
			  const char *expected)
{
	AUTO_STR struct str out = { 0 };
	struct err e = { 0 };

	if (systemd_properties_limits(resources, is_v2, &out, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(str_text(&out), expected);
}

static void what_is_not_set_is_not_said(void **state)
{
	const struct spec_resources none = { 0 };

	(void)state;
	assert_limits(&none, true, "");
	assert_limits(&none, false, "");
}

static void limits_have_other_names_on_v1(void **state)
{
	char cpus[] = "0-2,9";
	struct spec_resources r = {
		.memory_limit = number(64 << 20),
		.memory_swap = number(96 << 20),
		.cpu_shares = number(2048),
		.cpu_quota = number(50000),
		.cpu_period = number(200000),
		.cpus = cpus,
		.pids_limit = number(40),
		.blkio_weight = number(500),
	};

	(void)state;
	assert_limits(&r, true,
		      "MemoryMax\tt\t67108864\n"
		      "MemorySwapMax\tt\t33554432\n"
		      "CPUWeight\tt\t79\n"
		      "CPUQuotaPeriodUSec\tt\t200000\n"
		      "CPUQuotaPerSecUSec\tt\t250000\n"
		      "AllowedCPUs\tay\t0702\n"
		      "TasksMax\tt\t40\n");
	assert_limits(&r, false,
		      "MemoryLimit\tt\t67108864\n"
		      "CPUShares\tt\t2048\n"
		      "CPUQuotaPeriodUSec\tt\t200000\n"
		      "CPUQuotaPerSecUSec\tt\t250000\n"
		      "TasksMax\tt\t40\n"
		      "BlockIOWeight\tt\t500\n");
}

static void unlimited_is_the_largest_number(void **state)
{
	const struct spec_resources r = { .memory_limit = number(-1),
					  .memory_swap = number(-1),
					  .cpu_quota = number(-1),
					  .pids_limit = number(-1) };

	(void)state;
	assert_limits(&r, true,
		      "MemoryMax\tt\t18446744073709551615\n"
		      "MemorySwapMax\tt\t18446744073709551615\n"
		      "CPUQuotaPerSecUSec\tt\t18446744073709551615\n"
		      "TasksMax\tt\t18446744073709551615\n");
}

static void a_quota_is_rounded_up_to_a_percent(void **state)
{
	const struct spec_resources r = { .cpu_quota = number(33333) };

	(void)state;
	assert_limits(&r, true, "CPUQuotaPerSecUSec\tt\t340000\n");
}

static void idle_is_a_weight_of_zero(void **state)
{
	const struct spec_resources r = { .cpu_idle = number(1), .cpu_shares = number(1024) };

	(void)state;
	assert_limits(&r, true, "CPUWeight\tt\t0\n");
}

static void assert_annotation(const char *annotation, const char *expected)
{
	AUTO_STR struct str out = { 0 };
	struct err e = { 0 };

	if (systemd_property_annotation(annotation, &out, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(str_text(&out), expected);
}

static void annotations_have_types(void **state)
{
	(void)state;
	assert_annotation("org.systemd.property.TimeoutStopUSec=uint64 7",
			  "TimeoutStopUSec\tt\t7\n");
	assert_annotation("org.systemd.property.TimeoutStopSec=uint64 7",
			  "TimeoutStopUSec\tt\t7000000\n");
	assert_annotation("org.systemd.property.SendSIGHUP=true", "SendSIGHUP\tb\ttrue\n");
	assert_annotation("org.systemd.property.CollectMode='inactive'",
			  "CollectMode\ts\tinactive\n");
	assert_annotation("org.systemd.property.Description=\"it's\"",
			  "Description\ts\tit's\n");
	assert_annotation("org.systemd.property.OOMScoreAdjust=-5", "OOMScoreAdjust\ti\t-5\n");
	assert_annotation("org.systemd.property.After=['a.service', \"b.service\"]",
			  "After\tas\ta.service\tb.service\n");
	assert_annotation("org.systemd.property.After=[]", "After\tas\n");
	assert_annotation("org.opencontainers.image.title=x", "");
}

static void annotations_that_are_no_value_are_refused(void **state)
{
	static const char *const texts[] = {
		"org.systemd.property.X=",
		"org.systemd.property.=true",
		"org.systemd.property.a-b=true",
		"org.systemd.property.X=truely",
		"org.systemd.property.X='open",
		"org.systemd.property.X='a' b",
		"org.systemd.property.X='a\tb'",
		"org.systemd.property.X='a\nPIDs'",
		"org.systemd.property.X=['a'",
		"org.systemd.property.X=['a' 'b']",
		"org.systemd.property.X=uint32 4294967296",
		"org.systemd.property.XSec=-1",
		"org.systemd.property.XSec=uint64 18446744073709551615",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		AUTO_STR struct str out = { 0 };
		struct err e = { 0 };

		if (systemd_property_annotation(texts[i], &out, &e) != -EINVAL)
			fail_msg("%s: taken", texts[i]);
		assert_non_null(strstr(e.text, "annotations: "));
	}
}

static void a_scope_is_delegated_and_in_its_slice(void **state)
{
	AUTO_STR struct str out = { 0 };
	struct cgroup_scope scope = { 0 };
	const struct spec spec = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(cgroup_path_scope("a.slice:runc:x", "x", false, &scope, &e), 0);
	assert_int_equal(systemd_properties_scope(&scope, &spec, true, &out, &e), 0);
	assert_non_null(strstr(str_text(&out), "Slice\ts\ta.slice\n"));
	assert_non_null(strstr(str_text(&out), "Delegate\tb\ttrue\n"));
	assert_non_null(strstr(str_text(&out), "DefaultDependencies\tb\tfalse\n"));
	assert_non_null(strstr(str_text(&out), "DevicePolicy\ts\tauto\n"));
	str_clear(&out);
	assert_int_equal(systemd_properties_scope(&scope, &spec, false, &out, &e), 0);
	assert_non_null(strstr(str_text(&out), "DevicePolicy\ts\tstrict\n"));
	assert_non_null(strstr(str_text(&out), "\t/dev/char/1:3\trwm"));
	assert_non_null(strstr(str_text(&out), "\tchar-pts\trwm"));
}

static void lists_of_processors(void **state)
{
	static const char *const wrong[] = { "a", "1-", "-1", "3-1", "8192", "1,,2", "1 2" };
	uint8_t bits[CGROUP_CPUS_MAX / 8];
	size_t bytes;

	(void)state;
	assert_int_equal(cgroup_cpus_parse("0,9-10", bits, &bytes), 0);
	assert_int_equal(bytes, 2);
	assert_int_equal(bits[0], 1);
	assert_int_equal(bits[1], 6);
	assert_int_equal(cgroup_cpus_parse("8191\n", bits, &bytes), 0);
	assert_int_equal(bytes, CGROUP_CPUS_MAX / 8);
	assert_int_equal(cgroup_cpus_parse("", bits, &bytes), 0);
	assert_int_equal(bytes, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_true(cgroup_cpus_parse(wrong[i], bits, &bytes) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_set_is_not_said),
		cmocka_unit_test(limits_have_other_names_on_v1),
		cmocka_unit_test(unlimited_is_the_largest_number),
		cmocka_unit_test(a_quota_is_rounded_up_to_a_percent),
		cmocka_unit_test(idle_is_a_weight_of_zero),
		cmocka_unit_test(annotations_have_types),
		cmocka_unit_test(annotations_that_are_no_value_are_refused),
		cmocka_unit_test(a_scope_is_delegated_and_in_its_slice),
		cmocka_unit_test(lists_of_processors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
