/*
 * See networks.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "engine/container_network.h"
#include "engine/container_ports.h"
#include "engine/network_rules.h"
#include "network/lease.h"
#include "network/nat.h"

int engine_network_create(struct engine *engine, const struct network_request *request,
			  struct arena *arena, struct network *ret, struct err *e)
{
	if (strcmp(request->name, NETWORK_DEFAULT) == 0)
		return err_set(e, ERR_CONFLICT, -EPERM,
			       "operation is not permitted on predefined bridge network");
	return network_make(&engine->state, request, arena, ret, e);
}

int engine_network_get(struct engine *engine, const char *name, struct arena *arena,
		       struct network *ret, struct err *e)
{
	struct err why = { 0 };
	int r = network_find(&engine->state, name, arena, ret, &why);

	if (r == -ENOENT && network_find_predefined(name, ret) == 0)
		return 0;
	if (r < 0 && e)
		*e = why;
	return r;
}

static int compare_networks(const void *a, const void *b)
{
	return strcmp(((const struct network *)a)->name, ((const struct network *)b)->name);
}

int engine_network_list(struct engine *engine, struct arena *arena, struct network **ret,
			size_t *ret_count, struct err *e)
{
	struct network bridge;
	struct network *listed;
	struct network *all;
	size_t count;
	int r;

	/* Made by the first who looks; what keeps it from being made keeps no list. */
	(void)network_find(&engine->state, NETWORK_DEFAULT, arena, &bridge, NULL);
	r = network_list(&engine->state, arena, &listed, &count, e);
	if (r < 0)
		return r;
	all = arena_array(arena, count + NETWORK_WITHOUT_RECORD, sizeof(*all));
	if (!all)
		return err_sys(e, ENOMEM, "list the networks");
	if (count > 0)
		memcpy(all, listed, count * sizeof(*all));
	count += network_list_predefined(all + count);
	qsort(all, count, sizeof(*all), compare_networks);
	*ret = all;
	*ret_count = count;
	return 0;
}

/* Of host and none: who runs in that mode, without an address. */
static int list_by_mode(struct engine *engine, const struct network *network,
			struct arena *arena, struct network_member **ret, size_t *ret_count,
			struct err *e)
{
	struct network_member *members;
	struct container *containers;
	size_t count = 0;
	size_t all;
	int r = engine_list(engine, arena, &containers, &all, e);

	if (r < 0)
		return r;
	members = arena_array(arena, all + 1, sizeof(*members));
	if (!members)
		return err_sys(e, ENOMEM, "list the containers of a network");
	for (size_t i = 0; i < all; i++) {
		const struct record *record = &containers[i].record;

		if (containers[i].is_damaged ||
		    containers[i].liveness.status != STATUS_RUNNING ||
		    !mode_is(record->config.network_mode, network->name))
			continue;
		(void)str_copy(members[count].id, ID_SIZE, record->id);
		members[count].name = record->name;
		(void)str_copy(members[count].endpoint.network_id, ID_SIZE, network->id);
		count++;
	}
	*ret = members;
	*ret_count = count;
	return 0;
}

int engine_network_members(struct engine *engine, const struct network *network,
			   struct arena *arena, struct network_member **ret, size_t *ret_count,
			   struct err *e)
{
	struct network_member *members;
	struct strv ids = { 0 };
	size_t count = 0;
	int r;

	if (!network_has_record(network->name))
		return list_by_mode(engine, network, arena, ret, ret_count, e);
	r = lease_list(&engine->state, network->id, arena, &ids, e);

	members = arena_array(arena, ids.count + 1, sizeof(*members));
	if (r < 0 || !members)
		return r < 0 ? r : err_sys(e, ENOMEM, "list the containers of a network");
	for (size_t i = 0; i < ids.count; i++) {
		struct network_member *member = &members[count];
		struct endpoints endpoints = { 0 };
		const struct endpoint *endpoint;
		struct container container;

		if (engine_get(engine, ids.items[i], arena, &container, NULL) < 0 ||
		    endpoints_read(&engine->state, ids.items[i], arena, &endpoints) < 0)
			continue;
		endpoint = endpoints_find(&endpoints, network->id);
		if (!endpoint)
			continue;
		(void)str_copy(member->id, sizeof(member->id), ids.items[i]);
		member->name = arena_copy(arena, container.record.name);
		member->endpoint = *endpoint;
		count++;
	}
	*ret = members;
	*ret_count = count;
	return arena_ok(arena);
}

/* Also one that is being started and that nobody sees yet. The leases are held. */
static int refuse_used(struct engine *engine, const struct network *network,
		       struct arena *arena, struct err *e)
{
	struct container container;
	struct strv ids = { 0 };
	int r = lease_list(&engine->state, network->id, arena, &ids, e);

	if (r < 0 || ids.count == 0)
		return r;
	if (engine_get(engine, ids.items[0], arena, &container, NULL) < 0)
		(void)snprintf(container.record.name, sizeof(container.record.name), "%.*s",
			       ID_SHORT_LEN, ids.items[0]);
	return err_set(
		e, ERR_CONFLICT, -EBUSY,
		"error while removing network: network %s id %s has active endpoints: %s",
		network->name, network->id, container.record.name);
}

int engine_network_remove(struct engine *engine, const char *name, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_CLOSE int lock_fd = -EBADF;
	AUTO_CLOSE int leases_fd = -EBADF;
	struct network network;
	bool has_rules;
	int r;

	r = engine_network_get(engine, name, &arena, &network, e);
	if (r < 0)
		return r;
	if (network_is_predefined(network.name))
		return err_set(e, ERR_CONFLICT, -EPERM,
			       "%s is a pre-defined network and cannot be removed",
			       network.name);
	lock_fd = network_lock(&engine->state, e);
	leases_fd = lock_fd < 0 ? lock_fd : lease_lock(&engine->state, &network, e);
	if (leases_fd < 0)
		return leases_fd;
	r = refuse_used(engine, &network, &arena, e);
	/* One that never came up is in no rule, and nothing of that may be there. */
	has_rules = nat_has_network(network_table(&engine->state), &network);
	if (r == 0)
		r = network_remove(&engine->state, &network, e);
	return r < 0 || !has_rules ? r : network_rules_restore(engine, e);
}

int engine_networks_restore(struct engine *engine, struct err *e)
{
	return network_rules_restore(engine, e);
}

int engine_networks_remove(struct engine *engine, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct network *networks;
	size_t count;
	int r = network_list(&engine->state, &arena, &networks, &count, e);

	for (size_t i = 0; i < count && r == 0; i++)
		r = network_remove(&engine->state, &networks[i], e);
	return r < 0 || count == 0 ? r : network_rules_forget(engine, e);
}

int engine_endpoints(struct engine *engine, const struct container *container,
		     struct arena *arena, struct endpoints *ret)
{
	int r;

	if (container->liveness.status != STATUS_RUNNING ||
	    !container_has_network(&container->record.config))
		return -ENOENT;
	r = endpoints_read(&engine->state, container->record.id, arena, ret);
	if (r == 0 && !container_ports_lead_somewhere(ret))
		ret->port_count = 0;
	return r;
}
