/*
 * TOML: what is read, what it means, and what is refused where.
 *
 * Runs in: tests.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/toml.h"

static const struct toml *parse(const char *text, struct arena *arena)
{
	const struct toml *document = NULL;
	struct err e = { 0 };

	if (toml_parse(text, strlen(text), 1 << 20, "f", arena, &document, &e) < 0)
		fail_msg("%s: %s", text, e.text);
	return document;
}

/* The value at a path of keys and, for an item of an array, "#N". */
static const struct toml *at(const struct toml *value, const char *path)
{
	char copy[128];
	char *rest = copy;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	for (char *part = strsep(&rest, "/"); part && value; part = strsep(&rest, "/")) {
		if (part[0] != '#') {
			value = toml_get(value, part);
			continue;
		}
		value = value->first;
		for (long n = strtol(part + 1, NULL, 10); n > 0 && value; n--)
			value = value->next;
	}
	if (!value)
		fail_msg("there is no %s", path);
	return value;
}

static void assert_text(const struct toml *document, const char *path, const char *text)
{
	const struct toml *value = at(document, path);

	assert_int_equal(value->kind, TOML_TEXT);
	assert_string_equal(value->text, text);
}

static void a_registries_conf_is_read(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct toml *d = parse("# comment\r\n"
				     "unqualified-search-registries = [\n"
				     "  \"a.io\", # first\n"
				     "  'b.io',\n"
				     "]\n"
				     "\n"
				     "[[registry]]\n"
				     "prefix = \"docker.io\"\n"
				     "location = \"hub\"\n"
				     "insecure = true\n"
				     "[[registry.mirror]]\n"
				     "location = \"m1\"\n"
				     "[[registry.mirror]]\n"
				     "location = \"m2\" # last\n"
				     "[[registry]]\n"
				     "location = \"evil.io\"\n"
				     "blocked=true\n"
				     "[aliases]\n"
				     "\"team/app\" = \"r.io/team/app\"\n"
				     "x = ''",
				     &arena);

	(void)state;
	assert_text(d, "unqualified-search-registries/#0", "a.io");
	assert_text(d, "unqualified-search-registries/#1", "b.io");
	assert_text(d, "registry/#0/prefix", "docker.io");
	assert_true(at(d, "registry/#0/insecure")->is_true);
	assert_text(d, "registry/#0/mirror/#0/location", "m1");
	assert_text(d, "registry/#0/mirror/#1/location", "m2");
	assert_null(toml_get(at(d, "registry/#0"), "blocked"));
	assert_true(at(d, "registry/#1/blocked")->is_true);
	assert_int_equal(at(d, "registry/#1/blocked")->line, 17);
	/* A slash in a key cannot be spelled in a path of these tests. */
	assert_string_equal(toml_get(at(d, "aliases"), "team/app")->text, "r.io/team/app");
	assert_text(d, "aliases/x", "");
}

static void strings_of_every_kind_are_read(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct toml *d = parse("a = \"tab\\t quote\\\" \\u00e9 \\U0001F600\"\n"
				     "b = 'C:\\raw'\n"
				     "c = \"\"\"\n"
				     "one\r\n"
				     "two \\\n"
				     "   \n"
				     "  three\"\"\"\"\n"
				     "d = '''\n"
				     "'quoted' \\n'''\n"
				     "e = \"\"\n"
				     "f = \"\"\"\"\"\"\n",
				     &arena);

	(void)state;
	assert_text(d, "a", "tab\t quote\" \xc3\xa9 \xf0\x9f\x98\x80");
	assert_text(d, "b", "C:\\raw");
	assert_text(d, "c", "one\r\ntwo three\"");
	assert_text(d, "d", "'quoted' \\n");
	assert_text(d, "e", "");
	assert_text(d, "f", "");
	assert_int_equal(at(d, "d")->line, 8);
}

