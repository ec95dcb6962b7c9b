/*
 * See registry_setup.h.
 *
 * Runs in: cli (engine).
 */
#include "image/registry_setup.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "image/registry_headers.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443 };

/* --- reading ------------------------------------------------------------------------------ */

/* The one before, in plain text? */
static bool is_alternative(const struct registry_setup *setup, size_t n)
{
	const struct registry_endpoint *endpoint = &setup->endpoints[n];
	const struct registry_endpoint *before = n > 0 ? endpoint - 1 : NULL;

	return before && !endpoint->is_tls && before->is_tls && !before->is_verified &&
	       strcmp(before->registry, endpoint->registry) == 0 &&
	       strcmp(before->path, endpoint->path) == 0 &&
	       strcmp(before->repository, endpoint->repository) == 0;
}

/* Those of the registry itself are the caller's where he gives them; a mirror's are always looked
 * up, under its own name. */
static int find_credentials(struct registry_setup *setup,
			    const struct registry_credentials *given, size_t n,
			    struct arena *arena, struct err *e)
{
	const struct registry_endpoint *endpoint = &setup->endpoints[n];
	struct reference reference = { 0 };

	if (given && !endpoint->is_mirror) {
		setup->credentials[n] = *given;
		return 0;
	}
	if (is_alternative(setup, n)) {
		setup->credentials[n] = setup->credentials[n - 1];
		return 0;
	}
	if (str_copy(reference.registry, sizeof(reference.registry), endpoint->registry) < 0 ||
	    str_copy(reference.repository, sizeof(reference.repository), endpoint->repository) <
		    0)
		return 0;
	return credentials_find(&reference, arena, &setup->credentials[n], e);
}

static void set_names(struct registry_setup *setup, const struct registry_request *request,
		      struct arena *arena)
{
	static const enum fetch_purpose purposes[] = { [REGISTRY_PULL] = FETCH_TO_PULL,
						       [REGISTRY_LIST] = FETCH_TO_PULL,
						       [REGISTRY_PUSH] = FETCH_TO_PUSH,
						       [REGISTRY_DELETE] = FETCH_TO_DELETE,
						       [REGISTRY_LOGIN] = FETCH_TO_LOG_IN };
	char name[REFERENCE_SIZE * 2];

	reference_familiar_name(request->reference, name);
	setup->purpose = purposes[request->purpose];
	setup->registry = request->reference->registry;
	setup->repository = request->reference->repository;
	setup->name = arena_copy(arena, name);
}

int registry_setup_read(const struct registry_request *request, struct arena *arena,
			struct registry_setup *ret, struct err *e)
{
	int r = registry_config_load(arena, &ret->config, e);

	set_names(ret, request, arena);
	if (r == 0)
		r = registry_endpoints(&ret->config, request->reference, request->purpose,
				       arena, &ret->endpoints, &ret->endpoint_count, e);
	if (r == 0 && ret->endpoint_count > FETCH_ENDPOINTS_MAX)
		r = err_set(e, ERR_INVALID, -E2BIG,
			    "more than %d places to ask for one repository",
			    FETCH_ENDPOINTS_MAX);
	for (size_t i = 0; r == 0 && i < ret->endpoint_count; i++)
		r = find_credentials(ret, request->credentials, i, arena, e);
	return r < 0 ? r : registry_headers_read(arena, &ret->headers, e);
}

/* --- sending ------------------------------------------------------------------------------ */

static int send_texts(int socket_fd, const struct fetch_header *head, const char *const *texts,
		      size_t count, struct err *e)
{
	const struct fetch_parts parts = { .texts = texts, .text_count = count };
	int r = fetch_send(socket_fd, head, &parts);

	return r < 0 && r != -EPIPE ? err_sys(e, r, "tell %s", FETCH_PROGRAM) : r;
}

/* One file, or a certificate and its key. */
static int send_files(int socket_fd, enum fetch_kind kind, const char *const paths[2],
		      struct err *e)
{
	const struct fetch_header head = { .kind = (uint8_t)kind };
	int fds[2] = { -EBADF, -EBADF };
	const struct fetch_parts parts = { .fds = fds, .fd_count = paths[1] ? 2 : 1 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < parts.fd_count; i++) {
		fds[i] = open(paths[i], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fds[i] < 0)
			r = err_sys(e, errno, "open %s", paths[i]);
	}
	if (r == 0) {
		r = fetch_send(socket_fd, &head, &parts);
		if (r < 0 && r != -EPIPE)
			r = err_sys(e, r, "tell %s", FETCH_PROGRAM);
	}
	for (size_t i = 0; i < parts.fd_count; i++)
		(void)fd_close(fds[i]);
	return r;
}

