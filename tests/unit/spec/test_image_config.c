/*
 * Image configurations: read, written, changed by Dockerfile instructions.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/image_config.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char whole[] =
	"{\"created\":\"2026-01-01T00:00:00Z\",\"author\":\"me\",\"architecture\":\"amd64\","
	"\"variant\":\"v2\",\"os\":\"linux\","
	"\"comment\":\"c\",\"config\":{\"User\":\"1:2\",\"ExposedPorts\":{\"80/tcp\":{},\"81/"
	"udp\":{}},\"Env\":[\"B=2\",\"A=1\"],"
	"\"Entrypoint\":[\"/x\"],\"Cmd\":[\"a "
	"b\"],\"Healthcheck\":{\"Test\":[\"NONE\"]},\"Volumes\":{\"/a=b\":{}},"
	"\"WorkingDir\":\"/w\",\"Labels\":{\"a\":\"b=c\",\"z\":\"\"},\"OnBuild\":[\"RUN "
	"x\"],\"StopSignal\":\"SIGINT\","
	"\"Shell\":[\"/bin/"
	"bash\",\"-c\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" DIGEST "\"]},"
	"\"history\":[{\"created\":\"2026-01-01T00:00:00Z\",\"author\":\"a\",\"created_by\":"
	"\"x\",\"comment\":\"y\"},"
	"{\"created_by\":\"z\",\"empty_layer\":true}]}";

static int parse(const char *text, struct arena *arena, struct image_config *config,
		 struct err *e)
{
	return image_config_parse(text, strlen(text), arena, config, e);
}

static void a_whole_configuration_survives(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str out = { 0 };
	struct image_config config;

	(void)state;
	assert_int_equal(parse(whole, &arena, &config, NULL), 0);
	assert_string_equal(config.env.items[0], "B=2");
	assert_string_equal(config.labels.items[0], "a=b=c");
	assert_string_equal(config.volumes.items[0], "/a=b");
	assert_int_equal(config.history_count, 2);
	assert_true(config.history[1].is_empty_layer && !config.history[0].is_empty_layer);
	image_config_emit(&config, &out);
	assert_string_equal(str_text(&out), whole);
}

static void absent_and_empty_are_told_apart(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct image_config config;

	(void)state;
	assert_int_equal(parse("{\"config\":{\"Cmd\":null,\"Entrypoint\":[]},\"rootfs\":{"
			       "\"type\":\"layers\"}}",
			       &arena, &config, NULL),
			 0);
	assert_false(config.has_cmd);
	assert_true(config.has_entrypoint);
	assert_null(config.user);
	assert_null(config.healthcheck_json);
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} examples[] = {
		{ "[]", "image config: expected an object" },
		{ "{}", "image config: rootfs.type: expected \"layers\"" },
		{ "{\"config\":{\"Env\":{}},\"rootfs\":{\"type\":\"layers\"}}",
		  "image config: config.Env: expected an array, found an object" },
		{ "{\"config\":{\"Env\":[1]},\"rootfs\":{\"type\":\"layers\"}}",
		  "image config: config.Env: expected a string, found a number" },
		{ "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:../../etc\"]}}",
		  "image config: rootfs.diff_ids: \"sha256:../../etc\" is no sha256 digest" },
		{ "{\"rootfs\":{\"type\":\"layers\"},\"history\":[1]}",
		  "image config: history: expected objects" },
		{ "{\"a\":1,\"a\":2}", "image config: line 1, column 9: duplicate key" },
		{ "{\"author\":\"a\\u0000b\"}", "image config: author: contains a NUL" },
	};
	AUTO_ARENA struct arena arena = { 0 };
	struct image_config config;

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct err e = { 0 };

		assert_int_equal(parse(examples[i].text, &arena, &config, &e), -EINVAL);
		assert_string_equal(e.text, examples[i].sentence);
		assert_int_equal(e.kind, ERR_INVALID);
	}
}

static void lists_are_bounded(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct image_config config = { 0 };
	struct err e = { 0 };

	(void)state;
	str_add(&text, "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":[\"\"");
	for (int i = 0; i < IMAGE_ITEMS_MAX; i++)
		str_add(&text, ",\"\"");
	str_add(&text, "]}}");
	assert_int_equal(parse(str_text(&text), &arena, &config, &e), -EINVAL);
	assert_string_equal(e.text, "image config: config.Env: more than 4096 items");
	assert_int_equal(image_config_change(&config, &arena, "EXPOSE 1-65535", &e), -EINVAL);
	assert_string_equal(e.text, "EXPOSE: more than 4096 ports");
}

struct change {
	const char *lines[4];
	const char *config; /* the member "config" afterwards, or the sentence */
};

