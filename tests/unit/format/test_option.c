/*
 * Flags are read as docker (pflag) reads them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdint.h>
#include <string.h>

#include "format/option.h"

struct values {
	bool is_all;
	bool is_quiet;
	char *name;
	int64_t number;
	int64_t size;
	struct strv list;
	struct strv checked;
};

static int set_checked(void *values, struct arena *arena, const char *value, struct err *e)
{
	if (strcmp(value, "bad") == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "bad is not good");
	if (strcmp(value, "later") == 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "later is not supported yet");
	strv_add(&((struct values *)values)->checked, arena, value);
	return 0;
}

#define FIELD(name) offsetof(struct values, name)
static const struct option table[] = {
	{ "all", 'a', OPTION_BOOL, FIELD(is_all), NULL, NULL, "Everything" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Nothing" },
	{ "name", 'n', OPTION_TEXT, FIELD(name), NULL, NULL, "A name" },
	{ "number", 0, OPTION_INT, FIELD(number), NULL, NULL, "A number" },
	{ "size", 'm', OPTION_SIZE, FIELD(size), NULL, NULL, "A size" },
	{ "list", 'l', OPTION_LIST, FIELD(list), NULL, NULL, "Several" },
	{ "checked", 'c', OPTION_VALUE, 0, set_checked, NULL, "Checked" },
	{ "publish", 'p', OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "publish-all", 'P', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static struct arena arena;
static struct values values;
static struct strv args;
static struct err err;

/* The arguments in one text, separated by spaces; "''" is an empty one. */
static int parse_mode(const char *line, bool stops)
{
	static char text[1024];
	char *argv[32];
	char *rest = text;
	size_t count = 0;
	char *word;

	arena_done(&arena);
	values = (struct values){ 0 };
	args = (struct strv){ 0 };
	err = (struct err){ 0 };
	assert_int_equal(str_copy(text, sizeof(text), line), 0);
	while ((word = strsep(&rest, " ")) && count < 31) {
		if (word[0] != '\0')
			argv[count++] = strcmp(word, "''") == 0 ? word + 2 : word;
	}
	argv[count] = NULL;
	return option_parse(table, stops, argv, &values, &arena, &args, &err);
}

static int parse(const char *line)
{
	return parse_mode(line, false);
}

static void refuses(const char *line, const char *sentence)
{
	assert_int_equal(parse(line), -EINVAL);
	assert_string_equal(err.text, sentence);
}

static void long_flags_take_the_next_argument_or_what_follows_an_equals_sign(void **state)
{
	(void)state;
	assert_int_equal(parse("--name web --number=-3 --size 64m x"), 0);
	assert_string_equal(values.name, "web");
	assert_int_equal(values.number, -3);
	assert_int_equal(values.size, 64 << 20);
	assert_int_equal(args.count, 1);
	assert_int_equal(parse("--name=a=b"), 0);
	assert_string_equal(values.name, "a=b");
	assert_int_equal(parse("--name="), 0);
	assert_string_equal(values.name, "");
}

static void a_value_may_look_like_a_flag(void **state)
{
	(void)state;
	assert_int_equal(parse("--name --all -n -q"), 0);
	assert_string_equal(values.name, "-q");
	assert_false(values.is_all);
	assert_false(values.is_quiet);
}

static void short_flags_combine(void **state)
{
	(void)state;
	assert_int_equal(parse("-aq -nweb -l a -lb -l=c -aqn x"), 0);
	assert_true(values.is_all && values.is_quiet);
	assert_string_equal(values.name, "x");
	assert_int_equal(values.list.count, 3);
	assert_string_equal(values.list.items[1], "b");
	assert_string_equal(values.list.items[2], "c");
}

static void booleans_take_a_value_only_after_an_equals_sign(void **state)
{
	(void)state;
	assert_int_equal(parse("--all false"), 0);
	assert_true(values.is_all);
	assert_string_equal(args.items[0], "false");
	assert_int_equal(parse("--all --all=false -q=0"), 0);
	assert_false(values.is_all);
	assert_false(values.is_quiet);
	assert_int_equal(parse("-a=1 --quiet=T"), 0);
	assert_true(values.is_all && values.is_quiet);
}

static void flags_may_stand_behind_arguments(void **state)
{
	(void)state;
	assert_int_equal(parse("one -a two --name x three"), 0);
	assert_int_equal(args.count, 3);
	assert_true(values.is_all);
}

static void flags_end_at_the_first_argument_where_a_command_follows(void **state)
{
	(void)state;
	assert_int_equal(parse_mode("-a image -q --unknown -- x", true), 0);
	assert_true(values.is_all);
	assert_false(values.is_quiet);
	assert_int_equal(args.count, 5);
	assert_string_equal(args.items[3], "--");
}

