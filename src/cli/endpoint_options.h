/*
 * What can be asked for on one network, as flags: of run and create, of `network connect`, and
 * within a --network that names more than the network.
 *
 * Runs in: cli.
 * See: docker run --network; docker network connect.
 */
#ifndef HOY_CLI_ENDPOINT_OPTIONS_H
#define HOY_CLI_ENDPOINT_OPTIONS_H

#include "base/err.h"
#include "spec/endpoint_request.h"

/* One value each, checked. Returns 0 or -EINVAL with what is wrong. */
int endpoint_set_alias(struct endpoint_request *request, struct arena *arena, const char *value,
		       struct err *e);
int endpoint_set_link(struct endpoint_request *request, struct arena *arena, const char *value,
		      struct err *e);
int endpoint_set_ip(struct endpoint_request *request, struct arena *arena, const char *value,
		    struct err *e);
int endpoint_set_ip6(struct endpoint_request *request, struct arena *arena, const char *value,
		     struct err *e);
int endpoint_set_mac(struct endpoint_request *request, struct arena *arena, const char *value,
		     struct err *e);
int endpoint_set_driver_option(struct endpoint_request *request, struct arena *arena,
			       const char *value, struct err *e);
int endpoint_set_priority(struct endpoint_request *request, struct arena *arena,
			  const char *value, struct err *e);

/* "NAME", or
 * "name=NAME,alias=A,ip=...,ip6=...,mac-address=...,driver-opt=K=V,gw-priority=N". */
int endpoint_parse(const char *value, struct arena *arena, struct endpoint_request *ret,
		   struct err *e);

#endif