static int apply(const struct change *change, struct arena *arena, struct image_config *config,
		 struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < 4 && change->lines[i]; i++)
		r = image_config_change(config, arena, change->lines[i], e);
	return r;
}

static void instructions_change_what_they_name(void **state)
{
	static const struct change examples[] = {
		{ { "CMD [\"a\", \"b c\"]" }, "\"Cmd\":[\"a\",\"b c\"]" },
		{ { "cmd echo  $HOME \"x\"" },
		  "\"Cmd\":[\"/bin/sh\",\"-c\",\"echo  $HOME \\\"x\\\"\"]" },
		{ { "CMD [\"a\", broken" },
		  "\"Cmd\":[\"/bin/sh\",\"-c\",\"[\\\"a\\\", broken\"]" },
		{ { "CMD []" }, "\"Cmd\":[]" },
		{ { "SHELL [\"/bin/bash\",\"-ec\"]", "CMD x" },
		  "\"Cmd\":[\"/bin/bash\",\"-ec\",\"x\"],\"Shell\":[\"/bin/bash\",\"-ec\"]" },
		{ { "ENTRYPOINT [\"/e\"]" }, "\"Entrypoint\":[\"/e\"]" },
		{ { "CMD [\"c\"]", "ENTRYPOINT e" },
		  "\"Entrypoint\":[\"/bin/sh\",\"-c\",\"e\"],\"Cmd\":[\"c\"]" },
		{ { "ENTRYPOINT []" }, "" },
		{ { "ENV A=b C=\"d e\" F='g $A' H=i\\ j" },
		  "\"Env\":[\"A=b\",\"C=d e\",\"F=g $A\",\"H=i j\"]" },
		{ { "ENV A b  c", "ENV A=2" }, "\"Env\":[\"A=2\"]" },
		{ { "ENV A=1", "ENV B=$A A=2 C=$A",
		    "ENV D=${A}x${Z:-y}${A:+z}${Z:+n}${Z-u}\\$A" },
		  "\"Env\":[\"A=2\",\"B=1\",\"C=1\",\"D=2xyzu$A\"]" },
		{ { "ENV A=", "ENV B=\"$A:${A:-e}:${A-f}\"" }, "\"Env\":[\"A=\",\"B=:e:\"]" },
		{ { "LABEL a=b c.d=\"e f\"", "LABEL a=2", "LABEL \"k 1\"=v" },
		  "\"Labels\":{\"a\":\"2\",\"c.d\":\"e f\",\"k 1\":\"v\"}" },
		{ { "LABEL key some value" }, "\"Labels\":{\"key\":\"some value\"}" },
		{ { "EXPOSE 80 81/udp 80/tcp 90-92/SCTP" },
		  "\"ExposedPorts\":{\"80/tcp\":{},\"81/udp\":{},\"90/sctp\":{},\"91/"
		  "sctp\":{},\"92/sctp\":{}}" },
		{ { "USER 1000:1000" }, "\"User\":\"1000:1000\"" },
		{ { "VOLUME /a /b", "VOLUME [\"/c d\"]", "VOLUME /a" },
		  "\"Volumes\":{\"/a\":{},\"/b\":{},\"/c d\":{}}" },
		{ { "WORKDIR /a//b/./c/../d/", "WORKDIR e" }, "\"WorkingDir\":\"/a/b/d/e\"" },
		{ { "WORKDIR ../../x" }, "\"WorkingDir\":\"/x\"" },
		{ { "ENV D=/q", "WORKDIR $D/r" },
		  "\"Env\":[\"D=/q\"],\"WorkingDir\":\"/q/r\"" },
		{ { "STOPSIGNAL SIGTERM" }, "\"StopSignal\":\"SIGTERM\"" },
		{ { "STOPSIGNAL RTMIN+3" }, "\"StopSignal\":\"RTMIN+3\"" },
		{ { "STOPSIGNAL 9" }, "\"StopSignal\":\"9\"" },
		{ { "ONBUILD RUN make" }, "\"OnBuild\":[\"RUN make\"]" },
		{ { "HEALTHCHECK NONE" }, "\"Healthcheck\":{\"Test\":[\"NONE\"]}" },
		{ { "HEALTHCHECK --interval=30s --retries=3 CMD curl -f x" },
		  "\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"curl -f "
		  "x\"],\"Interval\":30000000000,\"Retries\":3}" },
		{ { "HEALTHCHECK CMD [\"a\",\"b\"]" },
		  "\"Healthcheck\":{\"Test\":[\"CMD\",\"a\",\"b\"]}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		AUTO_ARENA struct arena arena = { 0 };
		AUTO_STR struct str out = { 0 };
		AUTO_STR struct str expected = { 0 };
		struct image_config config = { 0 };
		struct err e = { 0 };

		if (apply(&examples[i], &arena, &config, &e) < 0)
			fail_msg("%s: %s", examples[i].lines[0], e.text);
		image_config_emit(&config, &out);
		str_printf(&expected,
			   "{\"architecture\":\"\",\"os\":\"\",\"config\":{%s},\"rootfs\":{"
			   "\"type\":\"layers\","
			   "\"diff_ids\":[]},\"history\":[]}",
			   examples[i].config);
		assert_string_equal(str_text(&out), str_text(&expected));
	}
}

static void an_entrypoint_drops_the_command_of_before(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct image_config config;

	(void)state;
	assert_int_equal(parse(whole, &arena, &config, NULL), 0);
	assert_int_equal(image_config_change(&config, &arena, "ENTRYPOINT [\"x\"]", NULL), 0);
	assert_false(config.has_cmd);
	assert_int_equal(config.cmd.count, 0);
}

static void wrong_instructions_are_refused_by_name(void **state)
{
	static const struct change examples[] = {
		{ { "RUN x" }, "RUN is not a valid change command" },
		{ { "" }, "\"\" is not a valid change command" },
		{ { "CMD" }, "CMD: requires at least one argument" },
		{ { "ENV A" }, "ENV: must have two arguments" },
		{ { "ENV A=b C" },
		  "ENV: can't find = in \"C\". Must be of the form: name=value" },
		{ { "ENV =x" }, "ENV: names can not be blank" },
		{ { "ENV A=\"b" },
		  "ENV: unexpected end of statement while looking for matching double-quote" },
		{ { "ENV A=${b" }, "ENV: syntax error: missing '}'" },
		{ { "ENV A=${b:?x}" }, "ENV: unsupported modifier in substitution" },
		{ { "EXPOSE 0" }, "EXPOSE: invalid containerPort: 0" },
		{ { "EXPOSE 65536" }, "EXPOSE: invalid containerPort: 65536" },
		{ { "EXPOSE 5-4" }, "EXPOSE: invalid containerPort: 5-4" },
		{ { "EXPOSE 5/icmp" }, "EXPOSE: invalid proto: icmp" },
		{ { "USER a b" }, "USER: requires exactly one argument" },
		{ { "VOLUME \"\"" }, "VOLUME: the path can not be empty" },
		{ { "VOLUME []" }, "VOLUME: requires at least one argument" },
		{ { "STOPSIGNAL SIGNOPE" }, "STOPSIGNAL: invalid signal: SIGNOPE" },
		{ { "SHELL /bin/sh" }, "SHELL: requires the arguments to be in JSON form" },
		{ { "ONBUILD onbuild RUN x" }, "ONBUILD: ONBUILD isn't allowed as a trigger" },
		{ { "HEALTHCHECK curl" }, "HEALTHCHECK: expected NONE or CMD" },
		{ { "HEALTHCHECK CMD" }, "HEALTHCHECK: missing command after CMD" },
		{ { "HEALTHCHECK --interval=5 CMD x" },
		  "HEALTHCHECK: --interval=5: expected a duration of at least 1ms" },
		{ { "HEALTHCHECK --nope=5 CMD x" }, "HEALTHCHECK: unknown flag: --nope=5" },
		{ { "CMD a\nENV b=c" }, "a change must be one line of at most 1048576 bytes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		AUTO_ARENA struct arena arena = { 0 };
		struct image_config config = { 0 };
		struct err e = { 0 };

		assert_int_equal(apply(&examples[i], &arena, &config, &e), -EINVAL);
		assert_string_equal(e.text, examples[i].config);
		assert_int_equal(e.kind, ERR_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_configuration_survives),
		cmocka_unit_test(absent_and_empty_are_told_apart),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(instructions_change_what_they_name),
		cmocka_unit_test(an_entrypoint_drops_the_command_of_before),
		cmocka_unit_test(wrong_instructions_are_refused_by_name),
	};

	return cmocka_run_group_tests_name("image_config", tests, NULL, NULL);
}
