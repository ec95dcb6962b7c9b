/*
 * Templates: what Go and docker print for the same text and value.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fd.h"
#include "format/json.h"
#include "format/template.h"

static const char document[] =
	"{\"Id\":\"0123456789abcdef\",\"Name\":\"/"
	"web\",\"State\":{\"Running\":true,\"Pid\":42,\"ExitCode\":0,\"Error\":\"\"},"
	"\"Config\":{\"Cmd\":[\"sleep\",\"1 "
	"0\"],\"Labels\":{\"b.c\":\"two\",\"a\":\"one\"},\"Entrypoint\":null,\"Volumes\":{}},"
	"\"NetworkSettings\":{\"Networks\":{\"y\":{\"IP\":\"10.0.0.2\"},\"x\":{\"IP\":\"10.0.0."
	"1\"}},\"Ports\":null},"
	"\"Mounts\":[{\"Source\":\"/a\",\"RW\":true},{\"Source\":\"/"
	"b\",\"RW\":false}],\"Big\":18446744073709551615,"
	"\"Half\":0.5,\"Mixed\":[1,\"x\",null,true,{\"k\":[]}],\"Word\":\"h\xc3\xa9llo <&>\"}";

struct example {
	const char *template;
	const char *expected; /* the output, or the sentence */
};

static void check(const struct example *example, bool is_good)
{
	AUTO_JSON struct json_object *value = NULL;
	AUTO_STR struct str out = { 0 };
	struct template *template = NULL;
	struct err e = { 0 };
	int r;

	assert_int_equal(
		json_parse(document, sizeof(document) - 1, 10000, "test", &value, NULL), 0);
	r = template_parse(example->template, &template, &e);
	if (r == 0)
		r = template_run(template, value, &out, &e);
	template_free(template);
	if ((r == 0) != is_good ||
	    strcmp(is_good ? str_text(&out) : e.text, example->expected) != 0)
		fail_msg("%s\n  expected: %s\n  found:    %s%s", example->template,
			 example->expected, r == 0 ? "" : "(error) ",
			 r == 0 ? str_text(&out) : e.text);
	if (!is_good)
		assert_int_equal(e.kind, ERR_INVALID);
}

#define CHECK_ALL(examples, is_good)                                          \
	for (size_t i = 0; i < sizeof(examples) / sizeof((examples)[0]); i++) \
	check(&(examples)[i], is_good)

static void fields_reach_into_objects(void **state)
{
	static const struct example examples[] = {
		{ "", "" },
		{ "plain } text {", "plain } text {" },
		{ "{{.Id}}", "0123456789abcdef" },
		{ "{{ .State.Pid }}/{{.State.Running}}", "42/true" },
		{ "{{.State.Error}}|", "|" },
		{ "{{.Config.Cmd}}", "[sleep 1 0]" },
		{ "{{.Config.Labels}}", "map[a:one b.c:two]" },
		{ "{{.Config.Labels.a}}", "one" },
		{ "{{.Config.Labels.nope}}", "<no value>" },
		{ "{{.NetworkSettings.Networks.x.IP}}", "10.0.0.1" },
		{ "{{.NetworkSettings.Networks.nope.IP}}", "<no value>" },
		{ "{{.NetworkSettings.Ports.x}}", "<no value>" },
		{ "{{.Config.Entrypoint}}", "[]" },
		{ "{{.Config.Healthcheck}} {{.Config.StopSignal}} {{if .State.Health}}x{{end}}",
		  "<nil>  " },
		{ "{{.Variant}}{{.OsVersion}}{{if .Variant}}x{{else}}none{{end}}", "none" },
		{ "{{json .Config.StopSignal}} {{eq .Variant \"\"}} {{printf \"<%s>\" "
		  ".Variant}}",
		  "\"\" true <>" },
		{ "{{.ID}} {{slice .ID 0 4}}", "0123456789abcdef 0123" },
		{ "{{.Config.Labels.ID}}", "<no value>" },
		{ "{{.Config.Volumes}}", "map[]" },
		{ "{{.Big}} {{.Half}}", "18446744073709551615 0.5" },
		{ "{{.Mixed}}", "[1 x <nil> true map[k:[]]]" },
		{ "{{(index .Mounts 1).Source}}", "/b" },
		{ "{{$.Name}}{{with .State}}{{.Pid}}{{$.Name}}{{end}}", "/web42/web" },
		{ "{{.Config.Labels \"b.c\"}}{{.Config.Labels \"nope\"}}", "two" },
		{ "{{\"a\" | .Config.Labels}}", "one" },
	};

	(void)state;
	CHECK_ALL(examples, true);
}

