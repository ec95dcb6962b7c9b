/*
 * The certificates for one registry: DIRECTORY/HOST[:PORT]/ with *.crt (authorities), *.cert
 * and *.key (ours, two files of one name). See registry_config.h.
 *
 * Only their names are looked at here; whoever connects reads them, and can say what is wrong
 * with one.
 *
 * Runs in: cli (engine).
 * See: docs.docker.com "Verify repository client with certificates";
 * containers-certs.d(5).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "image/registry_config.h"

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of what lies in `path`, sorted. */
static int list_names(const char *path, struct arena *arena, struct strv *ret)
{
	DIR *d = opendir(path);
	int r = 0;

	if (!d)
		return -errno;
	for (const struct dirent *entry = readdir(d); entry; entry = readdir(d)) {
		if (entry->d_name[0] == '.')
			continue;
		if (ret->count == REGISTRY_CERTIFICATES_MAX) {
			r = -E2BIG;
			break;
		}
		strv_add(ret, arena, entry->d_name);
	}
	(void)closedir(d);
	if (ret->count > 0)
		qsort(ret->items, ret->count, sizeof(ret->items[0]), compare_text);
	return r;
}

/* NAME.cert and NAME.key are one: `name` without its last `cut` characters and with `suffix`
 * must be there too. */
static const char *find_half(const struct strv *names, const char *name, size_t cut,
			     const char *suffix, struct arena *arena)
{
	const char *half =
		arena_printf(arena, "%.*s%s", (int)(strlen(name) - cut), name, suffix);

	return half && strv_has(names, half) ? half : NULL;
}

static int sort_file(const char *directory, const char *name, const struct strv *names,
		     struct arena *arena, struct registry_certificates *ret, struct err *e)
{
	const char *path = arena_printf(arena, "%s/%s", directory, name);
	const char *half;

	if (!path)
		return -ENOMEM;
	if (str_ends(name, ".crt")) {
		strv_add_borrowed(&ret->authorities, arena, path);
	} else if (str_ends(name, ".cert")) {
		half = find_half(names, name, strlen("cert"), "key", arena);
		if (!half)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s has no key beside it (an authority's certificate "
				       "ends with .crt)",
				       path);
		strv_add_borrowed(&ret->client_certificates, arena, path);
		strv_add_borrowed(&ret->client_keys, arena,
				  arena_printf(arena, "%s/%s", directory, half));
	} else if (str_ends(name, ".key") &&
		   !find_half(names, name, strlen("key"), "cert", arena)) {
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%s has no certificate (.cert) beside it", path);
	}
	return 0;
}

/* Returns 0, or -ENOENT: there is no such directory, or none that we may look into. */
static int read_directory(const char *path, struct arena *arena,
			  struct registry_certificates *ret, struct err *e)
{
	struct registry_certificates found = { 0 };
	struct strv names = { 0 };
	int r = list_names(path, arena, &names);

	if (r == -ENOENT || r == -ENOTDIR || r == -EACCES)
		return -ENOENT;
	if (r == -E2BIG)
		return err_set(e, ERR_INVALID, r, "%s: more than %d files", path,
			       REGISTRY_CERTIFICATES_MAX);
	if (r < 0)
		return err_sys(e, r, "read directory %s", path);
	for (size_t i = 0; r == 0 && i < names.count; i++)
		r = sort_file(path, names.items[i], &names, arena, &found, e);
	if (r == -ENOMEM || arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	if (r == 0)
		*ret = found;
	return r;
}

int registry_certificates_find(const struct registry_config *config, const char *registry,
			       struct arena *arena, struct registry_certificates *ret,
			       struct err *e)
{
	for (size_t i = 0; i < config->certificate_directories.count; i++) {
		const char *path = arena_printf(
			arena, "%s/%s", config->certificate_directories.items[i], registry);
		int r = path ? read_directory(path, arena, ret, e)
			     : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");

		if (r != -ENOENT)
			return r;
	}
	return 0;
}
