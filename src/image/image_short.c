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
