/*
 * See network_rules.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/network_rules.h"

#include <net/if.h>

#include "base/fd.h"
#include "network/foreign.h"
#include "network/lease.h"
#include "network/link.h"
#include "network/nat.h"
#include "network/nft.h"

/* --- all of them ------------------------------------------------------------------------- */

/* Of every container that runs: each once, on however many networks it is. */
static int list_containers(struct engine *engine, const struct network *networks, size_t count,
			   struct arena *arena, struct nat_world *world, struct err *e)
{
	struct endpoints *containers;
	struct strv ids = { 0 };
	size_t found = 0;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = lease_list(&engine->state, networks[i].id, arena, &ids, e);
	containers = arena_array(arena, ids.count + 1, sizeof(*containers));
	if (r < 0 || !containers)
		return r < 0 ? r : err_sys(e, ENOMEM, "list the endpoints");
	for (size_t i = 0; i < ids.count; i++)
		found += endpoints_read(&engine->state, ids.items[i], arena,
					&containers[found]) == 0;
	world->containers = containers;
	world->container_count = found;
	return 0;
}

/* The bridges that the user has named: others' firewalls must know them one by one. */
static int let_through(const struct network *networks, size_t count, struct arena *arena,
		       struct err *e)
{
	struct strv bridges = { 0 };

	for (size_t i = 0; i < count; i++)
		if (!str_starts(networks[i].bridge, NETWORK_PREFIX))
			strv_add(&bridges, arena, networks[i].bridge);
	return arena_ok(arena) < 0 ? err_sys(e, ENOMEM, "list the bridges")
				   : foreign_open(&bridges, e);
}

static int load_locked(struct engine *engine, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct nat_world world = { 0 };
	struct network *networks;
	int r = network_list(&engine->state, &arena, &networks, &world.network_count, e);

	if (r == 0)
		r = list_containers(engine, networks, world.network_count, &arena, &world, e);
	if (r < 0)
		return r;
	if (world.network_count == 0)
		return network_rules_forget(engine, e);
	world.networks = networks;
	r = nat_load(network_table(&engine->state), &world, e);
	return r < 0 ? r : let_through(networks, world.network_count, &arena, e);
}

int network_rules_restore(struct engine *engine, struct err *e)
{
	AUTO_CLOSE int lock_fd = nat_lock(&engine->state, e);

	return lock_fd < 0 ? lock_fd : load_locked(engine, e);
}

int network_rules_forget(struct engine *engine, struct err *e)
{
	int r = nat_unload(network_table(&engine->state), e);

	return r < 0 ? r : foreign_close(e);
}

/* --- one network ------------------------------------------------------------------------- */

static int make_all(struct engine *engine, const struct network *network, struct err *e)
{
	int index;
	int r = nft_check(e);

	if (r == 0)
		r = link_forwarding_on(network, e);
	if (r == 0)
		r = link_bridge_up(network, e);
	if (r < 0)
		return err_wrap(e, r, "network %s", network->name);
	index = r;
	r = network_rules_restore(engine, e);
	return r < 0 ? r : index;
}

int network_rules_up(struct engine *engine, const struct network *network, struct err *e)
{
	unsigned int index = if_nametoindex(network->bridge);
	int r;

	if (index != 0 && nat_has_network(network_table(&engine->state), network) &&
	    foreign_is_open())
		return (int)index;
	AUTO_CLOSE int lock_fd = network_lock(&engine->state, e);

	if (lock_fd < 0)
		return lock_fd;
	r = make_all(engine, network, e);
	if (r >= 0)
		return r;
	/* Without CAP_NET_ADMIN not even the loopback of a network namespace can be set up. */
	return r == -EPERM || r == -EACCES
		       ? err_hint(e, r, "--network host needs nothing of that")
		       : err_hint(e, r,
				  "--network none and --network host need nothing of that");
}

/* --- one container ----------------------------------------------------------------------- */

int network_rules_publish(struct engine *engine, const struct endpoints *endpoints,
			  struct err *e)
{
	AUTO_CLOSE int lock_fd = -EBADF;
	int r;

	if (endpoints->port_count == 0)
		return 0;
	lock_fd = nat_lock(&engine->state, e);
	if (lock_fd < 0)
		return lock_fd;
	r = nat_publish(network_table(&engine->state), endpoints, e);
	/* The table went away since: with it come all ports, ours too. */
	return r == -ENOENT ? load_locked(engine, e) : r;
}

int network_rules_withdraw(struct engine *engine, const struct endpoints *endpoints,
			   struct err *e)
{
	AUTO_CLOSE int lock_fd = -EBADF;

	if (endpoints->port_count == 0)
		return 0;
	lock_fd = nat_lock(&engine->state, e);
	return lock_fd < 0 ? lock_fd
			   : nat_withdraw(network_table(&engine->state), endpoints, e);
}
