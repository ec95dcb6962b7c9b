/* From where a registry may take a blob: only where an image that has it has been, by a name by digest. */
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
#include "image/image_record.h"
#include "image/push_mount.h"

#define DIGEST(digit)                                                                     \
	"sha256:" digit digit digit digit digit digit digit digit digit digit digit digit \
		digit digit digit digit
#define ID    DIGEST("aaaa")
#define GZIP  DIGEST("0001") /* manifests */
#define ZSTD  DIGEST("0002")
#define LAYER DIGEST("1111") /* as gzip */
#define OTHER DIGEST("2222") /* the same layer as zstd */

/* One image of one layer that came in two packings. */
static void write_image(const struct state *state)
{
	struct image_record_layer gzip = { .size = 1, .blob_size = 1, .media_type = "gzip" };
	struct image_record_layer zstd = { .size = 1, .blob_size = 1, .media_type = "zstd" };
	struct image_record_manifest manifests[] = { { GZIP, &gzip }, { ZSTD, &zstd } };
	struct image_record record = {
		.id = ID, .layer_count = 1, .manifests = manifests, .manifest_count = 2
	};
	struct err e = { 0 };

	(void)str_copy(gzip.diff_id, sizeof(gzip.diff_id), DIGEST("3333"));
	(void)str_copy(zstd.diff_id, sizeof(zstd.diff_id), DIGEST("3333"));
	(void)str_copy(gzip.blob, sizeof(gzip.blob), LAYER);
	(void)str_copy(zstd.blob, sizeof(zstd.blob), OTHER);
	if (image_record_write(state, &record, &e) < 0)
		fail_msg("%s", e.text);
}

/* From where a push to registry.test/to/here mounts `blob`, when the image is known as `name`. */
static void assert_source(const struct state *state, const char *name, const char *manifest,
			  const char *blob, const char *source)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_FREE char *copy = strdup(name);
	struct ref ref = { .name = copy, .id = ID };
	struct reference target;
	const char *found;

	(void)str_copy(ref.manifest, sizeof(ref.manifest), manifest);
	assert_int_equal(reference_parse("registry.test/to/here", &target, NULL), 0);
	found = push_mount_find(state, &ref, 1, &target, blob, &arena);
	if (source)
		assert_string_equal(found ? found : "nowhere", source);
	else
		assert_null(found);
}

static void another_repository_where_the_image_has_been_is_a_source(void **context)
{
	const struct state *state = &((struct fixture *)*context)->state;

	write_image(state);
	assert_source(state, "registry.test/from/there@" GZIP, GZIP, LAYER, "from/there");
}

static void a_tag_says_nothing_of_where_the_image_has_been(void **context)
{
	const struct state *state = &((struct fixture *)*context)->state;

	write_image(state);
	assert_source(state, "registry.test/from/there:latest", GZIP, LAYER, NULL);
}

static void neither_another_registry_nor_the_repository_itself_is_a_source(void **context)
{
	const struct state *state = &((struct fixture *)*context)->state;

	write_image(state);
	assert_source(state, "other.test/from/there@" GZIP, GZIP, LAYER, NULL);
	assert_source(state, "registry.test:5000/from/there@" GZIP, GZIP, LAYER, NULL);
	assert_source(state, "registry.test/to/here@" GZIP, GZIP, LAYER, NULL);
}

static void only_the_blobs_of_the_packing_that_was_there_are_there(void **context)
{
	const struct state *state = &((struct fixture *)*context)->state;

	write_image(state);
	assert_source(state, "registry.test/from/there@" GZIP, GZIP, OTHER, NULL);
	assert_source(state, "registry.test/from/there@" ZSTD, ZSTD, OTHER, "from/there");
	assert_source(state, "registry.test/from/there@" ZSTD, ZSTD, LAYER, NULL);
}

static void a_name_without_its_image_is_no_source(void **context)
{
	const struct state *state = &((struct fixture *)*context)->state;

	assert_source(state, "registry.test/from/there@" GZIP, GZIP, LAYER, NULL);
}

#define WITH_STATE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STATE(another_repository_where_the_image_has_been_is_a_source),
		WITH_STATE(a_tag_says_nothing_of_where_the_image_has_been),
		WITH_STATE(neither_another_registry_nor_the_repository_itself_is_a_source),
		WITH_STATE(only_the_blobs_of_the_packing_that_was_there_are_there),
		WITH_STATE(a_name_without_its_image_is_no_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
