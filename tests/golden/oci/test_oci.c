/*
 * config.json as engines write it, and what is read from it: tests/golden/oci/NAME.json becomes
 * NAME.txt. everything.json has every member of runtime-spec 1.3.
 *
 * HOY_GOLDEN_UPDATE=1 writes the texts anew, to be read before they are committed. Runs from
 * the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "runtime/plan_build.h"
#include "spec/runtime_spec_read.h"
#include "spec_dump.h"

enum { NAMESPACES_MAX = 8, FIRST_FD = 20 };

static void golden_compare(int dir, const char *file, const struct str *text)
{
	AUTO_FREE char *expected = NULL;

	if (getenv("HOY_GOLDEN_UPDATE"))
		assert_int_equal(
			file_replace(dir, file, text->data, text->len, 0644, FILE_FAST), 0);
	assert_int_equal(file_read(dir, file, SPEC_CONFIG_MAX, &expected, NULL), 0);
	assert_string_equal(str_text(text), expected);
}

/* What engines write is not only read but can be done: it becomes a plan that init follows. */
static void plan_is_made(struct spec *spec)
{
	int namespace_fds[NAMESPACES_MAX];
	static const struct host_facts facts = { .capability_bounding = 0x1ffffffffff,
						 .last_capability = 40 };
	const struct plan_input input = {
		.spec = spec,
		.facts = &facts,
		.fds = { .root_fd = -1,
			 .null_fd = -1,
			 .namespace_fds = namespace_fds,
			 .console_fd = spec->process.is_terminal ? 9 : -1,
			 .wait_fd = -1,
			 .state_fd = -1 },
	};
	AUTO_STR struct str warnings = { 0 };
	struct plan_builder b;
	struct err e = { 0 };
	const void *block;
	size_t len;

	assert_true(spec->namespace_count <= NAMESPACES_MAX);
	for (size_t i = 0; i < spec->namespace_count; i++)
		namespace_fds[i] = spec->namespaces[i].path ? FIRST_FD + (int)i : -1;
	if (spec->root_path[0] != '/')
		spec->root_path = arena_printf(spec->arena, "/bundle/%s", spec->root_path);
	plan_builder_init(&b, PLAN_RUN);
	if (plan_build(&input, &b, &warnings, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(str_text(&warnings), "");
	assert_int_equal(plan_finish(&b, &block, &len), 0);
	assert_int_equal(plan_check(block, len, &e), 0);
	plan_builder_done(&b);
}

static void config_is_read(void **state)
{
	const char *name = *state;
	AUTO_CLOSE int dir = open("tests/golden/oci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	AUTO_FREE char *json = NULL;
	struct strv warnings;
	struct spec spec;
	struct err e = { 0 };
	char file[64];
	size_t len;

	(void)snprintf(file, sizeof(file), "%s.json", name);
	assert_int_equal(file_read(dir, file, SPEC_CONFIG_MAX, &json, &len), 0);
	if (spec_parse(json, len, &arena, &spec, &warnings, &e) < 0)
		fail_msg("%s: %s", file, e.text);
	spec_dump(&text, &spec);
	dump_list(&text, "warning", &warnings);
	(void)snprintf(file, sizeof(file), "%s.txt", name);
	golden_compare(dir, file, &text);
	/* everything.json asks for what no container can have at once. */
	if (spec.has_process && strcmp(name, "everything") != 0)
		plan_is_made(&spec);
}

#define CONFIG(name)                                                        \
	{                                                                   \
		name, config_is_read, NULL, NULL, (void *)(uintptr_t)(name) \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG("docker"),  CONFIG("docker_privileged"), CONFIG("podman"),
		CONFIG("buildah"), CONFIG("rootless"),		CONFIG("kubernetes"),
		CONFIG("minimal"), CONFIG("everything"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
