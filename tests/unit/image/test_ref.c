/* References on disk: written, found, listed, removed; damage is told apart from absence. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/file.h"
#include "image/ref.h"

#define ID_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int set_up(void **context)
{
	struct state *state = calloc(1, sizeof(*state));

	(void)str_copy(state->root, sizeof(state->root), "/tmp/hoy-unit.XXXXXX");
	if (!mkdtemp(state->root))
		return -1;
	state->root_fd = open(state->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*context = state;
	return state->root_fd < 0 ? -1 : 0;
}

static int tear_down(void **context)
{
	struct state *state = *context;

	(void)fd_close(state->root_fd);
	(void)dir_remove(AT_FDCWD, state->root);
	free(state);
	return 0;
}

static int write_ref(const struct state *state, const char *name, const char *id)
{
	AUTO_FREE char *copy = strdup(name);
	struct ref ref = { .name = copy };

	(void)str_copy(ref.id, sizeof(ref.id), id);
	return ref_write(state, &ref, NULL);
}

static void what_is_written_is_read(void **context)
{
	const struct state *state = *context;
	struct ref ref;

	assert_int_equal(ref_read(state, "docker.io/library/a:1", &ref, NULL), -ENOENT);
	assert_int_equal(write_ref(state, "docker.io/library/a:1", ID_A), 0);
	assert_int_equal(ref_read(state, "docker.io/library/a:1", &ref, NULL), 0);
	assert_string_equal(ref.id, ID_A);
	assert_int_equal(write_ref(state, "docker.io/library/a:1", ID_B), 0);
	assert_int_equal(ref_read(state, "docker.io/library/a:1", &ref, NULL), 0);
	assert_string_equal(ref.id, ID_B);
	assert_int_equal(ref_remove(state, "docker.io/library/a:1", NULL), 0);
	assert_int_equal(ref_read(state, "docker.io/library/a:1", &ref, NULL), -ENOENT);
}

/* A repository may have 255 bytes and a tag 128: more than a file's name may have. */
static void a_long_reference_works_like_a_short_one(void **context)
{
	const struct state *state = *context;
	AUTO_ARENA struct arena arena = { 0 };
	char name[400];
	struct ref ref;
	struct ref *refs;
	size_t count;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	name[200] = '/';
	assert_int_equal(write_ref(state, name, ID_A), 0);
	assert_int_equal(ref_read(state, name, &ref, NULL), 0);
	assert_string_equal(ref.id, ID_A);
	assert_int_equal(ref_list(state, &arena, &refs, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_string_equal(refs[0].name, name);
}

static void the_list_is_sorted_and_whole(void **context)
{
	const struct state *state = *context;
	AUTO_ARENA struct arena arena = { 0 };
	struct ref *refs;
	size_t count;

	assert_int_equal(ref_list(state, &arena, &refs, &count, NULL), 0);
	assert_int_equal(count, 0);
	assert_int_equal(write_ref(state, "x/c:1", ID_A), 0);
	assert_int_equal(write_ref(state, "x/a:1", ID_B), 0);
	assert_int_equal(write_ref(state, "x/b:1", ID_A), 0);
	assert_int_equal(ref_list(state, &arena, &refs, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_string_equal(refs[0].name, "x/a:1");
	assert_string_equal(refs[2].name, "x/c:1");
	assert_string_equal(refs[0].id, ID_B);
}

static void a_damaged_one_is_said_to_be(void **context)
{
	static const char *const texts[] = { "",
					     "1\n",
					     "1\nx:1\n",
					     "1\nx:1\nnonsense\n",
					     "2\nx:1\n" ID_A "\n",
					     "2\nx:1\n" ID_A "\nnonsense\n",
					     "3\nx:1\n" ID_A "\n\n",
					     "2\nx:1\n" ID_A "\n\nmore",
					     "1\nx:1\n" ID_A "\nmore" };
	const struct state *state = *context;
	struct ref ref;

	assert_int_equal(dir_make(state->root_fd, "images/refs", 0700), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct err e = { 0 };

		AUTO_CLOSE int fd = openat(state->root_fd, "images/refs",
					   O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		assert_int_equal(
			file_replace(fd, "x:1", texts[i], strlen(texts[i]), 0600, FILE_FAST),
			0);
		assert_int_equal(ref_read(state, "x:1", &ref, &e), -EBADMSG);
		assert_true(e.text[0]);
	}
}

static void the_manifest_is_kept_and_the_first_version_has_none(void **context)
{
	static const char first[] = "1\nx:1\n" ID_A "\n";
	const struct state *state = *context;
	char name[] = "x:1";
	struct ref written = { .name = name, .id = ID_A, .manifest = ID_B };
	struct ref ref;

	assert_int_equal(ref_write(state, &written, NULL), 0);
	assert_int_equal(ref_read(state, name, &ref, NULL), 0);
	assert_string_equal(ref.manifest, ID_B);
	AUTO_CLOSE int fd =
		openat(state->root_fd, "images/refs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(file_replace(fd, name, first, strlen(first), 0600, FILE_FAST), 0);
	assert_int_equal(ref_read(state, name, &ref, NULL), 0);
	assert_string_equal(ref.id, ID_A);
	assert_string_equal(ref.manifest, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_written_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_long_reference_works_like_a_short_one, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_list_is_sorted_and_whole, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_damaged_one_is_said_to_be, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_manifest_is_kept_and_the_first_version_has_none, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
