/*
 * See container_joined.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_joined.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "engine/container_endpoint.h"
#include "engine/container_hosts.h"
#include "engine/container_namespace.h"
#include "engine/network_rules.h"
#include "network/lease.h"
#include "network/link.h"

enum { RUN_DIR_PATH_SIZE = 96 };

static int open_run_dir(struct container_joined *joined, struct err *e)
{
	const char *id = joined->container->record.id;
	char path[RUN_DIR_PATH_SIZE];

	(void)snprintf(path, sizeof(path), "containers/%s", id);
	joined->run_dir_fd = openat(joined->engine->state.runroot_fd, path,
				    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return joined->run_dir_fd < 0
		       ? err_sys(e, errno, "open the run directory of container %.12s", id)
		       : 0;
}

static int read_endpoints(struct container_joined *joined, struct err *e)
{
	const char *id = joined->container->record.id;
	struct endpoints read = { 0 };
	struct endpoint *items;
	int r = endpoints_read(&joined->engine->state, id, joined->arena, &read);

	/* It was started without any. */
	if (r < 0 && r != -ENOENT)
		return err_sys(e, r, "read the endpoints of container %.12s", id);
	items = arena_array(joined->arena, read.count + 1, sizeof(*items));
	if (!items)
		return err_sys(e, ENOMEM, "list the container's endpoints");
	if (read.count > 0)
		memcpy(items, read.items, read.count * sizeof(*items));
	joined->endpoints = read;
	joined->endpoints.items = items;
	return 0;
}

int container_joined_open(struct container_joined *joined, struct engine *engine,
			  const struct container *container, const struct container_dir *dir,
			  struct arena *arena, struct err *e)
{
	int r;

	*joined = (struct container_joined){ .engine = engine,
					     .arena = arena,
					     .container = container,
					     .container_fd = dir->fd,
					     .run_dir_fd = -EBADF,
					     .netns_fd = -EBADF };
	r = open_run_dir(joined, e);
	if (r == 0)
		r = read_endpoints(joined, e);
	if (r < 0)
		return r;
	joined->netns_fd = container_namespace_open(container, "net", e);
	return joined->netns_fd < 0 ? joined->netns_fd : 0;
}

void container_joined_close(struct container_joined *joined)
{
	joined->run_dir_fd = fd_close(joined->run_dir_fd);
	joined->netns_fd = fd_close(joined->netns_fd);
}

/* --- inside ------------------------------------------------------------------------------ */

/* `added` (NULL: none) gets its addresses; the default routes are those of `all`. */
static int set_inside(struct container_joined *joined, const struct endpoint *added,
		      const struct endpoints *all, struct err *e)
{
	int back_fd = link_inside_enter(joined->netns_fd, e);
	int back;
	int r;

	if (back_fd < 0)
		return back_fd;
	r = link_inside_set(added, added ? 1 : 0, all, e);
	back = link_inside_leave(back_fd, r < 0 ? NULL : e);
	return r < 0 ? r : back;
}

static int add_hosts(const struct container_joined *joined, const struct endpoint *endpoint,
		     struct err *e)
{
	const struct record *record = &joined->container->record;
	char hostname[HOSTNAME_SIZE];
	struct container_name name = { hostname, record->config.domainname };
	AUTO_STR struct str lines = { 0 };
	int r = container_hosts_name(record, hostname, e);

	if (r < 0)
		return r;
	container_hosts_lines(endpoint, &name, &lines);
	return container_hosts_append(joined->container_fd, &lines, e);
}

/* The file is the container's to write. When it is too large to be one of hosts any more, that
 * keeps nobody from leaving. */
static int remove_hosts(const struct container_joined *joined, const struct endpoint *endpoint,
			struct err *e)
{
	const struct record *record = &joined->container->record;
	char hostname[HOSTNAME_SIZE];
	struct container_name name = { hostname, record->config.domainname };
	AUTO_STR struct str lines = { 0 };
	struct err why = { 0 };
	int r = container_hosts_name(record, hostname, &why);

	if (r == 0) {
		container_hosts_lines(endpoint, &name, &lines);
		r = container_hosts_remove(joined->container_fd, &lines, &why);
	}
	if (r == -EFBIG) {
		log_warn("container %s: %s", record->name, why.text);
		return 0;
	}
	if (r < 0 && e)
		*e = why;
	return r;
}

/* --- one more ---------------------------------------------------------------------------- */

