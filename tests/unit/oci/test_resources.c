/*
 * Limits of `update`: flags to JSON, and JSON into the config that is kept.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "oci/resources_patch.h"
#include "oci/update_options.h"

static void flags_give(const char *const *argv, const char *wanted)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str out = { 0 };
	struct update_options options = { 0 };
	struct strv given = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };

	for (; *argv; argv++)
		strv_add(&given, &arena, *argv);
	assert_int_equal(option_parse(update_option_table, false, given.items, &options, &arena,
				      &args, &e),
			 OPTION_RUN);
	if (wanted) {
		assert_int_equal(update_options_json(&options, &out, &e), 0);
		assert_string_equal(str_text(&out), wanted);
	} else {
		assert_int_equal(update_options_json(&options, &out, &e), -EINVAL);
		assert_int_equal(e.kind, ERR_INVALID);
	}
}

#define FLAGS(...) ((const char *const[]){ "c", __VA_ARGS__, NULL })

static void each_flag_has_its_place(void **state)
{
	(void)state;
	flags_give((const char *const[]){ "c", NULL }, "{}");
	flags_give(FLAGS("--blkio-weight", "100", "--cpu-burst", "1", "--cpu-idle", "0",
			 "--cpu-period", "2", "--cpu-quota", "-1", "--cpu-rt-period", "3",
			 "--cpu-rt-runtime", "4", "--cpu-share", "5", "--cpuset-cpus", "0-1",
			 "--cpuset-mems", "0"),
		   "{\"blockIO\":{\"weight\":100},\"cpu\":{\"burst\":1,\"idle\":0,\"period\":2,"
		   "\"quota\":-1,\"realtimePeriod\":3,\"realtimeRuntime\":4,\"shares\":5,"
		   "\"cpus\":\"0-1\",\"mems\":\"0\"}}");
	flags_give(FLAGS("--kernel-memory", "1k", "--kernel-memory-tcp", "2k", "--memory", "1m",
			 "--memory-reservation", "512", "--memory-swap", "-1", "--pids-limit",
			 "7"),
		   "{\"memory\":{\"kernel\":1024,\"kernelTCP\":2048,\"limit\":1048576,"
		   "\"reservation\":512,\"swap\":-1},\"pids\":{\"limit\":7}}");
}

static void values_that_are_none_are_refused(void **state)
{
	(void)state;
	flags_give(FLAGS("--memory", "abc"), NULL);
	flags_give(FLAGS("--memory", "-2"), NULL);
	flags_give(FLAGS("--memory", ""), NULL);
	flags_give(FLAGS("--pids-limit", "7x"), NULL);
	flags_give(FLAGS("--pids-limit", "1k"), NULL);
	flags_give(FLAGS("--cpu-quota", "9223372036854775808"), NULL);
}

static void patched(const char *config, const char *patch, const char *wanted)
{
	AUTO_JSON struct json_object *o = NULL;
	AUTO_STR struct str out = { 0 };

	assert_int_equal(resources_patch_parse(patch, strlen(patch), &o, NULL), 0);
	assert_int_equal(resources_patch_config(config, strlen(config), o, &out, NULL), 0);
	assert_string_equal(str_text(&out), wanted);
}

static void what_is_named_changes_and_nothing_else(void **state)
{
	(void)state;
	patched("{}", "{\"pids\":{\"limit\":1}}",
		"{\"linux\":{\"resources\":{\"pids\":{\"limit\":1}}}}");
	patched("{\"a\":18446744073709551615,\"linux\":{\"b\":1,\"resources\":{\"memory\":"
		"{\"limit\":1,\"swap\":2},\"unified\":{\"x\":\"y\"}}}}",
		"{\"memory\":{\"limit\":3},\"unified\":{\"z\":\"w\"},\"devices\":[]}",
		"{\"a\":18446744073709551615,\"linux\":{\"b\":1,\"resources\":{\"memory\":"
		"{\"limit\":3,\"swap\":2},\"unified\":{\"x\":\"y\",\"z\":\"w\"},\"devices\":[]}"
		"}}");
	patched("{\"linux\":{\"resources\":{\"devices\":[1,2]}}}", "{\"devices\":[3]}",
		"{\"linux\":{\"resources\":{\"devices\":[3]}}}");
}

/* As docker writes them for what it leaves; what may be 0 stays. */
static void limits_of_zero_are_left_as_they_are(void **state)
{
	(void)state;
	patched("{\"linux\":{\"resources\":{\"memory\":{\"limit\":1}}}}",
		"{\"memory\":{\"limit\":0,\"swap\":0,\"reservation\":0,\"swappiness\":0},"
		"\"cpu\":{\"shares\":0,\"quota\":0,\"period\":0,\"idle\":0},"
		"\"pids\":{\"limit\":0},\"blockIO\":{\"weight\":0}}",
		"{\"linux\":{\"resources\":{\"memory\":{\"limit\":1,\"swappiness\":0},"
		"\"cpu\":{\"idle\":0},\"pids\":{},\"blockIO\":{}}}}");
}

static void what_is_no_object_is_refused(void **state)
{
	static const char *const patches[] = { "",    "[]", "1", "null", "{\"a\":1,\"a\":2}",
					       "{} x" };

	(void)state;
	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
		struct json_object *o = NULL;

		assert_true(resources_patch_parse(patches[i], strlen(patches[i]), &o, NULL) <
			    0);
		assert_null(o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_flag_has_its_place),
		cmocka_unit_test(values_that_are_none_are_refused),
		cmocka_unit_test(what_is_named_changes_and_nothing_else),
		cmocka_unit_test(limits_of_zero_are_left_as_they_are),
		cmocka_unit_test(what_is_no_object_is_refused),
	};

	return cmocka_run_group_tests_name("resources", tests, NULL, NULL);
}
