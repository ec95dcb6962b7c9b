/*
 * See credentials_places.h.
 *
 * Runs in: cli (engine).
 */
#include "image/credentials_places.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "image/credentials.h"
#include "image/operator_path.h"

const char *credentials_docker_place(struct arena *arena)
{
	const char *directory = getenv("DOCKER_CONFIG");

	return str_is_empty(directory) ? operator_path_home(arena, ".docker/config.json")
				       : arena_printf(arena, "%s/config.json", directory);
}

size_t credentials_places(struct arena *arena, const char *ret[CREDENTIALS_PLACES_MAX])
{
	const char *alone = getenv("REGISTRY_AUTH_FILE");
	size_t count = 0;
	const char *paths[] = {
		credentials_docker_place(arena),
		operator_path_runtime(arena, "auth.json"),
		operator_path_config(arena, "containers/auth.json"),
	};

	if (!str_is_empty(alone)) {
		ret[0] = alone;
		return 1;
	}
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (paths[i])
			ret[count++] = paths[i];
	return count;
}

int credentials_read_place(int dir_fd, const char *name, const char *path, struct str *text,
			   struct err *e)
{
	int r = file_read_into(dir_fd, name, CREDENTIAL_FILE_MAX, text);

	if (r == 0 || r == -ENOENT || r == -ENOTDIR)
		return r == 0 ? 0 : -ENOENT;
	if (r == -EFBIG)
		return err_set(e, ERR_INVALID, r, "%s: larger than %d bytes", path,
			       CREDENTIAL_FILE_MAX);
	if (r == -EINVAL)
		return err_set(e, ERR_INVALID, r, "%s: not a regular file", path);
	return err_sys(e, r, "read %s", path);
}