static void index_and_len_and_slice(void **state)
{
	static const struct example examples[] = {
		{ "{{index .Config.Cmd 1}}", "1 0" },
		{ "{{index .Config.Labels \"b.c\"}}", "two" },
		{ "{{index .Config.Labels \"nope\"}}|", "|" },
		{ "{{index .NetworkSettings.Ports \"80/tcp\"}}|", "|" },
		{ "{{index .State \"nope\"}}|", "<no value>|" },
		{ "{{index .NetworkSettings.Networks \"x\" \"IP\"}}", "10.0.0.1" },
		{ "{{(index .NetworkSettings.Networks \"y\").IP}}", "10.0.0.2" },
		{ "{{index \"abc\" 1}}", "98" },
		{ "{{len .Config.Cmd}}{{len .Config.Labels}}{{len .Name}}{{len "
		  ".NetworkSettings.Ports}}",
		  "2240" },
		{ "{{slice .Id 0 12}}", "0123456789ab" },
		{ "{{slice .Id 12}}", "cdef" },
		{ "{{slice .Mixed 0 2}}", "[1 x]" },
	};

	(void)state;
	CHECK_ALL(examples, true);
}

static void control_flow(void **state)
{
	static const struct example examples[] = {
		{ "{{if .State.Running}}up{{else}}down{{end}}", "up" },
		{ "{{if .State.ExitCode}}x{{else if .State.Pid}}y{{else}}z{{end}}", "y" },
		{ "{{if .State.Error}}x{{else if .State.ExitCode}}y{{else}}z{{end}}", "z" },
		{ "{{with .Config.Entrypoint}}x{{else}}none{{end}}", "none" },
		{ "{{with .Config.Entrypoint}}x{{else with .Name}}{{.}}{{end}}", "/web" },
		{ "{{with $x := .Name}}{{$x}}{{end}}", "/web" },
		{ "{{range .Mounts}}{{.Source}}:{{.RW}} {{end}}", "/a:true /b:false " },
		{ "{{range $i, $m := .Mounts}}{{$i}}={{$m.Source}} {{end}}", "0=/a 1=/b " },
		{ "{{range $m := .Mounts}}{{$m.Source}}{{end}}", "/a/b" },
		{ "{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}};{{end}}", "a:one;b.c:two;" },
		{ "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{$v.IP}};{{end}}",
		  "x 10.0.0.1;y 10.0.0.2;" },
		{ "{{range .NetworkSettings.Ports}}x{{else}}none{{end}}", "none" },
		{ "{{range .Config.Volumes}}x{{else}}none{{end}}", "none" },
		{ "{{range 3}}{{.}}{{end}}", "012" },
		{ "{{range $i, $m := .Mounts}}{{if $i}}, {{end}}{{.Source}}{{end}}", "/a, /b" },
		{ "{{range .Config.Cmd}}{{.}}{{if eq . \"sleep\"}}{{break}}{{end}}{{end}}",
		  "sleep" },
		{ "{{range 4}}{{if eq . 1 2}}{{continue}}{{end}}{{.}}{{end}}", "03" },
		{ "{{range .Mounts}}{{range $.Config.Cmd}}[{{.}}]{{end}}{{end}}",
		  "[sleep][1 0][sleep][1 0]" },
		{ "{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2" },
		{ "{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1" },
		{ "{{$n := 0}}{{range .Mounts}}{{$n = .Source}}{{end}}{{$n}}", "/b" },
	};

	(void)state;
	CHECK_ALL(examples, true);
}

static void comparisons_and_logic(void **state)
{
	static const struct example examples[] = {
		{ "{{eq .Name \"/web\"}}{{eq 1 2 1}}{{ne 1 2}}{{eq .State.Running true}}",
		  "truetruetruetrue" },
		{ "{{lt 1 2}}{{le 2 2}}{{gt 1 2}}{{ge \"b\" \"a\"}}", "truetruefalsetrue" },
		{ "{{gt .Big 1}}{{lt -1 .Big}}{{eq .Half 0.5}}", "truetruetrue" },
		{ "{{and 1 0 .Nope.Nope}}{{or 0 \"\" \"x\"}}{{not 0}}", "0xtrue" },
		{ "{{if and .State.Running (gt .State.Pid 1)}}y{{end}}", "y" },
		{ "{{or .Config.Entrypoint \"none\"}}", "none" },
		{ "{{eq .Config.Entrypoint nil}}{{eq .Name nil}}", "truefalse" },
		{ "{{.State.Pid | eq 42}}", "true" },
	};

	(void)state;
	CHECK_ALL(examples, true);
}

