/*
 * See operator_path.h.
 *
 * Runs in: cli (engine).
 */
#include "image/operator_path.h"

#include <stdlib.h>
#include <unistd.h>

/* "$VARIABLE/between/name", NULL when it is no absolute path. */
static const char *below(struct arena *arena, const char *variable, const char *between,
			 const char *name)
{
	const char *directory = getenv(variable);

	if (!directory || directory[0] != '/')
		return NULL;
	return arena_printf(arena, "%s/%s%s", directory, between, name);
}

const char *operator_path_etc(struct arena *arena, const char *name)
{
	const char *path = below(arena, "HOY_ETC", "", name);

	return path ? path : arena_printf(arena, "/etc/%s", name);
}

const char *operator_path_home(struct arena *arena, const char *name)
{
	return below(arena, "HOME", "", name);
}

const char *operator_path_config(struct arena *arena, const char *name)
{
	const char *path = below(arena, "XDG_CONFIG_HOME", "", name);

	return path ? path : below(arena, "HOME", ".config/", name);
}

const char *operator_path_runtime(struct arena *arena, const char *name)
{
	const char *path = below(arena, "XDG_RUNTIME_DIR", "containers/", name);

	return path ? path
		    : arena_printf(arena, "/run/containers/%u/%s", (unsigned int)geteuid(),
				   name);
}
