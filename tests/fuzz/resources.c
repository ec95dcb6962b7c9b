/* The resources that update --resources names: as runtime_spec.c, alone. */
#include <assert.h>
#include <string.h>

#include "../golden/oci/spec_dump.h"
#include "fuzz.h"
#include "spec/runtime_spec_read.h"

static void resources_check(const struct spec_resources *resources)
{
	assert(!resources->memory_limit.is_set || resources->memory_limit.value >= -1);
	assert(!resources->cpu_shares.is_set || resources->cpu_shares.value >= 0);
	for (size_t i = 0; i < resources->device_count; i++)
		assert(strchr("abc", resources->devices[i].type) &&
		       resources->devices[i].major >= -1);
	/* A key becomes the name of a file in a directory that root writes to. */
	for (size_t i = 0; i < resources->unified.count; i++) {
		const char *item = resources->unified.items[i];

		assert(!memchr(item, '/', strcspn(item, "=")) && item[0] != '.');
	}
	for (size_t i = 0; i < resources->hugepage_count; i++)
		assert(!strpbrk(resources->hugepages[i].page_size, "/."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct spec_resources resources;
	struct strv warnings;
	struct err e = { 0 };
	int r = spec_parse_resources((const char *)data, size, &arena, &resources, &warnings,
				     &e);

	if (r < 0) {
		assert(e.kind == ERR_INVALID || e.kind == ERR_UNSUPPORTED);
		assert(e.code == r && e.text[0] && e.text[0] != ':');
		return 0;
	}
	resources_check(&resources);
	dump_resources(&text, &resources);
	dump_list(&text, "warning", &warnings);
	assert(str_ok(&text) == 0 && strlen(str_text(&text)) == text.len);
	return 0;
}
