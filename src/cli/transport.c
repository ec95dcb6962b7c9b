/*
 * See transport.h.
 *
 * Runs in: cli.
 */
#include "cli/transport.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

static bool exists(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, 0) == 0;
}

static void split(char *rest, struct transport *ret)
{
	char *colon;

	ret->path = rest;
	if (exists(rest))
		return;
	for (colon = strchr(rest, ':'); colon; colon = strchr(colon + 1, ':')) {
		*colon = '\0';
		if (exists(rest) || !strchr(colon + 1, '/')) {
			ret->name = colon + 1;
			return;
		}
		*colon = ':';
	}
}

int transport_parse(const char *text, struct arena *arena, struct transport *ret)
{
	static const struct {
		const char *prefix;
		bool is_directory;
	} kinds[] = { { "oci:", true },
		      { "oci-archive:", false },
		      { "docker-archive:", false } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char *rest;

		if (!str_starts(text, kinds[i].prefix))
			continue;
		rest = arena_copy(arena, text + strlen(kinds[i].prefix));
		*ret = (struct transport){ .is_directory = kinds[i].is_directory };
		if (!rest)
			return 0;
		split(rest, ret);
		if (str_is_empty(ret->name))
			ret->name = NULL;
		return 1;
	}
	return 0;
}

int transport_open(const struct transport *transport, struct err *e)
{
	int flags = O_RDONLY | O_CLOEXEC | (transport->is_directory ? O_DIRECTORY : 0);
	int fd = open(transport->path, flags);

	return fd < 0 ? err_sys(e, errno, "open %s", transport->path) : fd;
}
