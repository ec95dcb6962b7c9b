/*
 * What is asked for on one network: `--network`, `network connect`, and what a container's
 * configuration remembers of it.
 *
 * Runs in: cli (engine).
 * See: Docker Engine API, EndpointSettings.
 */
#ifndef HOY_SPEC_ENDPOINT_REQUEST_H
#define HOY_SPEC_ENDPOINT_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct json_object;
struct json_writer;

enum { ENDPOINT_REQUESTS_MAX = 64 };

struct endpoint_request {
	char *network; /* its name; NULL until the engine knows which is the default one */
	struct strv aliases;
	struct strv links;	    /* "CONTAINER:ALIAS" */
	struct strv driver_options; /* "key=value" */
	char *ip_address;	    /* NULL: the next free one */
	char *ip6_address;
	char *mac_address;
	int32_t gateway_priority;
};

/* Is anything asked for but the network itself? */
bool endpoint_request_is_plain(const struct endpoint_request *request);

void endpoint_request_write(struct json_writer *w, const struct endpoint_request *request);
/* Returns 0 or -EINVAL with the path of the offending member. */
int endpoint_request_read(struct json_object *o, const char *path, struct arena *arena,
			  struct endpoint_request *ret, struct err *e);

#endif