static int send_certificates(const struct registry_certificates *certificates, int socket_fd,
			     struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < certificates->authorities.count; i++) {
		const char *const paths[2] = { certificates->authorities.items[i] };

		r = send_files(socket_fd, FETCH_AUTHORITY, paths, e);
	}
	for (size_t i = 0; r == 0 && i < certificates->client_certificates.count; i++) {
		const char *const paths[2] = { certificates->client_certificates.items[i],
					       certificates->client_keys.items[i] };

		r = send_files(socket_fd, FETCH_CERTIFICATE, paths, e);
	}
	return r;
}

static void add_url(struct str *url, const struct registry_endpoint *endpoint)
{
	str_printf(url, "%s://%s", endpoint->is_tls ? "https" : "http", endpoint->host);
	if (endpoint->port != (endpoint->is_tls ? PORT_HTTPS : PORT_HTTP))
		str_printf(url, ":%u", endpoint->port);
	str_add(url, endpoint->path);
}

static int send_endpoint(const struct registry_setup *setup, size_t n, int socket_fd,
			 struct err *e)
{
	const struct registry_endpoint *endpoint = &setup->endpoints[n];
	const struct registry_credentials *c = &setup->credentials[n];
	AUTO_STR struct str url = { 0 };
	unsigned int flags =
		(endpoint->is_verified || !endpoint->is_tls ? 0U : FETCH_INSECURE) |
		(is_alternative(setup, n) ? FETCH_ALTERNATIVE : 0U) |
		(endpoint->is_mirror ? FETCH_MIRROR : 0U) |
		(endpoint->is_for_digests ? FETCH_DIGESTS_ONLY : 0U);
	const struct fetch_header head = { .kind = FETCH_ENDPOINT, .flags = (uint16_t)flags };
	int r;

	add_url(&url, endpoint);
	if (str_ok(&url) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	r = send_texts(socket_fd, &head,
		       (const char *const[]){ str_text(&url), endpoint->repository, c->user,
					      c->password, c->identity_token,
					      c->registry_token },
		       6, e);
	return r < 0 ? r : send_certificates(&endpoint->certificates, socket_fd, e);
}

/* The environment's, where daemon.json names none. */
static const char *proxy(const char *configured, const char *upper, const char *lower)
{
	const char *value = configured ? configured : getenv(upper);

	return value ? value : getenv(lower);
}

static int send_proxies(const struct registry_config *config, int socket_fd, struct err *e)
{
	const struct fetch_header head = { .kind = FETCH_PROXY };
	const char *const texts[] = {
		proxy(config->http_proxy, "HTTP_PROXY", "http_proxy"),
		proxy(config->https_proxy, "HTTPS_PROXY", "https_proxy"),
		proxy(config->no_proxy, "NO_PROXY", "no_proxy"),
	};

	return send_texts(socket_fd, &head, texts, 3, e);
}

static int send_names(const struct registry_setup *setup, int socket_fd, struct err *e)
{
	const struct fetch_header head = { .kind = FETCH_SETUP,
					   .code = (int32_t)setup->purpose };

	return send_texts(
		socket_fd, &head,
		(const char *const[]){ setup->registry, setup->repository, setup->name }, 3, e);
}

int registry_setup_send(const struct registry_setup *setup, int socket_fd, struct err *e)
{
	const struct fetch_header header = { .kind = FETCH_HEADER };
	const struct fetch_header go = { .kind = FETCH_GO };
	int r = send_names(setup, socket_fd, e);

	for (size_t i = 0; r == 0 && i < setup->endpoint_count; i++)
		r = send_endpoint(setup, i, socket_fd, e);
	for (size_t i = 0; r == 0 && i < setup->headers.count; i++)
		r = send_texts(socket_fd, &header,
			       (const char *const *)&setup->headers.items[i], 1, e);
	if (r == 0)
		r = send_proxies(&setup->config, socket_fd, e);
	return r < 0 ? r : send_texts(socket_fd, &go, NULL, 0, e);
}
