/*
 * From places to connections: see registry_config.h.
 *
 * An insecure registry is tried with TLS first, any certificate being good, and without it
 * then, as docker does. This machine's registries are insecure unless the operator says
 * otherwise, by `insecure = false` or by giving them an authority of their own: whoever made
 * one wants it looked at.
 *
 * Runs in: cli (engine).
 */
#include <string.h>

#include "image/registry_config.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443, TRIES_MAX = 2 };

static bool is_insecure(const struct registry_config *config,
			const struct registry_source *source,
			const struct registry_certificates *certificates)
{
	if (source->trust != REGISTRY_TRUST_UNSAID)
		return source->trust == REGISTRY_TRUST_INSECURE;
	if (registry_insecure_has(&config->insecure, source->registry))
		return true;
	return registry_is_loopback(source->registry) && certificates->authorities.count == 0;
}

/* Host and port; Docker Hub's registry has another name than its references. */
static int split_host(const struct registry_source *source, struct arena *arena,
		      struct registry_endpoint *ret, struct err *e)
{
	bool is_hub = strcmp(source->registry, DOCKER_REGISTRY) == 0;
	const char *registry = is_hub ? "registry-1.docker.io" : source->registry;
	size_t len;

	if (registry_split_port(registry, &len, &ret->port) < 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%s: the port of a registry is a number from 1 to 65535",
			       registry);
	ret->host = arena_copy_bytes(arena, registry, len);
	return ret->host ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
}

/* One source: an endpoint or two at `to`. Returns how many, or -errno. */
static int expand(const struct registry_config *config, const struct registry_source *source,
		  struct arena *arena, struct registry_endpoint *to, struct err *e)
{
	struct registry_endpoint tls = { .registry = source->registry,
					 .path = source->path,
					 .repository = source->repository,
					 .is_mirror = source->is_mirror,
					 .is_for_digests = source->is_for_digests,
					 .is_tls = true };
	struct registry_certificates certificates = { 0 };
	struct registry_endpoint plain;
	int r = split_host(source, arena, &tls, e);

	if (r == 0)
		r = registry_certificates_find(config, source->registry, arena, &certificates,
					       e);
	if (r < 0)
		return r;
	plain = tls;
	plain.is_tls = false;
	plain.port = plain.port ? plain.port : PORT_HTTP;
	tls.port = tls.port ? tls.port : PORT_HTTPS;
	tls.is_verified = !is_insecure(config, source, &certificates);
	if (tls.is_verified)
		tls.certificates = certificates;
	if (source->scheme == REGISTRY_HTTP) {
		to[0] = plain;
		return 1;
	}
	to[0] = tls;
	to[1] = plain;
	return tls.is_verified || source->scheme == REGISTRY_HTTPS ? 1 : TRIES_MAX;
}

static int expand_all(const struct registry_config *config,
		      const struct registry_source *sources, size_t count, struct arena *arena,
		      struct registry_endpoint **ret, size_t *ret_count, struct err *e)
{
	struct registry_endpoint *endpoints =
		arena_array(arena, TRIES_MAX * count, sizeof(*endpoints));
	size_t used = 0;

	if (!endpoints)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	for (size_t i = 0; i < count; i++) {
		int r = expand(config, &sources[i], arena, &endpoints[used], e);

		if (r < 0)
			return r;
		used += (size_t)r;
	}
	*ret = endpoints;
	*ret_count = used;
	return 0;
}

int registry_endpoints(const struct registry_config *config, const struct reference *reference,
		       enum registry_purpose purpose, struct arena *arena,
		       struct registry_endpoint **ret, size_t *ret_count, struct err *e)
{
	struct registry_source *sources;
	size_t count;
	int r = registry_sources(config, reference, purpose, arena, &sources, &count, e);

	return r < 0 ? r : expand_all(config, sources, count, arena, ret, ret_count, e);
}
