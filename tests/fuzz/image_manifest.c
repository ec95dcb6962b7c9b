/* A manifest or an index that is accepted has only digests, and is not accepted as the other. */
#include <assert.h>

#include "fuzz.h"
#include "spec/image_config.h"
#include "spec/image_index.h"
#include "spec/image_manifest.h"

static void check_manifest(const struct image_manifest *manifest)
{
	assert(manifest->layer_count > 0 && manifest->layer_count <= IMAGE_LAYERS_MAX);
	assert(media_type_is_manifest(manifest->media_type));
	assert(digest_is_valid(manifest->config.digest));
	for (size_t i = 0; i < manifest->layer_count; i++)
		assert(digest_is_valid(manifest->layers[i].digest));
}

static void check_index(const struct image_index *index)
{
	const struct platform wanted = { .os = "linux",
					 .architecture = "arm",
					 .variant = "v7" };
	const struct index_entry *entry;
	struct err e = { 0 };

	assert(index->count <= INDEX_ENTRIES_MAX);
	for (size_t i = 0; i < index->count; i++)
		assert(digest_is_valid(index->entries[i].descriptor.digest));
	if (image_index_choose(index, &wanted, &entry, &e) < 0)
		assert(e.kind == ERR_NOT_FOUND);
	else
		assert(entry >= index->entries && entry < index->entries + index->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	const char *text = (const char *)data;
	struct image_manifest manifest;
	struct image_index index;
	struct err e = { 0 };
	int is_manifest = image_manifest_parse(text, size, NULL, &arena, &manifest, &e) == 0;

	assert(is_manifest || e.text[0]);
	if (is_manifest)
		check_manifest(&manifest);
	if (image_index_parse(text, size, NULL, &arena, &index, &e) == 0) {
		assert(!is_manifest);
		check_index(&index);
	}
	return 0;
}
