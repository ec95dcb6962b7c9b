/*
 * The files of registry_config.h: where they are, in which order they count.
 *
 * Runs in: cli (engine).
 * See: docs/images.md "Registries and mirrors".
 */
#include "image/registry_config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "image/operator_path.h"

typedef int file_reader(struct registry_config *config, const char *text, size_t len,
			const char *file, struct err *e);

/* Returns 1, 0: there is no such file, or -errno with a sentence. */
static int read_one(struct registry_config *config, const char *path, file_reader *reader,
		    struct err *e)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	int r;

	if (!path)
		return 0;
	r = file_read(AT_FDCWD, path, REGISTRY_FILE_MAX, &text, &len);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r == -EFBIG)
		return err_set(e, ERR_INVALID, r, "%s: larger than %d bytes", path,
			       REGISTRY_FILE_MAX);
	if (r == -EINVAL)
		return err_set(e, ERR_INVALID, r, "%s: not a regular file", path);
	if (r < 0)
		return err_sys(e, r, "read %s", path);
	log_debug("registries: %s", path);
	r = reader(config, text, len, path, e);
	return r < 0 ? r : 1;
}

static int is_fragment(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(entry->d_name, ".conf");
}

/* by bytes, whatever the locale */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* DIRECTORY/NAME.conf, in the order of their names. */
static int read_fragments(struct registry_config *config, const char *directory, struct err *e)
{
	struct dirent **entries = NULL;
	int count = directory ? scandir(directory, &entries, is_fragment, compare_names) : 0;
	int r = 0;

	if (count < 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? 0
			       : err_sys(e, errno, "read directory %s", directory);
	if (count > REGISTRY_FILES_MAX)
		r = err_set(e, ERR_INVALID, -E2BIG, "%s: more than %d files", directory,
			    REGISTRY_FILES_MAX);
	for (int i = 0; i < count; i++) {
		if (r >= 0)
			r = read_one(config,
				     arena_printf(config->arena, "%s/%s", directory,
						  entries[i]->d_name),
				     registry_rules_read, e);
		free(entries[i]);
	}
	free(entries);
	return r < 0 ? r : 0;
}

/* One of them: the one that is named, the user's, the machine's. */
static int read_main(struct registry_config *config, struct err *e)
{
	const char *named = getenv("CONTAINERS_REGISTRIES_CONF");
	int r;

	if (!str_is_empty(named)) {
		r = read_one(config, named, registry_rules_read, e);
		return r != 0 ? r
			      : err_set(e, ERR_NOT_FOUND, -ENOENT,
					"CONTAINERS_REGISTRIES_CONF: there is no %s", named);
	}
	r = read_one(config, operator_path_config(config->arena, "containers/registries.conf"),
		     registry_rules_read, e);
	if (r != 0)
		return r;
	return read_one(config, operator_path_etc(config->arena, "containers/registries.conf"),
			registry_rules_read, e);
}

/* docker's directory may be closed to users, who are not meant to need it. */
static int read_daemon(struct registry_config *config, struct err *e)
{
	const char *path = operator_path_etc(config->arena, "docker/daemon.json");
	int r = read_one(config, path, registry_daemon_read, e);

	if (r != -EACCES)
		return r;
	log_debug("registries: %s may not be read", path);
	if (e)
		*e = (struct err){ 0 };
	return 0;
}

static void find_certificate_directories(struct registry_config *config)
{
	const char *const paths[] = {
		operator_path_config(config->arena, "containers/certs.d"),
		operator_path_etc(config->arena, "containers/certs.d"),
		operator_path_etc(config->arena, "docker/certs.d"),
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (paths[i])
			strv_add_borrowed(&config->certificate_directories, config->arena,
					  paths[i]);
}

int registry_config_load(struct arena *arena, struct registry_config *ret, struct err *e)
{
	struct registry_config config = { .arena = arena };
	int r = read_main(&config, e);

	if (r >= 0)
		r = read_fragments(&config,
				   operator_path_etc(arena, "containers/registries.conf.d"), e);
	if (r >= 0)
		r = read_fragments(&config,
				   operator_path_config(arena, "containers/registries.conf.d"),
				   e);
	if (r >= 0)
		r = read_daemon(&config, e);
	if (r < 0)
		return r;
	find_certificate_directories(&config);
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	*ret = config;
	return 0;
}
