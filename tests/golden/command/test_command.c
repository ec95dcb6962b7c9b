/*
 * What commands of hoy-runtime print, as texts: files of tests/golden/command.
 *
 * HOY_GOLDEN_UPDATE=1 writes the texts anew, to be read before they are committed. Runs from the
 * top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "oci/container_table.h"
#include "oci/spec_default.h"
#include "oci/stats_json.h"
#include "spec/runtime_spec_read.h"

static void golden_compare(const char *file, struct str *text)
{
	AUTO_CLOSE int dir = open("tests/golden/command", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE char *expected = NULL;

	str_add_char(text, '\n');
	if (getenv("HOY_GOLDEN_UPDATE"))
		assert_int_equal(
			file_replace(dir, file, text->data, text->len, 0644, FILE_FAST), 0);
	assert_int_equal(file_read(dir, file, SPEC_CONFIG_MAX, &expected, NULL), 0);
	assert_string_equal(str_text(text), expected);
}

static void the_default_spec_is_runc_s(void **state)
{
	AUTO_STR struct str text = { 0 };

	(void)state;
	spec_default_print(&(struct spec_default){ 0 }, &text);
	golden_compare("spec.json", &text);
}

static void the_rootless_spec_is_runc_s(void **state)
{
	AUTO_STR struct str text = { 0 };

	(void)state;
	spec_default_print(
		&(struct spec_default){
			.is_rootless = true, .is_cgroup_v2 = true, .uid = 1000, .gid = 100 },
		&text);
	golden_compare("spec_rootless.json", &text);
}

static void what_spec_writes_can_be_read(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		const struct spec_default request = { .is_rootless = i & 1,
						      .is_cgroup_v2 = i & 2 };
		AUTO_ARENA struct arena arena = { 0 };
		AUTO_STR struct str text = { 0 };
		struct strv warnings = { 0 };
		struct spec spec;
		struct err e = { 0 };

		spec_default_print(&request, &text);
		if (spec_parse(text.data, text.len, &arena, &spec, &warnings, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(warnings.count, 0);
	}
}

/* A number of its own in each field, so that none can stand for another. */
static void statistics_are_runc_s(void **state)
{
	uint64_t percpu[] = { 11, 12 };
	uint16_t cpus[] = { 0, 3 };
	struct cgroup_counter raw[] = { { "anon", 41 }, { "file", 42 } };
	struct cgroup_block_entry bytes[] = { { 8, 0, "Read", 51 }, { 0, 0, "", 52 } };
	struct cgroup_hugetlb_stats huge[] = { { "2MB", 61, 62, 63 }, { "1GB", 0, 0, 0 } };
	struct cgroup_pressure pressure = { .is_set = true,
					    .some = { 0.5, 1.25, 99.99, 71 },
					    .full = { 0, 0, 100, 72 } };
	const struct cgroup_stats stats = {
		.cpu = { 1,
			 2,
			 3,
			 { percpu, 2 },
			 { percpu, 1 },
			 { percpu, 2 },
			 4,
			 5,
			 6,
			 pressure },
		.has_cpuset = true,
		.cpuset = { { cpus, 2 }, { cpus, 1 }, 21, 22, 23, 24, 25, 26, 27, 28, -1 },
		.memory = { 31,
			    { 32, 33, 34, 35 },
			    { 36, 37, 38, CGROUP_UNLIMITED },
			    { 39, 0, 0, 0 },
			    { 0, 0, 40, 0 },
			    raw,
			    2,
			    { 0 } },
		.pids = { 45, 46 },
		.block = { .service_bytes = { bytes, 2 }, .sectors = { bytes, 1 } },
		.hugetlb = huge,
		.hugetlb_count = 2,
	};
	const struct cgroup_stats nothing = { 0 };
	AUTO_STR struct str text = { 0 };

	(void)state;
	stats_json_print("full", &stats, &text);
	stats_json_print("empty", &nothing, &text);
	stats_json_oom("a \"b\"", &text);
	golden_compare("events.json", &text);
}

static void the_list_is_runc_s(void **state)
{
	const struct container_row rows[] = {
		{ "a",
		  { .pid = 7,
		    .bundle = "/b",
		    .root = "/b/rootfs",
		    .created_ns = 1700000000123456789,
		    .owner = "root" },
		  OCI_RUNNING },
		{ "a-long-name-of-one",
		  { .pid = 8,
		    .bundle = "/a/long/path/\tof\na bundle",
		    .root = "/r",
		    .created_ns = 1700000000000000000,
		    .owner = "1000" },
		  OCI_STOPPED },
	};
	AUTO_STR struct str text = { 0 };

	(void)state;
	container_table_print(rows, 2, &text);
	container_table_print(rows, 0, &text);
	container_table_json(rows, 2, &text);
	container_table_json(rows, 0, &text);
	golden_compare("list.txt", &text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_spec_is_runc_s),
		cmocka_unit_test(the_rootless_spec_is_runc_s),
		cmocka_unit_test(what_spec_writes_can_be_read),
		cmocka_unit_test(statistics_are_runc_s),
		cmocka_unit_test(the_list_is_runc_s),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
