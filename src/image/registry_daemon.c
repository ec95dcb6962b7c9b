/*
 * What docker's daemon.json says about registries: mirrors of Docker Hub, insecure ones,
 * proxies. Everything else in it is the daemon's.
 *
 * Runs in: cli (engine).
 * See: dockerd(8) "Daemon configuration file".
 */
#include <string.h>

#include "format/json.h"
#include "image/registry_config.h"

/* "http[s]://host[:port][/path]": no user, query or fragment. */
static bool is_mirror(const char *text)
{
	const char *host = strstr(text, "://");
	char registry[REFERENCE_MAX + 1];
	size_t host_len;
	uint16_t port;
	size_t len;

	if (!str_starts(text, "http://") && !str_starts(text, "https://"))
		return false;
	host += 3;
	len = strcspn(host, "/");
	if (len > REFERENCE_MAX || strpbrk(text, "@?# \t\n\\"))
		return false;
	memcpy(registry, host, len);
	registry[len] = '\0';
	return registry_split_port(registry, &host_len, &port) == 0;
}

static int read_mirrors(struct registry_config *config, struct json_object *o, const char *file,
			struct err *e)
{
	struct strv mirrors = { 0 };
	int r = json_get_strings(o, file, "registry-mirrors", config->arena, &mirrors, e);

	for (size_t i = 0; r == 0 && i < mirrors.count; i++) {
		char *mirror = mirrors.items[i];

		if (!is_mirror(mirror) || i == REGISTRY_MIRRORS_MAX)
			return err_set(e, ERR_INVALID, -EINVAL, "%s: registry-mirrors: %s: %s",
				       file, mirror,
				       i == REGISTRY_MIRRORS_MAX
					       ? "one mirror too many"
					       : "not http[s]://HOST[:PORT][/PATH]");
		for (size_t len = strlen(mirror); mirror[len - 1] == '/'; len--)
			mirror[len - 1] = '\0';
		strv_add_borrowed(&config->mirrors, config->arena, mirror);
	}
	return r;
}

static int read_insecure(struct registry_config *config, struct json_object *o,
			 const char *file, struct err *e)
{
	struct strv list = { 0 };
	int r = json_get_strings(o, file, "insecure-registries", config->arena, &list, e);

	for (size_t i = 0; r == 0 && i < list.count; i++) {
		r = registry_insecure_add(&config->insecure, config->arena, list.items[i]);
		if (r < 0 && r != -ENOMEM)
			return err_set(e, ERR_INVALID, r, "%s: insecure-registries: %s: %s",
				       file, list.items[i],
				       r == -ENOSPC ? "one subnet too many"
						    : "not HOST[:PORT] or ADDRESS/BITS");
	}
	return r;
}

static int read_proxies(struct registry_config *config, struct json_object *o, const char *file,
			struct err *e)
{
	struct json_object *proxies = NULL;
	struct {
		const char *key;
		const char **field;
	} members[] = { { "http-proxy", &config->http_proxy },
			{ "https-proxy", &config->https_proxy },
			{ "no-proxy", &config->no_proxy } };
	int r = json_get_object(o, file, "proxies", &proxies, e);

	for (size_t i = 0; r == 0 && proxies && i < sizeof(members) / sizeof(members[0]); i++) {
		char *text = NULL;

		r = json_get_string(proxies, file, members[i].key, config->arena, &text, e);
		if (r == 0 && !str_is_empty(text))
			*members[i].field = text;
	}
	return r;
}

int registry_daemon_read(struct registry_config *config, const char *text, size_t len,
			 const char *file, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	int r = json_parse(text, len, REGISTRY_FILE_MAX, file, &o, e);

	if (r == 0 && !json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "%s: expected an object", file);
	if (r == 0)
		r = read_mirrors(config, o, file, e);
	if (r == 0)
		r = read_insecure(config, o, file, e);
	if (r == 0)
		r = read_proxies(config, o, file, e);
	if (r == -ENOMEM || arena_ok(config->arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", file);
	return r;
}
