/*
 * See path.h.
 *
 * Runs in: cli.
 */
#include "cli/path.h"

#include <string.h>

char *path_clean(struct arena *arena, const char *path)
{
	char *clean = arena_alloc(arena, strlen(path) + 2);
	size_t len = 0;

	if (!clean)
		return NULL;
	while (*path) {
		size_t part = strcspn(path, "/");

		if (part == 2 && path[0] == '.' && path[1] == '.') {
			while (len > 0 && clean[--len] != '/')
				;
		} else if (part > 1 || (part == 1 && path[0] != '.')) {
			clean[len++] = '/';
			memcpy(clean + len, path, part);
			len += part;
		}
		path += part;
		path += *path == '/';
	}
	if (len == 0)
		clean[len++] = '/';
	clean[len] = '\0';
	return clean;
}
