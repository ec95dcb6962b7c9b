/*
 * A name without its registry, among the images that are here: it stands for what a pull of it
 * would look for. See image_load.h.
 *
 * Asked only for names that are not here as they are written, so a file that cannot be read
 * changes nothing: the pull that follows says what is wrong with it.
 *
 * Runs in: cli (engine).
 * See: registry_config.h.
 */
#include <string.h>

#include "base/log.h"
#include "image/image_load.h"
#include "image/registry_config.h"

static int read_candidates(const char *name, struct arena *arena, struct reference **ret,
			   size_t *ret_count, struct err *e)
{
	struct registry_config config = { 0 };
	int r = registry_config_load(arena, &config, e);

	return r < 0 ? r : registry_candidates(&config, name, arena, ret, ret_count, e);
}

size_t image_short_candidates(const char *name, struct arena *arena, struct reference **ret)
{
	struct reference *list;
	struct err problem = { 0 };
	size_t count;

	if (reference_has_registry(name))
		return 0;
	if (read_candidates(name, arena, &list, &count, &problem) < 0) {
		log_debug("short names: %s", problem.text);
		return 0;
	}
	*ret = list;
	return count;
}

/* --- patterns ---------------------------------------------------------------------------- */

/* The name as it is: an IPv6 address has brackets. */
static void add_literally(struct str *out, const char *name)
{
	for (; *name; name++) {
		if (strchr("[]*?\\", *name))
			str_add_char(out, '\\');
		str_add_char(out, *name);
	}
}

static void add_pattern(const char *name, const char *separator, const char *rest,
			struct arena *arena, struct strv *patterns)
{
	AUTO_STR struct str text = { 0 };

	add_literally(&text, name);
	str_add(&text, separator);
	str_add(&text, rest);
	if (str_ok(&text) == 0)
		strv_add(patterns, arena, str_text(&text));
}

void image_short_patterns(const char *pattern, struct arena *arena, struct strv *patterns)
{
	struct registry_config config = { 0 };
	struct reference *candidates;
	struct err problem = { 0 };
	size_t count = 0;

	if (reference_has_registry(pattern))
		return;
	if (registry_config_load(arena, &config, &problem) < 0) {
		log_debug("short names: %s", problem.text);
		return;
	}
	if (registry_candidates(&config, pattern, arena, &candidates, &count, NULL) < 0) {
		/* A pattern, which no alias has; or it is not to be decided: then all. */
		for (size_t i = 0; i < config.search.count; i++)
			add_pattern(config.search.items[i], "/", pattern, arena, patterns);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		char name[REFERENCE_SIZE * 2];

		reference_familiar_name(&candidates[i], name);
		add_pattern(name, "", pattern + strcspn(pattern, ":@"), arena, patterns);
	}
}