static void printing(void **state)
{
	static const struct example examples[] = {
		{ "{{print 1 2 \"a\" \"b\" 3}}|{{println 1 \"a\"}}|", "1 2ab3|1 a\n|" },
		{ "{{printf \"%s-%d-%v-%q-%t\" .Name 7 .Config.Cmd \"a\\\"b\" true}}",
		  "/web-7-[sleep 1 0]-\"a\\\"b\"-true" },
		{ "{{printf \"[%5s|%-5s|%05d|%+d|%x|%X|%.2s]\" \"ab\" \"ab\" 42 42 255 \"hi\" "
		  "\"h\xc3\xa9llo\"}}",
		  "[   ab|ab   |00042|+42|ff|6869|h\xc3\xa9]" },
		{ "{{printf \"%.2f %v %g %e\" 1.5 0.1 100000.0 1.5}}",
		  "1.50 0.1 100000 1.500000e+00" },
		{ "{{printf \"%d %s\" \"x\" 5}}", "%!d(string=x) %!s(int=5)" },
		{ "{{printf \"%d\"}} {{printf \"%d\" 1 2 \"x\"}}",
		  "%!d(MISSING) 1%!(EXTRA int=2, string=x)" },
		{ "{{printf \"100%%\"}} {{printf \"%\"}}", "100% %!(NOVERB)" },
		{ "{{printf \"%q %v\" .Config.Cmd .Config.Labels}}",
		  "[\"sleep\" \"1 0\"] map[a:one b.c:two]" },
		{ "{{printf \"%v %T\" nil .Name}}", "<nil> string" },
		{ "{{printf \"%c%c %U\" 'a' 233 233}}", "a\xc3\xa9 U+00E9" },
		{ "{{.Id | printf \"%.12s\"}}", "0123456789ab" },
		{ "{{1e3}} {{0x10}} {{-5}} {{1.25}} {{'a'}}", "1000 16 -5 1.25 97" },
		{ "{{\"\\x41\\u00e9\\t\\\\\"}}{{`raw\\n`}}", "A\xc3\xa9\t\\raw\\n" },
		{ "{{1e21}} {{1e20}} {{0.00001}}", "1e+21 100000000000000000000 1e-05" },
	};

	(void)state;
	CHECK_ALL(examples, true);
}

static void functions_of_docker(void **state)
{
	static const struct example examples[] = {
		{ "{{json .Config.Cmd}}", "[\"sleep\",\"1 0\"]" },
		{ "{{json .Config.Entrypoint}}{{json .Word}}{{json .Big}}",
		  "null\"h\xc3\xa9llo <&>\"18446744073709551615" },
		{ "{{.State | json}}",
		  "{\"Running\":true,\"Pid\":42,\"ExitCode\":0,\"Error\":\"\"}" },
		{ "{{join .Config.Cmd \",\"}}", "sleep,1 0" },
		{ "{{split \"a:b::c\" \":\"}}{{index (split \"a:b\" \":\") 1}}{{len (split "
		  "\"abc\" \"\")}}",
		  "[a b  c]b3" },
		{ "{{title \"hello big world\"}}{{upper \"aB\"}}{{lower \"aB\"}}",
		  "Hello Big WorldABab" },
		{ "{{pad \"x\" 2 3}}|{{pad \"\" 2 3}}|", "  x   ||" },
		{ "{{truncate .Id 4}}{{truncate \"ab\" 4}}", "0123ab" },
	};

	(void)state;
	CHECK_ALL(examples, true);
}

static void space_is_trimmed_where_asked(void **state)
{
	static const struct example examples[] = {
		{ "a {{- 1 -}} b", "a1b" },
		{ "a {{- /* note */ -}} b{{/* x */}}c", "abc" },
		{ "a \n{{- range 2}} {{.}} {{- end}} b", "a 0 1 b" },
		{ "{{\n.Name\n}}", "/web" },
		{ "{{3 -}} x", "3x" },
	};

	(void)state;
	CHECK_ALL(examples, true);
}

