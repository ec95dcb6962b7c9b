/*
 * What commands of hoy-runtime print, as texts: tests/golden/command/NAME.json.
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
#include "oci/spec_default.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_spec_is_runc_s),
		cmocka_unit_test(the_rootless_spec_is_runc_s),
		cmocka_unit_test(what_spec_writes_can_be_read),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
