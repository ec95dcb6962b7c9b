/*
 * See credentials_key.h.
 *
 * Runs in: cli (engine).
 */
#include "image/credentials_key.h"

#include <string.h>

#include "base/str.h"
#include "image/credentials.h"

static const char hub_key[] = "https://index.docker.io/v1/";

const char *credentials_key(const char *registry)
{
	return strcmp(registry, "docker.io") == 0 ? hub_key : registry;
}

static bool is_text(const char *text, size_t len, const char *wanted)
{
	return len == strlen(wanted) && memcmp(text, wanted, len) == 0;
}

static bool is_hub(const char *host, size_t len)
{
	return is_text(host, len, "docker.io") || is_text(host, len, "index.docker.io") ||
	       is_text(host, len, "registry-1.docker.io");
}

/* The registry itself, with a scheme and then perhaps a path. */
static bool is_spelled(const char *key, const char *registry)
{
	const char *host = key;
	size_t len;

	if (str_starts(key, "https://"))
		host += strlen("https://");
	else if (str_starts(key, "http://"))
		host += strlen("http://");
	len = strcspn(host, "/");
	/* Without a scheme a path is a namespace, but for what docker 0.x wrote for its hub. */
	if (host == key && host[len] != '\0' && strcmp(host, "index.docker.io/v1/") != 0)
		return false;
	return strcmp(registry, "docker.io") == 0 ? is_hub(host, len)
						  : is_text(host, len, registry);
}

/* "registry/a" or "registry/a/b" for registry/a/b/c: the whole of one or more components. */
static bool is_namespace(const char *key, const struct reference *reference)
{
	size_t host = strlen(reference->registry);
	size_t path;

	if (strncmp(key, reference->registry, host) != 0 || key[host] != '/')
		return false;
	key += host + 1;
	path = strlen(key);
	return path > 0 && strncmp(reference->repository, key, path) == 0 &&
	       (reference->repository[path] == '/' || reference->repository[path] == '\0');
}

unsigned int credentials_key_rank(const char *key, const struct reference *reference)
{
	if (is_namespace(key, reference))
		return CREDENTIALS_KEY_NAMESPACE + (unsigned int)strlen(key);
	if (strcmp(key, credentials_key(reference->registry)) == 0)
		return CREDENTIALS_KEY_DOCKER;
	if (strcmp(key, reference->registry) == 0)
		return CREDENTIALS_KEY_PLAIN;
	return is_spelled(key, reference->registry) ? CREDENTIALS_KEY_SPELLED
						    : CREDENTIALS_KEY_NONE;
}
