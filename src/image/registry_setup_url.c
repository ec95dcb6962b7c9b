/*
 * What hoy-fetch is told for a URL: one endpoint, of which the URL is the whole address; the
 * operator's proxies; the authorities of that host in certs.d. No credentials, no headers and no
 * certificate of ours, which are for registries, and https is always verified.
 *
 * Runs in: cli (engine).
 * See: registry_setup.h, RFC 3986.
 */
#include <string.h>

#include "image/registry_setup.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443 };

static int url_split(const char *url, struct arena *arena, struct registry_endpoint *ret,
		     struct err *e)
{
	bool is_tls = str_starts(url, "https://");
	const char *host = url + (is_tls ? strlen("https://") : strlen("http://"));
	size_t len = strcspn(host, "/?#");
	const char *authority = arena_copy_bytes(arena, host, len);
	size_t host_len;

	if (!is_tls && !str_starts(url, "http://"))
		return err_set(e, ERR_INVALID, -EINVAL, "%.200s is neither http nor https",
			       url);
	if (!authority)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	/* It would stand in the image's history, too. */
	if (strchr(authority, '@'))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "a URL with a user in it is not taken, because no credentials "
			       "are sent");
	*ret = (struct registry_endpoint){ .registry = authority,
					   .repository = "",
					   .path = host + len,
					   .is_tls = is_tls,
					   .is_verified = is_tls };
	if (registry_split_port(authority, &host_len, &ret->port) < 0 || host_len == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "%.200s has no usable host", url);
	ret->host = arena_copy_bytes(arena, authority, host_len);
	ret->port = ret->port ? ret->port : is_tls ? PORT_HTTPS : PORT_HTTP;
	return ret->host ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
}

int registry_setup_read_url(const char *url, struct arena *arena, struct registry_setup *ret,
			    struct err *e)
{
	struct registry_endpoint *endpoint = arena_alloc(arena, sizeof(*endpoint));
	int r = endpoint ? url_split(url, arena, endpoint, e)
			 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");

	if (r == 0)
		r = registry_config_load(arena, &ret->config, e);
	if (r == 0 && endpoint->is_tls)
		r = registry_certificates_find(&ret->config, endpoint->registry, arena,
					       &endpoint->certificates, e);
	if (r < 0)
		return r;
	endpoint->certificates.client_certificates = (struct strv){ 0 };
	endpoint->certificates.client_keys = (struct strv){ 0 };
	ret->purpose = FETCH_TO_PULL;
	ret->registry = endpoint->registry;
	ret->endpoints = endpoint;
	ret->endpoint_count = 1;
	return 0;
}
