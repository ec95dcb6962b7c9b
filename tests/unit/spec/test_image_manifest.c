/* Manifests and indexes: what is read, what is refused, and which platform is chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fd.h"
#include "spec/image_index.h"
#include "spec/image_manifest.h"

#define A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define OCI_CONFIG                                                                \
	"\"config\":{\"mediaType\":\"" MEDIA_TYPE_OCI_CONFIG "\",\"digest\":\"" A \
	"\",\"size\":7}"
#define LAYER(type) "{\"mediaType\":\"" type "\",\"digest\":\"" B "\",\"size\":9}"
#define LAYERS	    "\"layers\":[" LAYER(MEDIA_TYPE_OCI_LAYER "+gzip") "]"
#define V2	    "\"schemaVersion\":2"

static void a_manifest_is_read(void **context)
{
	static const char text[] = "{" V2 "," OCI_CONFIG "," LAYERS "}";
	AUTO_ARENA struct arena arena = { 0 };
	struct image_manifest manifest;

	(void)context;
	assert_int_equal(
		image_manifest_parse(text, strlen(text), NULL, &arena, &manifest, NULL), 0);
	assert_string_equal(manifest.media_type, MEDIA_TYPE_OCI_MANIFEST);
	assert_string_equal(manifest.config.digest, A);
	assert_int_equal(manifest.layer_count, 1);
	assert_int_equal(manifest.layers[0].size, 9);
	assert_string_equal(manifest.layers[0].media_type, MEDIA_TYPE_OCI_LAYER "+gzip");
}

static void refuses(const char *text, const char *said, const char *sentence)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct image_manifest manifest;
	struct err e = { 0 };

	assert_true(image_manifest_parse(text, strlen(text), said, &arena, &manifest, &e) < 0);
	if (!strstr(e.text, sentence))
		fail_msg("%s: no \"%s\" in it", e.text, sentence);
}

static void what_is_no_manifest_is_refused(void **context)
{
	(void)context;
	refuses("", NULL, "manifest");
	refuses("[]", NULL, "expected an object");
	refuses("{\"schemaVersion\":1,\"fsLayers\":[]}", NULL, "schema 1");
	refuses("{}", NULL, "schemaVersion");
	refuses("{" V2 "," LAYERS "}", NULL, "no config");
	refuses("{" V2 "," OCI_CONFIG "}", NULL, "no layers");
	refuses("{" V2 "," OCI_CONFIG ",\"layers\":[]}", NULL, "no layers");
	refuses("{" V2 "," OCI_CONFIG ",\"layers\":[3]}", NULL, "layers[0]");
	refuses("{" V2 "," OCI_CONFIG ",\"layers\":[{\"mediaType\":\"" MEDIA_TYPE_OCI_LAYER
		"\",\"digest\":\"sha256:../../x\",\"size\":1}]}",
		NULL, "no sha256 digest");
	refuses("{" V2 "," OCI_CONFIG ",\"layers\":[{\"mediaType\":\"" MEDIA_TYPE_OCI_LAYER
		"\",\"digest\":\"" B "\"}]}",
		NULL, "no size");
	refuses("{" V2 "," OCI_CONFIG ",\"layers\":[{\"mediaType\":\"" MEDIA_TYPE_OCI_LAYER
		"\",\"digest\":\"" B "\",\"size\":-1}]}",
		NULL, "size");
	refuses("{" V2 ",\"config\":{\"mediaType\":\"" MEDIA_TYPE_OCI_CONFIG
		"\",\"digest\":\"" A "\",\"size\":9000000}," LAYERS "}",
		NULL, "larger than");
}

static void what_could_be_two_things_is_refused(void **context)
{
	(void)context;
	refuses("{" V2 "," OCI_CONFIG "," LAYERS ",\"manifests\":[]}", NULL,
		"an index and as a manifest");
	refuses("{" V2 ",\"mediaType\":\"" MEDIA_TYPE_OCI_MANIFEST "\"," OCI_CONFIG "," LAYERS
		"}",
		MEDIA_TYPE_OCI_INDEX, "was given out as");
	refuses("{" V2 "," OCI_CONFIG "," LAYERS "}", MEDIA_TYPE_OCI_INDEX, "not a manifest");
	refuses("{" V2 "," OCI_CONFIG "," OCI_CONFIG "," LAYERS "}", NULL, "duplicate");
}

static void an_artifact_is_no_image(void **context)
{
	(void)context;
	refuses("{" V2 ",\"config\":{\"mediaType\":\"application/vnd.helm\",\"digest\":\"" A
		"\",\"size\":7}," LAYERS "}",
		NULL, "application/vnd.helm");
	refuses("{" V2 "," OCI_CONFIG
		",\"layers\":[" LAYER("application/vnd.in-toto+json") "]}",
		NULL, "in-toto");
}

static void a_content_type_with_parameters_or_unknown_does_not_matter(void **context)
{
	static const char text[] = "{" V2 ",\"mediaType\":\"" MEDIA_TYPE_DOCKER_MANIFEST
				   "\"," OCI_CONFIG "," LAYERS "}";
	static const char *const said[] = { MEDIA_TYPE_DOCKER_MANIFEST "; charset=utf-8",
					    "application/json", "text/plain", NULL };
	AUTO_ARENA struct arena arena = { 0 };

	(void)context;
	for (size_t i = 0; i < 4; i++) {
		struct image_manifest manifest;

		assert_int_equal(image_manifest_parse(text, strlen(text), said[i], &arena,
						      &manifest, NULL),
				 0);
		assert_string_equal(manifest.media_type, MEDIA_TYPE_DOCKER_MANIFEST);
	}
}

/* --- platforms --------------------------------------------------------------------------- */

