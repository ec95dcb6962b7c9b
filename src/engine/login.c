/*
 * See login.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/login.h"

#include <string.h>

#include "image/registry.h"
#include "image/registry_config.h"

int login_registry(const char *server, struct reference *ret, struct err *e)
{
	AUTO_STR struct str host = { 0 };
	const char *begin;

	if (str_is_empty(server))
		return registry_parse(DOCKER_REGISTRY, ret, e);
	begin = strstr(server, "://");
	begin = begin ? begin + 3 : server;
	str_add_bytes(&host, begin, strcspn(begin, "/"));
	if (str_ok(&host) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	/* Docker Hub is called by the key of its credentials, too. */
	return registry_parse(strcmp(str_text(&host), "index.docker.io") == 0 ? DOCKER_REGISTRY
									      : str_text(&host),
			      ret, e);
}

int login_stored(const struct reference *registry, struct arena *arena,
		 struct registry_credentials *ret, struct err *e)
{
	return credentials_find(registry, arena, ret, e);
}

int login_check(const struct reference *registry,
		const struct registry_credentials *credentials, struct arena *arena,
		char **ret_token, struct err *e)
{
	const struct registry_request request = { .reference = registry,
						  .purpose = REGISTRY_LOGIN,
						  .credentials = credentials,
						  .interrupt_fd = -1 };
	AUTO_REGISTRY struct registry *connection = NULL;
	int r = registry_open(&request, &connection, e);

	return r < 0 ? r : registry_check(connection, arena, ret_token, e);
}

int login_store(const struct reference *registry,
		const struct registry_credentials *credentials, struct arena *arena,
		struct credentials_stored *ret, struct err *e)
{
	struct registry_credentials keep = *credentials;
	char *token = NULL;
	int r = credentials_check(credentials, registry->registry, e);

	if (r == 0)
		r = login_check(registry, credentials, arena, &token, e);
	if (r < 0)
		return r;
	if (token) {
		keep.identity_token = token;
		keep.password = NULL;
	}
	return credentials_store(registry->registry, &keep, arena, ret, e);
}
