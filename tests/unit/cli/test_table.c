/*
 * Tables are aligned as Go's tabwriter aligns them for docker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdint.h>

#include "cli/listing.h"

static void aligns(const char *text, const char *expected)
{
	AUTO_STR struct str out = { 0 };

	table_align(text, &out);
	assert_string_equal(str_text(&out), expected);
}

static void cells_are_three_spaces_apart_and_ten_wide_at_least(void **state)
{
	(void)state;
	aligns("ID\tNAME\n12345678\tx\n", "ID         NAME\n12345678   x\n");
	aligns("A\tB\n1\t2\n", "A         B\n1         2\n");
}

static void the_last_cell_is_not_padded(void **state)
{
	(void)state;
	aligns("A\tlong name here\n1\tx\n", "A         long name here\n1         x\n");
}

static void empty_cells_keep_their_width(void **state)
{
	(void)state;
	aligns("PORTS\tNAMES\n\tweb\n", "PORTS     NAMES\n          web\n");
}

static void a_line_with_fewer_cells_ends_a_column(void **state)
{
	(void)state;
	aligns("aaaaaaaaaaaa\tb\nc\nd\te\n", "aaaaaaaaaaaa   b\nc\nd         e\n");
}

static void width_is_counted_in_characters(void **state)
{
	(void)state;
	aligns("\xe2\x80\xa6\xe2\x80\xa6\xe2\x80\xa6\tx\nabc\ty\n",
	       "\xe2\x80\xa6\xe2\x80\xa6\xe2\x80\xa6       x\nabc       y\n");
}

static void nothing_gives_nothing(void **state)
{
	(void)state;
	aligns("", "");
	aligns("\n", "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_are_three_spaces_apart_and_ten_wide_at_least),
		cmocka_unit_test(the_last_cell_is_not_padded),
		cmocka_unit_test(empty_cells_keep_their_width),
		cmocka_unit_test(a_line_with_fewer_cells_ends_a_column),
		cmocka_unit_test(width_is_counted_in_characters),
		cmocka_unit_test(nothing_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