static void what_is_wrong_is_said_as_docker_says_it(void **state)
{
	static const struct example examples[] = {
		{ "{{", "template parsing error: template: :1: unclosed action" },
		{ "{{.Id", "template parsing error: template: :1: unclosed action" },
		{ "{{}}", "template parsing error: template: :1: missing value for command" },
		{ "{{if}}x{{end}}",
		  "template parsing error: template: :1: missing value for if" },
		{ "{{if .Id}}x", "template parsing error: template: :1: unexpected EOF" },
		{ "\n{{end}}", "template parsing error: template: :2: unexpected {{end}}" },
		{ "{{.Id}", "template parsing error: template: :1: unrecognized character in "
			    "action: '}'" },
		{ "{{foo .}}",
		  "template parsing error: template: :1: function \"foo\" not defined" },
		{ "{{$x}}", "template parsing error: template: :1: undefined variable \"$x\"" },
		{ "{{if .Id}}{{$x := 1}}{{end}}{{$x}}",
		  "template parsing error: template: :1: undefined variable \"$x\"" },
		{ "{{.Id | 3}}", "template parsing error: template: :1: non executable command "
				 "in pipeline stage 2" },
		{ "{{.Id |}}",
		  "template parsing error: template: :1: missing value for command" },
		{ "{{\"a}}",
		  "template parsing error: template: :1: unterminated quoted string" },
		{ "{{/* a }}", "template parsing error: template: :1: unclosed comment" },
		{ "{{break}}",
		  "template parsing error: template: :1: {{break}} outside {{range}}" },
		{ "{{define \"x\"}}{{end}}",
		  "template parsing error: template: :1: {{define}} is not supported" },
		{ "{{1.x}}",
		  "template parsing error: template: :1: bad number syntax: \"1.x\"" },
		{ "{{.Id .Name)}}",
		  "template parsing error: template: :1: unexpected \")\" in command" },
		{ "{{.Foo}}", "template parsing error: template: :1:2: executing \"\" at "
			      "<.Foo>: map has no entry for key \"Foo\"" },
		{ "{{.State.Health.Status}}",
		  "template parsing error: template: :1:8: executing \"\" at "
		  "<.State.Health.Status>: map has no entry for key \"Health\"" },
		{ "x\n {{.Foo}}", "template parsing error: template: :2:3: executing \"\" at "
				  "<.Foo>: map has no entry for key \"Foo\"" },
		{ "{{.Name.X}}", "template parsing error: template: :1:7: executing \"\" at "
				 "<.Name.X>: can't evaluate field X in type string" },
		{ "{{.Config.Entrypoint.X}}",
		  "template parsing error: template: :1:9: executing \"\" at "
		  "<.Config.Entrypoint.X>: nil pointer evaluating interface {}.X" },
		{ "{{index .Config.Cmd 9}}",
		  "template parsing error: template: :1:2: executing \"\" at <index "
		  ".Config.Cmd 9>: error calling index: index out of range: 9" },
		{ "{{eq 1 \"1\"}}",
		  "template parsing error: template: :1:2: executing \"\" at <eq 1 \"1\">: "
		  "error calling eq: incompatible types for comparison" },
		{ "{{len 3}}", "template parsing error: template: :1:2: executing \"\" at <len "
			       "3>: error calling len: len of type int" },
		{ "{{len}}", "template parsing error: template: :1:2: executing \"\" at <len>: "
			     "wrong number of args for len: want 1 got 0" },
		{ "{{range .Name}}{{end}}", "template parsing error: template: :1:8: executing "
					    "\"\" at <.Name>: range can't iterate over /web" },
	};

	(void)state;
	CHECK_ALL(examples, false);
}

static void work_is_bounded(void **state)
{
	AUTO_STR struct str deep = { 0 };
	static const struct example examples[] = {
		{ "{{range 4000000}}{{range 4000000}}{{end}}{{end}}",
		  "template parsing error: the template makes too much text or takes too "
		  "long" },
		{ "{{$x := \"0123456789\"}}{{range 100}}{{$x = print $x $x}}{{end}}",
		  "template parsing error: the template makes too much text or takes too "
		  "long" },
	};
	struct template *template = NULL;

	(void)state;
	CHECK_ALL(examples, false);
	for (int i = 0; i < 100; i++)
		str_add(&deep, "{{if 1}}");
	assert_int_equal(template_parse(str_text(&deep), &template, NULL), -EINVAL);
	str_clear(&deep);
	str_add(&deep, "{{");
	for (int i = 0; i < 100; i++)
		str_add(&deep, "(");
	assert_int_equal(template_parse(str_text(&deep), &template, NULL), -EINVAL);
	str_clear(&deep);
	for (int i = 0; i < 70000; i++)
		str_add_char(&deep, 'x');
	assert_int_equal(template_parse(str_text(&deep), &template, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_reach_into_objects),
		cmocka_unit_test(index_and_len_and_slice),
		cmocka_unit_test(control_flow),
		cmocka_unit_test(comparisons_and_logic),
		cmocka_unit_test(printing),
		cmocka_unit_test(functions_of_docker),
		cmocka_unit_test(space_is_trimmed_where_asked),
		cmocka_unit_test(what_is_wrong_is_said_as_docker_says_it),
		cmocka_unit_test(work_is_bounded),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