static void numbers_are_read_exactly(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct toml *d =
		parse("a = 9223372036854775807\nb = -9223372036854775808\n"
		      "c = +1_000\nd = 0xdead_beef\ne = 0o755\nf = 0b101\n"
		      "g = 6.5\nh = -1e3\ni = 1_0.2_5E+1_0\nj = -inf\nk = nan\nl = 0\n",
		      &arena);

	(void)state;
	assert_true(at(d, "a")->integer == INT64_MAX && at(d, "b")->integer == INT64_MIN);
	assert_int_equal(at(d, "c")->integer, 1000);
	assert_int_equal(at(d, "d")->integer, 0xdeadbeef);
	assert_int_equal(at(d, "e")->integer, 0755);
	assert_int_equal(at(d, "f")->integer, 5);
	assert_true(at(d, "g")->number == 6.5 && at(d, "h")->number == -1000.0);
	assert_true(at(d, "i")->number == 10.25e10);
	assert_true(isinf(at(d, "j")->number) && isnan(at(d, "k")->number));
	assert_int_equal(at(d, "l")->kind, TOML_INTEGER);
}

static void tables_are_put_together_from_their_parts(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct toml *d = parse("a.b.c = 1\na.b.\"d.e\" = 2\n"
				     "point = { x = 1, y.z = 'q', w = {} }\n"
				     "[t.u.v]\nk = 1\n"
				     "[t]\nk = 2\n"
				     "[t . 'u' . w]\nk = 3\n"
				     "[[l]]\n[l.s]\nk = 4\n[[l]]\n[l.s]\nk = 5\n",
				     &arena);

	(void)state;
	assert_int_equal(at(d, "a/b/c")->integer, 1);
	assert_int_equal(at(d, "a/b/d.e")->integer, 2);
	assert_text(d, "point/y/z", "q");
	assert_int_equal(at(d, "point/w")->kind, TOML_TABLE);
	assert_int_equal(at(d, "t/u/v/k")->integer, 1);
	assert_int_equal(at(d, "t/k")->integer, 2);
	assert_int_equal(at(d, "t/u/w/k")->integer, 3);
	assert_int_equal(at(d, "l/#0/s/k")->integer, 4);
	assert_int_equal(at(d, "l/#1/s/k")->integer, 5);
}

static void what_is_wrong_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} examples[] = {
		{ "a = 1\na = 2\n", "f: line 2: a: stands here twice" },
		{ "[a]\n[b]\n[a]\n", "f: line 3: a: stands here twice" },
		{ "a = 1\n[a]\n", "f: line 2: a: stands here twice" },
		{ "a = [1]\n[[a]]\n", "f: line 2: a: stands here twice" },
		{ "[a]\n[[a]]\n", "f: line 2: a: stands here twice" },
		{ "[[a]]\n[a]\n", "f: line 2: a: stands here twice" },
		{ "a = {b = 1}\na.c = 2\n", "f: line 2: a: cannot be added to here" },
		{ "a = {b = 1}\n[a.c]\n", "f: line 2: a: is a value, no table" },
		{ "a = {b.c = 1, b.c.d = 1}\n", "f: line 1: c: cannot be added to here" },
		{ "[a.b.c]\nz = 9\n[a]\nb.c.t = 1\n", "f: line 4: b: cannot be added to here" },
		{ "[a]\nb.c = 1\n[a.b]\n", "f: line 3: b: stands here twice" },
		{ "a.b = 1\na.b.c = 2\n", "f: line 2: b: cannot be added to here" },
		{ "a 1\n", "f: line 1: expected = behind the key" },
		{ "a =\n", "f: line 1: expected a value" },
		{ "a = 1 b = 2\n", "f: line 1: something stands behind the end of the value" },
		{ "= 1\n", "f: line 1: expected a key" },
		{ "a = \"x\n\"\n", "f: line 1: a string has no end on its line" },
		{ "a = \"\"\"x\n\n", "f: line 3: a string has no end" },
		{ "a = \"\"\"\"\"\"\"\"\"\n", "f: line 1: too many quotes end a string" },
		{ "a = \"\\x41\"\n", "f: line 1: an escape is not known" },
		{ "a = \"\\ud800\"\n", "f: line 1: an escape names no character" },
		{ "a = \"\\u0000\"\n", "f: line 1: an escape names no character" },
		{ "a = \"\\u00g0\"\n",
		  "f: line 1: an escape has a digit that is not hexadecimal" },
		{ "a = 01\n", "f: line 1: expected a value" },
		{ "a = 1__0\n", "f: line 1: expected a value" },
		{ "a = 1_\n", "f: line 1: expected a value" },
		{ "a = 1.\n", "f: line 1: expected a value" },
		{ "a = .5\n", "f: line 1: expected a value" },
		{ "a = -0x1\n", "f: line 1: expected a value" },
		{ "a = 0x\n", "f: line 1: expected a value" },
		{ "a = True\n", "f: line 1: expected a value" },
		{ "a = 9223372036854775808\n", "f: line 1: a number is too large" },
		{ "\na = 1979-05-27T07:32:00Z\n", "f: line 2: dates are not read here" },
		{ "a = 07:32:00\n", "f: line 1: dates are not read here" },
		{ "a = [1 2]\n", "f: line 1: expected , or ] in an array" },
		{ "a = [1,\n\n2\n", "f: line 4: expected , or ] in an array" },
		{ "a = {b = 1,}\n", "f: line 1: expected a key" },
		{ "a = {b = 1\n}\n", "f: line 1: expected , or } in an inline table" },
		{ "[a\n", "f: line 1: expected ] behind the table's name" },
		{ "[[a]\n", "f: line 1: expected ]] behind the table's name" },
		{ "[]\n", "f: line 1: expected a key" },
		{ "a = 1\nb = \"\x01\"\n", "f: line 2: a control character" },
		{ "a = 1\rb = 2\n", "f: line 1: something stands behind the end of the value" },
		{ "\r", "f: line 1: a carriage return without a line feed" },
		{ "a = \"\xff\"\n", "f: not valid UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		AUTO_ARENA struct arena arena = { 0 };
		const struct toml *document = NULL;
		struct err e = { 0 };

		if (toml_parse(examples[i].text, strlen(examples[i].text), 1 << 20, "f", &arena,
			       &document, &e) == 0)
			fail_msg("accepted: %s", examples[i].text);
		assert_null(document);
		assert_string_equal(e.text, examples[i].sentence);
		assert_int_equal(e.kind, ERR_INVALID);
	}
}

