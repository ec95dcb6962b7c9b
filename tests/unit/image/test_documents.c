/* Configs from elsewhere: what does not fit the manifest is refused with a sentence; records on disk, old and new. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../store/state_fixture.h"
#include "base/fd.h"
#include "image/documents.h"

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID_A  "sha256:" HEX_A
#define ID_B  "sha256:" HEX_B

static int read_config(const char *config, size_t layer_count, struct documents *documents,
		       struct arena *arena, struct err *e)
{
	struct image_record_layer *layers = arena_array(arena, layer_count, sizeof(*layers));

	for (size_t i = 0; i < layer_count; i++)
		(void)str_copy(layers[i].blob, sizeof(layers[i].blob), ID_B);
	str_add(&documents->config, config);
	return documents_begin(documents, layers, layer_count, arena, e);
}

static void refuses(const char *config, size_t layer_count, const char *sentence)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct documents documents = { 0 };
	struct err e = { 0 };

	assert_true(read_config(config, layer_count, &documents, &arena, &e) < 0);
	if (!strstr(e.text, sentence))
		fail_msg("%s: no \"%s\" in it", e.text, sentence);
	documents_done(&documents);
}

static void a_config_that_does_not_fit_its_layers_is_refused(void **context)
{
	(void)context;
	refuses("", 1, "image config");
	refuses("[]", 1, "expected an object");
	refuses("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}", 0, "has 0 layers");
	refuses("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" ID_A "\"]}}", 0,
		"has 0 layers");
	refuses("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" ID_A "\"]}}", 2,
		"speaks of 1");
	refuses("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:../../x\"]}}", 1,
		"no sha256 digest");
	refuses("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" ID_A "\"]}}",
		IMAGE_LAYERS_MAX + 1, "has 501 layers");
}

static void a_config_from_elsewhere_keeps_its_digest(void **context)
{
	static const char config[] = " {\"unknown\": 1, \"rootfs\":{\"type\":\"layers\","
				     "\"diff_ids\":[\"" ID_A "\"]}}\n";
	AUTO_ARENA struct arena arena = { 0 };
	struct documents documents = { 0 };

	(void)context;
	assert_int_equal(read_config(config, 1, &documents, &arena, NULL), 0);
	assert_string_equal(documents.record.id, "sha256:25d35f54c0c9f91c14309071d0d9891b8"
						 "cab0f979171629dc3801791878330df");
	assert_string_equal(documents.record.manifests[0].layers[0].diff_id, ID_A);
	documents_done(&documents);
}

static void a_record_keeps_every_manifest(void **context)
{
	struct fixture *f = *context;
	AUTO_ARENA struct arena arena = { 0 };
	struct image_record_layer one[] = {
		{ .diff_id = ID_A, .size = 5, .blob = ID_A, .blob_size = 7, .media_type = NULL }
	};
	struct image_record_layer two[] = {
		{ .diff_id = ID_A, .size = 5, .blob = ID_B, .blob_size = 3, .media_type = NULL }
	};
	struct image_record_manifest manifests[] = { { ID_A, one }, { ID_B, two } };
	struct image_record written = { .id = ID_A,
					.parent = ID_B,
					.created_ns = 12,
					.layer_count = 1,
					.manifests = manifests,
					.manifest_count = 2 };
	struct image_record record;

	assert_int_equal(image_record_write(&f->state, &written, NULL), 0);
	assert_int_equal(image_record_read(&f->state, ID_A, &arena, &record, NULL), 0);
	assert_int_equal(record.manifest_count, 2);
	assert_int_equal(image_record_size(&record), 5);
	assert_string_equal(image_record_manifest(&record, ID_B)->layers[0].blob, ID_B);
	assert_int_equal(image_record_manifest(&record, ID_B)->layers[0].blob_size, 3);
	assert_string_equal(image_record_manifest(&record, ID_B)->layers[0].diff_id, ID_A);
	assert_string_equal(image_record_manifest(&record, "")->digest, ID_A);
}

static void put_record(struct fixture *f, const char *text)
{
	assert_int_equal(dir_make(f->state.root_fd, "images/records", 0700), 0);
	AUTO_CLOSE int fd =
		openat(f->state.root_fd, "images/records", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(file_replace(fd, HEX_A, text, strlen(text), 0600, FILE_FAST), 0);
}

static void a_record_of_the_first_version_is_read(void **context)
{
	struct fixture *f = *context;
	AUTO_ARENA struct arena arena = { 0 };
	struct image_record record;

	put_record(f, "{\"version\":1,\"manifest\":\"" ID_B "\",\"created\":3,\"layers\":["
		      "{\"diffId\":\"" ID_A "\",\"blob\":\"" ID_B
		      "\",\"blobSize\":9,\"size\":8,\"mediaType\":\"m\"}]}");
	assert_int_equal(image_record_read(&f->state, ID_A, &arena, &record, NULL), 0);
	assert_int_equal(record.manifest_count, 1);
	assert_string_equal(record.manifests[0].digest, ID_B);
	assert_string_equal(record.manifests[0].layers[0].blob, ID_B);
	assert_int_equal(record.manifests[0].layers[0].blob_size, 9);
	assert_int_equal(record.manifests[0].layers[0].size, 8);
}

static void a_record_whose_lists_differ_is_damaged(void **context)
{
	struct fixture *f = *context;
	AUTO_ARENA struct arena arena = { 0 };
	struct image_record record;

	put_record(f,
		   "{\"version\":2,\"created\":3,\"layers\":[{\"diffId\":\"" ID_A
		   "\",\"size\":8}],\"manifests\":[{\"digest\":\"" ID_B "\",\"blobs\":[]}]}");
	assert_int_equal(image_record_read(&f->state, ID_A, &arena, &record, NULL), -EBADMSG);
	put_record(f, "{\"version\":2,\"created\":3,\"layers\":[],\"manifests\":[]}");
	assert_int_equal(image_record_read(&f->state, ID_A, &arena, &record, NULL), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_config_that_does_not_fit_its_layers_is_refused),
		cmocka_unit_test(a_config_from_elsewhere_keeps_its_digest),
		cmocka_unit_test_setup_teardown(a_record_keeps_every_manifest, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_record_of_the_first_version_is_read,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_record_whose_lists_differ_is_damaged,
						fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
