/* A registries.conf, or with a leading '{' a daemon.json: what is accepted leads to places that can be asked, the registry itself the last. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "image/registry_config.h"

static void check_sources(const struct registry_config *config, struct arena *arena)
{
	struct reference reference = { .registry = "docker.io",
				       .repository = "library/x",
				       .tag = "1" };
	struct registry_source *sources = NULL;
	size_t count = 0;

	if (registry_sources(config, &reference, REGISTRY_PULL, arena, &sources, &count, NULL) <
	    0)
		return;
	assert(count > 0 && !sources[count - 1].is_mirror);
	for (size_t i = 0; i < count; i++) {
		assert(sources[i].registry[0] && sources[i].repository[0]);
		assert(!strpbrk(sources[i].registry, "/@ \n"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct registry_config config = { .arena = &arena };
	struct err e = { 0 };
	int r;

	str_add_bytes(&text, data, size);
	r = size > 0 && data[0] == '{'
		    ? registry_daemon_read(&config, str_text(&text), text.len, "f", &e)
		    : registry_rules_read(&config, str_text(&text), text.len, "f", &e);
	if (r < 0) {
		assert(e.text[0]);
		return 0;
	}
	check_sources(&config, &arena);
	return 0;
}