static void platforms_are_read_as_docker_reads_them(void **context)
{
	static const char *const pairs[][2] = {
		{ "linux/amd64", "linux/amd64" },     { "linux/x86_64", "linux/amd64" },
		{ "linux/amd64/v1", "linux/amd64" },  { "linux/amd64/v3", "linux/amd64/v3" },
		{ "linux/aarch64", "linux/arm64" },   { "linux/arm64/v8", "linux/arm64" },
		{ "linux/arm", "linux/arm/v7" },      { "linux/arm/6", "linux/arm/v6" },
		{ "linux/armhf", "linux/arm/v7" },    { "linux/armel", "linux/arm/v6" },
		{ "arm64", "linux/arm64" },	      { "Linux/ARM/V5", "linux/arm/v5" },
		{ "windows/amd64", "windows/amd64" },
	};
	static const char *const wrong[] = { "",
					     "/",
					     "linux/",
					     "a/b/c/d",
					     "linux/amd 64",
					     "linux/ttttttttttttttttttttttttttttttttttttt" };

	(void)context;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct platform platform;
		char text[PLATFORM_TEXT];

		assert_int_equal(platform_parse(pairs[i][0], &platform, NULL), 0);
		platform_text(&platform, text);
		assert_string_equal(text, pairs[i][1]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct platform platform;
		struct err e = { 0 };

		assert_int_equal(platform_parse(wrong[i], &platform, &e), -EINVAL);
		assert_non_null(strstr(e.text, "platform"));
	}
}

#define ENTRY(digit, platform)                                                    \
	"{\"mediaType\":\"" MEDIA_TYPE_OCI_MANIFEST                               \
	"\",\"digest\":\"sha256:" digit digit digit digit digit digit digit digit \
	"\",\"size\":1" platform "}"
#define ON(os, architecture, variant)                                       \
	",\"platform\":{\"os\":\"" os "\",\"architecture\":\"" architecture \
	"\",\"variant\":\"" variant "\"}"

/* Which entry is chosen, by the first digit of its digest; '-': none. */
static char chosen(const char *entries, const char *wanted)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	const struct index_entry *entry;
	struct image_index index;
	struct platform platform;
	struct err e = { 0 };

	str_printf(&text, "{" V2 ",\"manifests\":[%s]}", entries);
	assert_int_equal(platform_parse(wanted, &platform, NULL), 0);
	if (image_index_parse(text.data, text.len, NULL, &arena, &index, &e) < 0)
		fail_msg("%s", e.text);
	if (image_index_choose(&index, &platform, &entry, &e) < 0) {
		assert_non_null(strstr(e.text, "no matching manifest for"));
		return '-';
	}
	return digest_hex(entry->descriptor.digest)[0];
}

