/*
 * See networks.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/networks.h"

#include <string.h>

#include "base/fd.h"
#include "engine/container_network.h"
#include "network/foreign.h"
#include "network/lease.h"
#include "network/link.h"
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
	return network_find(&engine->state, name, arena, ret, e);
}

int engine_network_list(struct engine *engine, struct arena *arena, struct network **ret,
			size_t *ret_count, struct err *e)
{
	return network_list(&engine->state, arena, ret, ret_count, e);
}

int engine_network_members(struct engine *engine, const struct network *network,
			   struct arena *arena, struct network_member **ret, size_t *ret_count,
			   struct err *e)
{
	struct strv leases = { 0 };
	struct network_member *members;
	size_t count = 0;
	int r = lease_list(&engine->state, network->id, arena, &leases, e);

	members = arena_array(arena, leases.count / 2 + 1, sizeof(*members));
	if (r < 0 || !members)
		return r < 0 ? r : err_sys(e, ENOMEM, "list the containers of a network");
	for (size_t i = 0; i + 1 < leases.count; i += 2) {
		struct network_member *member = &members[count];
		struct container container;

		if (engine_get(engine, leases.items[i + 1], arena, &container, NULL) < 0 ||
		    endpoint_read(&engine->state, leases.items[i + 1], arena,
				  &member->endpoint) < 0)
			continue;
		(void)str_copy(member->id, sizeof(member->id), leases.items[i + 1]);
		member->name = arena_copy(arena, container.record.name);
		count++;
	}
	*ret = members;
	*ret_count = count;
	return arena_ok(arena);
}

static int refuse_used(struct engine *engine, const struct network *network,
		       struct arena *arena, struct err *e)
{
	struct network_member *members;
	size_t count;
	int r = engine_network_members(engine, network, arena, &members, &count, e);

	if (r < 0 || count == 0)
		return r;
	return err_set(
		e, ERR_CONFLICT, -EBUSY,
		"error while removing network: network %s id %s has active endpoints: %s",
		network->name, network->id, members[0].name);
}

int engine_network_remove(struct engine *engine, const char *name, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_CLOSE int lock_fd = -EBADF;
	struct network network;
	int r;

	if (strcmp(name, NETWORK_DEFAULT) == 0)
		return err_set(e, ERR_CONFLICT, -EPERM,
			       "bridge is a pre-defined network and cannot be removed");
	r = network_find(&engine->state, name, &arena, &network, e);
	if (r < 0)
		return r;
	lock_fd = network_lock(&engine->state, e);
	if (lock_fd < 0)
		return lock_fd;
	r = refuse_used(engine, &network, &arena, e);
	if (r == 0)
		r = network_remove(&engine->state, &network, e);
	return r < 0 ? r : engine_networks_restore(engine, e);
}

int engine_networks_forget(struct engine *engine, struct err *e)
{
	int r = nat_unload(network_table(&engine->state), e);

	return r < 0 ? r : foreign_close(e);
}

int engine_networks_remove(struct engine *engine, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct network *networks;
	size_t count;
	int r = network_list(&engine->state, &arena, &networks, &count, e);

	for (size_t i = 0; i < count && r == 0; i++)
		r = network_remove(&engine->state, &networks[i], e);
	return r < 0 || count == 0 ? r : engine_networks_forget(engine, e);
}

int engine_endpoint(struct engine *engine, const struct container *container,
		    struct arena *arena, struct endpoint *ret)
{
	if (container->liveness.status != STATUS_RUNNING ||
	    !container_has_network(&container->record.config))
		return -ENOENT;
	return endpoint_read(&engine->state, container->record.id, arena, ret);
}