static int make_pair(struct container_joined *joined, const struct network *network,
		     const struct endpoint *endpoint, struct err *e)
{
	struct link_place place = { .mtu = network->mtu,
				    .has_hairpin = joined->endpoints.port_count > 0,
				    .is_isolated = !network->has_icc };

	place.bridge_index = network_rules_up(joined->engine, network, e);
	return place.bridge_index < 0 ? place.bridge_index
				      : link_pair_make(endpoint, &place, joined->netns_fd, e);
}

int container_joined_add(struct container_joined *joined, const struct network *network,
			 const struct endpoint_request *request, struct err *e)
{
	const char *id = joined->container->record.id;
	const struct endpoints before = joined->endpoints;
	struct endpoint *added = &joined->endpoints.items[before.count];
	int r;

	if (before.count == ENDPOINTS_MAX)
		return err_set(e, ERR_CONFLICT, -E2BIG, "more than %d networks", ENDPOINTS_MAX);
	r = container_endpoint_plan(network, request, id, &before, added, e);
	if (r == 0)
		r = container_endpoint_lease(&joined->engine->state, network, request, id,
					     added, e);
	if (r < 0)
		return r;
	joined->endpoints.count++;
	r = endpoints_write(joined->run_dir_fd, &joined->endpoints, e);
	if (r == 0)
		r = make_pair(joined, network, added, e);
	if (r == 0)
		r = set_inside(joined, added, &joined->endpoints, e);
	/* It may be a better way out than that of before: then the ports go with it. */
	if (r == 0)
		r = network_rules_publish(joined->engine, &joined->endpoints, e);
	return r < 0 ? r : add_hosts(joined, added, e);
}

/* --- as the record says ------------------------------------------------------------------ */

static bool is_wanted(const struct container_joined *joined, const struct endpoint *endpoint)
{
	const struct container_config *config = &joined->container->record.config;

	for (size_t i = 0; i < config->network_count; i++) {
		if (str_equal(config->networks[i].network, endpoint->network))
			return true;
	}
	return false;
}

static bool keeps_lease(void *context, const char *network, const struct ip_address *address)
{
	const struct endpoints *endpoints = context;

	for (size_t i = 0; i < endpoints->count; i++) {
		const struct endpoint *endpoint = &endpoints->items[i];

		if (str_starts(endpoint->network_id, network) &&
		    ip_equal(&endpoint->addresses[ip_family_of(address)].address, address))
			return true;
	}
	return false;
}

/* Is there a family that had a way out, and has none any more? */
static bool loses_way(const struct endpoints *before, const struct endpoints *after)
{
	for (int i = 0; i < IP_FAMILIES; i++) {
		if (endpoints_gateway(before, (enum ip_family)i) &&
		    !endpoints_gateway(after, (enum ip_family)i))
			return true;
	}
	return false;
}

static int take_apart(struct container_joined *joined, const struct endpoint *endpoint,
		      struct err *e)
{
	int r = remove_hosts(joined, endpoint, e);

	return r < 0 ? r : link_remove(endpoint->host_interface, e);
}

static int keep_wanted(struct container_joined *joined, const struct endpoints *before,
		       struct endpoints *ret, struct err *e)
{
	*ret = *before;
	ret->count = 0;
	ret->items = arena_array(joined->arena, before->count + 1, sizeof(*ret->items));
	if (!ret->items)
		return err_sys(e, ENOMEM, "list the container's endpoints");
	for (size_t i = 0; i < before->count; i++) {
		if (is_wanted(joined, &before->items[i]))
			ret->items[ret->count++] = before->items[i];
	}
	return 0;
}

/* Ports and interfaces first: nothing leads to an address that is given back. */
int container_joined_settle(struct container_joined *joined, struct err *e)
{
	const struct endpoints before = joined->endpoints;
	struct endpoints *after = &joined->endpoints;
	int r = keep_wanted(joined, &before, after, e);

	if (r == 0 && loses_way(&before, after))
		r = network_rules_withdraw(joined->engine, &before, e);
	for (size_t i = 0; i < before.count && r == 0; i++) {
		if (!is_wanted(joined, &before.items[i]))
			r = take_apart(joined, &before.items[i], e);
	}
	if (r == 0)
		r = set_inside(joined, NULL, after, e);
	if (r == 0)
		r = network_rules_publish(joined->engine, after, e);
	if (r == 0)
		r = endpoints_write(joined->run_dir_fd, after, e);
	if (r < 0)
		return r;
	r = lease_release_all(&joined->engine->state, joined->container->record.id, keeps_lease,
			      after);
	return r < 0 ? err_sys(e, r, "give back addresses of container %s",
			       joined->container->record.name)
		     : 0;
}
