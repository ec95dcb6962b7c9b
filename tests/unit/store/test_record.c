/* A record comes back as it was written, and anything else is refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "state_fixture.h"
#include "store/container_dir.h"
#include "store/record.h"

static void fill(struct record *record, struct arena *arena)
{
	*record = (struct record){ .created_ns = UINT64_C(18446744073709551615),
				   .run = 3,
				   .start_exit_code = 126 };
	memset(record->id, 'b', ID_LEN);
	(void)str_copy(record->name, sizeof(record->name), "brave_bohr");
	record->image_id = arena_copy(arena, "sha256:x");
	record->driver = arena_copy(arena, "overlay");
	record->is_shifted = true;
	record->path = arena_copy(arena, "sh");
	record->start_error = arena_copy(arena, "it \"failed\"\n");
	strv_add(&record->args, arena, "-c");
	strv_add(&record->args, arena, "");
	strv_add(&record->layers, arena, "sha256:1");
	record->config.image = arena_copy(arena, "busybox");
	record->config.stop_timeout = -1;
	record->config.memory = 1 << 20;
	strv_add(&record->config.cmd, arena, "sh");
	record->config.has_cmd = true;
}

static void a_record_comes_back_as_it_was(void **context)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str first = { 0 };
	AUTO_STR struct str second = { 0 };
	struct record record;
	struct record back;
	struct err e = { 0 };

	(void)context;
	fill(&record, &arena);
	record_emit(&record, &first);
	assert_int_equal(record_parse(first.data, first.len, &arena, &back, &e), 0);
	assert_string_equal(back.id, record.id);
	assert_string_equal(back.name, "brave_bohr");
	assert_int_equal(back.created_ns, record.created_ns);
	assert_int_equal(back.run, 3);
	assert_true(back.is_shifted);
	assert_int_equal(back.args.count, 2);
	assert_string_equal(back.start_error, "it \"failed\"\n");
	assert_int_equal(back.start_exit_code, 126);
	assert_int_equal(back.config.memory, 1 << 20);
	assert_int_equal(back.config.stop_timeout, -1);
	record_emit(&back, &second);
	assert_string_equal(str_text(&first), str_text(&second));
}

static void assert_refused(const char *json, const char *sentence)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct record record;
	struct err e = { 0 };

	assert_true(record_parse(json, strlen(json), &arena, &record, &e) < 0);
	assert_non_null(strstr(e.text, sentence));
}

static void what_is_no_record_is_refused_by_name(void **context)
{
	(void)context;
	assert_refused("[]", "record: not an object");
	assert_refused("{}", "record.version: 0 is not known");
	assert_refused("{\"version\":2}", "record.version: 2 is not known");
	assert_refused("{\"version\":1,\"id\":\"../x\"}", "record.id: not an id");
	assert_refused("{\"version\":1,\"id\":7}", "record.id");
	assert_refused("{\"version\":1", "record");
	assert_refused("", "record");
}

static void a_damaged_record_is_told_from_none(void **context)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct fixture *f = *context;
	struct container_dir dir;
	struct record record;
	struct err e = { 0 };

	assert_int_equal(container_dir_make(&f->state, &dir, NULL), 0);
	assert_int_equal(record_read(&f->state, dir.id, &arena, &record, &e), -ENOENT);
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	assert_int_equal(container_dir_publish(&f->state, &dir, false, NULL), 0);
	assert_int_equal(record_read(&f->state, dir.id, &arena, &record, &e), -EBADMSG);
	assert_int_equal(file_replace(dir.fd, "record.json", "{\"ver", 5, 0600, FILE_FAST), 0);
	assert_int_equal(record_read(&f->state, dir.id, &arena, &record, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "is damaged"));
	container_dir_close(&dir);
}

static void a_record_of_another_container_is_not_believed(void **context)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct fixture *f = *context;
	struct container_dir dir;
	struct record record;
	struct record back;
	struct err e = { 0 };

	fill(&record, &arena);
	assert_int_equal(container_dir_make(&f->state, &dir, NULL), 0);
	assert_int_equal(container_dir_publish(&f->state, &dir, false, NULL), 0);
	assert_int_equal(record_write(dir.fd, &record, &e), 0);
	assert_int_equal(record_read(&f->state, dir.id, &arena, &back, &e), -EBADMSG);
	memcpy(record.id, dir.id, ID_SIZE);
	assert_int_equal(record_write(dir.fd, &record, &e), 0);
	assert_int_equal(record_read(&f->state, dir.id, &arena, &back, &e), 0);
	container_dir_close(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_comes_back_as_it_was),
		cmocka_unit_test(what_is_no_record_is_refused_by_name),
		cmocka_unit_test_setup_teardown(a_damaged_record_is_told_from_none,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_record_of_another_container_is_not_believed,
						fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
