/*
 * Everything that hoy-fetch is told before it confines itself: where, as whom, through what.
 * For a registry that is many things; for a URL of a user's (registry_open_url) only the URL,
 * proxies and authorities.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_REGISTRY_SETUP_H
#define HOY_IMAGE_REGISTRY_SETUP_H

#include "base/err.h"
#include "image/credentials.h"
#include "image/registry.h"
#include "image/registry_config.h"
#include "proto/fetch.h"

struct registry_setup {
	enum fetch_purpose purpose;
	const char *registry; /* as users write it */
	const char *repository;
	const char *name; /* of the repository, familiar */
	struct registry_config config;
	struct registry_endpoint *endpoints;
	size_t endpoint_count;
	struct registry_credentials credentials[FETCH_ENDPOINTS_MAX]; /* of each endpoint */
	struct strv headers; /* "NAME: VALUE": config.json's HttpHeaders */
};

/* From the operator's files and the user's; in `arena`, which must be secret. */
int registry_setup_read(const struct registry_request *request, struct arena *arena,
			struct registry_setup *ret, struct err *e);
/* The same for a URL. -EINVAL: it is none, or has a user in it. */
int registry_setup_read_url(const char *url, struct arena *arena, struct registry_setup *ret,
			    struct err *e);
/* As frames, up to FETCH_GO. -EPIPE: nobody listens. */
int registry_setup_send(const struct registry_setup *setup, int socket_fd, struct err *e);

#endif