static void size_count_and_depth_are_limited(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str many = { 0 };
	AUTO_STR struct str deep = { 0 };
	AUTO_STR struct str path = { 0 };
	const struct toml *document = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(toml_parse("a = 1\n", 6, 5, "f", &arena, &document, &e), -EFBIG);
	assert_string_equal(e.text, "f: larger than 5 bytes");
	str_add(&many, "a = [");
	for (int i = 0; i < TOML_VALUES_MAX; i++)
		str_add(&many, "1,");
	str_add(&many, "]");
	assert_int_equal(toml_parse(many.data, many.len, 1 << 20, "f", &arena, &document, &e),
			 -EINVAL);
	assert_string_equal(e.text, "f: line 1: there are too many values in this file");
	str_add(&deep, "a = ");
	for (int i = 0; i <= TOML_DEPTH_MAX; i++)
		str_add(&deep, "[");
	assert_int_equal(toml_parse(deep.data, deep.len, 1 << 20, "f", &arena, &document, &e),
			 -EINVAL);
	assert_string_equal(e.text, "f: line 1: arrays and tables are nested too deeply");
	for (int i = 0; i <= TOML_DEPTH_MAX; i++)
		str_add(&path, "a.");
	assert_int_equal(toml_parse(path.data, path.len, 1 << 20, "f", &arena, &document, &e),
			 -EINVAL);
	assert_string_equal(e.text, "f: line 1: the key has too many parts");
}

static void a_value_of_another_type_is_named_with_its_line(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct toml *d = parse("a = 1\nb = [\"x\",\n2]\nc = true\n", &arena);
	const struct toml *array = NULL;
	const char *text = "kept";
	bool is_true = false;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(toml_get_text(d, "none", "f", &text, &e), 0);
	assert_string_equal(text, "kept");
	assert_int_equal(toml_get_text(d, "a", "f", &text, &e), -EINVAL);
	assert_string_equal(e.text, "f: line 1: a: expected a string, found an integer");
	assert_int_equal(toml_get_array(d, "b", TOML_TEXT, "f", &array, &e), -EINVAL);
	assert_string_equal(e.text, "f: line 3: b: expected a string, found an integer");
	assert_int_equal(toml_get_bool(d, "c", "f", &is_true, &e), 0);
	assert_true(is_true);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registries_conf_is_read),
		cmocka_unit_test(strings_of_every_kind_are_read),
		cmocka_unit_test(numbers_are_read_exactly),
		cmocka_unit_test(tables_are_put_together_from_their_parts),
		cmocka_unit_test(what_is_wrong_is_refused_with_its_line),
		cmocka_unit_test(size_count_and_depth_are_limited),
		cmocka_unit_test(a_value_of_another_type_is_named_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