static void two_dashes_end_flags_and_one_is_an_argument(void **state)
{
	(void)state;
	assert_int_equal(parse("-a -- -q --name"), 0);
	assert_int_equal(args.count, 2);
	assert_false(values.is_quiet);
	assert_int_equal(parse("- -a ''"), 0);
	assert_string_equal(args.items[0], "-");
	assert_string_equal(args.items[1], "");
}

static void nothing_may_be_abbreviated(void **state)
{
	(void)state;
	refuses("--al", "unknown flag: --al");
	refuses("--nam=x", "unknown flag: --nam");
	refuses("-x", "unknown shorthand flag: 'x' in -x");
	refuses("-axq", "unknown shorthand flag: 'x' in -axq");
}

static void docker_sentences_for_what_is_wrong(void **state)
{
	(void)state;
	refuses("--name", "flag needs an argument: --name");
	refuses("-aqn", "flag needs an argument: 'n' in -aqn");
	refuses("--=x", "bad flag syntax: --=x");
	refuses("---x", "bad flag syntax: ---x");
	refuses("-a=maybe", "invalid argument \"maybe\" for \"-a, --all\" flag: "
			    "strconv.ParseBool: parsing \"maybe\": invalid syntax");
	refuses("--number 1x", "invalid argument \"1x\" for \"--number\" flag: "
			       "strconv.ParseInt: parsing \"1x\": invalid syntax");
	refuses("--number 99999999999999999999",
		"invalid argument \"99999999999999999999\" for \"--number\" flag: "
		"strconv.ParseInt: parsing"
		" \"99999999999999999999\": value out of range");
	refuses("-m x", "invalid argument \"x\" for \"-m, --size\" flag: invalid size: 'x'");
	refuses("-m -1", "invalid argument \"-1\" for \"-m, --size\" flag: invalid size: '-1'");
	refuses("-c bad",
		"invalid argument \"bad\" for \"-c, --checked\" flag: bad is not good");
	refuses("--name \xff",
		"invalid argument \"\\xff\" for \"-n, --name\" flag: invalid UTF-8");
}

static void what_is_known_and_not_here_is_refused_by_name(void **state)
{
	(void)state;
	assert_int_equal(parse("--publish 80:80"), -EOPNOTSUPP);
	assert_int_equal(err.kind, ERR_UNSUPPORTED);
	assert_string_equal(err.text, "--publish is not supported yet");
	assert_int_equal(parse("-aP"), -EOPNOTSUPP);
	assert_string_equal(err.text, "--publish-all is not supported yet");
	assert_int_equal(parse("-c later"), -EOPNOTSUPP);
	assert_string_equal(err.text, "--checked later is not supported yet");
}

static void help_is_asked_for_anywhere(void **state)
{
	(void)state;
	assert_int_equal(parse("x --help"), OPTION_WANTS_HELP);
	assert_int_equal(parse("-ah"), OPTION_WANTS_HELP);
	assert_int_equal(parse("--name --help"), 0);
}

static void values_in_sentences_are_cut_and_escaped(void **state)
{
	AUTO_STR struct str out = { 0 };
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	option_quote(text, &out);
	assert_true(out.len < 220);
	str_clear(&out);
	option_quote("a\n\"\\\033", &out);
	assert_string_equal(str_text(&out), "\"a\\n\\\"\\\\\\x1b\"");
}

static void help_lists_flags_by_name_in_two_columns(void **state)
{
	AUTO_STR struct str out = { 0 };

	(void)state;
	option_help(table, 80, &out);
	assert_string_equal(str_text(&out), "Options:\n"
					    "  -a, --all              Everything\n"
					    "  -c, --checked string   Checked\n"
					    "  -l, --list list        Several\n"
					    "  -n, --name string      A name\n"
					    "      --number int       A number\n"
					    "  -q, --quiet            Nothing\n"
					    "  -m, --size bytes       A size\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			long_flags_take_the_next_argument_or_what_follows_an_equals_sign),
		cmocka_unit_test(a_value_may_look_like_a_flag),
		cmocka_unit_test(short_flags_combine),
		cmocka_unit_test(booleans_take_a_value_only_after_an_equals_sign),
		cmocka_unit_test(flags_may_stand_behind_arguments),
		cmocka_unit_test(flags_end_at_the_first_argument_where_a_command_follows),
		cmocka_unit_test(two_dashes_end_flags_and_one_is_an_argument),
		cmocka_unit_test(nothing_may_be_abbreviated),
		cmocka_unit_test(docker_sentences_for_what_is_wrong),
		cmocka_unit_test(what_is_known_and_not_here_is_refused_by_name),
		cmocka_unit_test(help_is_asked_for_anywhere),
		cmocka_unit_test(values_in_sentences_are_cut_and_escaped),
		cmocka_unit_test(help_lists_flags_by_name_in_two_columns),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_done(&arena);
	return failed;
}
