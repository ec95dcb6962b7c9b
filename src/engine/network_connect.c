/*
 * network connect and disconnect. See networks.h.
 *
 * A container that joins a network has it in its record last; one that leaves, first.
 *
 * Runs in: cli (engine).
 * See: Docker Engine API, NetworkConnect, NetworkDisconnect.
 */
#include <string.h>

#include "engine/container_change.h"
#include "engine/container_endpoint.h"
#include "engine/container_joined.h"
#include "engine/container_network.h"
#include "engine/container_spec.h"
#include "engine/networks.h"

/* --- what the record says ---------------------------------------------------------------- */

/* Which of the container's networks it is, or -ENOENT. */
static int request_index(const struct container_config *config, const char *network)
{
	for (size_t i = 0; i < config->network_count; i++) {
		if (str_equal(config->networks[i].network, network))
			return (int)i;
	}
	return -ENOENT;
}

static int add_request(struct container_change *change, const struct endpoint_request *request,
		       struct err *e)
{
	struct container_config *config = &change->container.record.config;
	size_t count = config->network_count;
	struct endpoint_request *networks =
		arena_array(&change->arena, count + 1, sizeof(*networks));

	if (count == ENDPOINT_REQUESTS_MAX)
		return err_set(e, ERR_CONFLICT, -E2BIG, "more than %d networks",
			       ENDPOINT_REQUESTS_MAX);
	if (!networks)
		return err_sys(e, ENOMEM, "list the container's networks");
	if (count > 0)
		memcpy(networks, config->networks, count * sizeof(*networks));
	networks[count] = *request;
	config->networks = networks;
	config->network_count = count + 1;
	return 0;
}

static void drop_request(struct container_config *config, size_t index)
{
	config->network_count--;
	memmove(&config->networks[index], &config->networks[index + 1],
		(config->network_count - index) * sizeof(*config->networks));
}

/* The two that are no networks but the ways to be without one. */
static int refuse_host_and_none(const char *network, struct err *e)
{
	if (strcmp(network, "host") == 0)
		return err_set(e, ERR_CONFLICT, -EINVAL,
			       "container cannot be disconnected from host network or "
			       "connected to host network");
	if (strcmp(network, "none") == 0)
		return err_set(e, ERR_CONFLICT, -EINVAL,
			       "container cannot be connected to multiple networks with one of "
			       "the networks in private (none) mode");
	return 0;
}

static int check_mode(const struct container_config *config, struct err *e)
{
	if (mode_is(config->network_mode, "none"))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "container cannot be connected to multiple networks with one of "
			       "the networks in private (none) mode");
	if (!container_has_network(config))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "container sharing network namespace with another container or "
			       "host cannot be connected to any other network");
	return 0;
}

/* --- connect ----------------------------------------------------------------------------- */

static int join_running(struct container_change *change, const struct network *network,
			const struct endpoint_request *request, struct err *e)
{
	AUTO_JOINED struct container_joined joined;
	int r = container_joined_open(&joined, change->engine, &change->container, &change->dir,
				      &change->arena, e);

	return r < 0 ? r : container_joined_add(&joined, network, request, e);
}

static int connect_running(struct container_change *change, const struct network *network,
			   const struct endpoint_request *request, struct err *e)
{
	int r = container_change_begin(change, CHANGE_NETWORKS, e);

	if (r < 0)
		return r;
	r = join_running(change, network, request, e);
	if (r == 0)
		r = add_request(change, request, e);
	if (r == 0)
		r = container_change_write(change, e);
	if (r < 0)
		container_change_abandon(change);
	else
		container_change_finish(change, true);
	return r;
}

static int connect_stopped(struct container_change *change,
			   const struct endpoint_request *request, struct err *e)
{
	int r = add_request(change, request, e);

	return r < 0 ? r : container_change_write(change, e);
}

int engine_network_connect(struct engine *engine, const char *container,
			   const struct endpoint_request *request, struct err *e)
{
	AUTO_CHANGE struct container_change change;
	struct endpoint_request named = *request;
	struct network network;
	int r = container_change_open(&change, engine, container, e);

	if (r == 0)
		r = check_mode(&change.container.record.config, e);
	if (r == 0)
		r = engine_network_get(engine, request->network, &change.arena, &network, e);
	if (r == 0)
		r = refuse_host_and_none(network.name, e);
	if (r == 0)
		r = container_endpoint_check(&network, request, e);
	if (r < 0)
		return r;
	if (request_index(&change.container.record.config, network.name) >= 0)
		return err_set(e, ERR_CONFLICT, -EEXIST,
			       "endpoint with name %s already exists in network %s",
			       change.container.record.name, network.name);
	named.network = network.name;
	return container_change_is_running(&change)
		       ? connect_running(&change, &network, &named, e)
		       : connect_stopped(&change, &named, e);
}

/* --- disconnect -------------------------------------------------------------------------- */

/* By its name when it is gone, and only its name is known. */
static int name_of_network(struct container_change *change, const char *network, bool is_forced,
			   const char **ret, struct err *e)
{
	struct network found;
	struct err why = { 0 };
	int r = engine_network_get(change->engine, network, &change->arena, &found, &why);

	*ret = r == 0 ? arena_copy(&change->arena, found.name) : network;
	if (r == -ENOENT && is_forced)
		return 0;
	if (r < 0 && e)
		*e = why;
	return r < 0 ? r : arena_ok(&change->arena);
}

static int leave(struct container_change *change, size_t index, struct err *e)
{
	int r = container_change_begin(change, CHANGE_NETWORKS, e);

	if (r < 0)
		return r;
	drop_request(&change->container.record.config, index);
	r = container_change_write(change, e);
	if (r < 0) {
		container_change_abandon(change);
		return r;
	}
	/* What goes wrong from here on leaves the mark, and is done by the next command. */
	r = container_change_settle(change, e);
	if (r == 0)
		container_change_finish(change, true);
	return r;
}

int engine_network_disconnect(struct engine *engine, const char *network, const char *container,
			      bool is_forced, struct err *e)
{
	AUTO_CHANGE struct container_change change;
	const char *name = NULL;
	int index;
	int r = container_change_open(&change, engine, container, e);

	if (r == 0)
		r = name_of_network(&change, network, is_forced, &name, e);
	if (r < 0)
		return r;
	if (strcmp(name, "host") == 0 &&
	    mode_is(change.container.record.config.network_mode, name))
		r = refuse_host_and_none(name, e);
	if (r < 0)
		return r;
	index = request_index(&change.container.record.config, name);
	if (index < 0)
		return err_set(e, ERR_CONFLICT, -ENOTCONN,
			       "container %s is not connected to network %s",
			       change.container.record.id, name);
	return leave(&change, (size_t)index, e);
}