static void the_best_variant_is_chosen(void **context)
{
	static const char arm[] = ENTRY("55555555", ON("linux", "arm", "v5")) "," ENTRY(
		"77777777", ON("linux", "arm", "v7")) "," ENTRY("66666666",
								ON("linux", "arm", "v6"));
	static const char amd[] = ENTRY("33333333", ON("linux", "amd64", "v3")) "," ENTRY(
		"11111111", ON("linux", "amd64", "")) "," ENTRY("88888888",
								ON("linux", "386", ""));

	(void)context;
	assert_int_equal(chosen(arm, "linux/arm/v7"), '7');
	assert_int_equal(chosen(arm, "linux/arm/v6"), '6');
	assert_int_equal(chosen(arm, "linux/arm/v8"), '7');
	assert_int_equal(chosen(arm, "linux/arm64"), '7');
	assert_int_equal(chosen(arm, "linux/amd64"), '-');
	assert_int_equal(chosen(amd, "linux/amd64"), '1');
	assert_int_equal(chosen(amd, "linux/amd64/v2"), '1');
	assert_int_equal(chosen(amd, "linux/amd64/v3"), '3');
	assert_int_equal(chosen(amd, "linux/386"), '8');
	assert_int_equal(chosen(amd, "windows/amd64"), '-');
	assert_int_equal(chosen(ENTRY("88888888", ON("linux", "386", "")), "linux/amd64"), '8');
}

static void an_entry_without_a_platform_counts_only_alone(void **context)
{
	(void)context;
	assert_int_equal(chosen(ENTRY("44444444", ""), "linux/amd64"), '4');
	assert_int_equal(chosen(ENTRY("44444444", "") "," ENTRY("55555555", ""), "linux/amd64"),
			 '-');
	assert_int_equal(
		chosen(ENTRY("44444444", "") "," ENTRY("11111111", ON("linux", "amd64", "")),
		       "linux/amd64"),
		'1');
	assert_int_equal(chosen(ENTRY("44444444", ON("unknown", "unknown", "")), "linux/amd64"),
			 '-');
}

static void names_of_a_layout_are_read(void **context)
{
	static const char text[] =
		"{" V2 ",\"manifests\":[{\"mediaType\":\"" MEDIA_TYPE_OCI_MANIFEST
		"\",\"digest\":\"" A "\",\"size\":1,\"annotations\":{"
		"\"org.opencontainers.image.ref.name\":\"v1\","
		"\"io.containerd.image.name\":\"docker.io/library/x:v1\"}}]}";
	AUTO_ARENA struct arena arena = { 0 };
	struct image_index index;

	(void)context;
	assert_int_equal(image_index_parse(text, strlen(text), NULL, &arena, &index, NULL), 0);
	assert_string_equal(index.entries[0].ref_name, "v1");
	assert_string_equal(index.entries[0].image_name, "docker.io/library/x:v1");
}

static void types_of_artifacts_are_read(void **context)
{
#define TYPED(type)                                                                        \
	"{" V2 ",\"manifests\":[{\"mediaType\":\"" MEDIA_TYPE_OCI_MANIFEST                 \
	"\",\"digest\":\"" A "\",\"size\":1" type "},{\"mediaType\":\"x\",\"digest\":\"" A \
	"\",\"size\":1}]}"
	static const char text[] = TYPED(",\"artifactType\":\"application/a\"");
	static const char wrong[] = TYPED(",\"artifactType\":1");
	AUTO_ARENA struct arena arena = { 0 };
	struct image_index index;
	struct err e = { 0 };

	(void)context;
	assert_int_equal(image_index_parse(text, strlen(text), NULL, &arena, &index, NULL), 0);
	assert_string_equal(index.entries[0].artifact_type, "application/a");
	assert_null(index.entries[1].artifact_type);
	assert_int_equal(image_index_parse(wrong, strlen(wrong), NULL, &arena, &index, &e),
			 -EINVAL);
	assert_non_null(strstr(e.text, "manifests[0].artifactType: expected a string"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_is_read),
		cmocka_unit_test(what_is_no_manifest_is_refused),
		cmocka_unit_test(what_could_be_two_things_is_refused),
		cmocka_unit_test(an_artifact_is_no_image),
		cmocka_unit_test(a_content_type_with_parameters_or_unknown_does_not_matter),
		cmocka_unit_test(platforms_are_read_as_docker_reads_them),
		cmocka_unit_test(the_best_variant_is_chosen),
		cmocka_unit_test(an_entry_without_a_platform_counts_only_alone),
		cmocka_unit_test(names_of_a_layout_are_read),
		cmocka_unit_test(types_of_artifacts_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
