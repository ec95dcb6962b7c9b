/*
 * See container_network.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_network.h"

#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "engine/networks.h"
#include "network/foreign.h"
#include "network/lease.h"
#include "network/nat.h"
#include "network/port_reserve.h"

bool container_has_network(const struct container_config *config)
{
	return !mode_is(config->network_mode, "none") &&
	       !mode_is(config->network_mode, "host") && !mode_container(config->network_mode);
}

/* --- rules ------------------------------------------------------------------------------- */

static int list_endpoints(struct engine *engine, const struct network *networks, size_t count,
			  struct arena *arena, struct nat_world *world, struct err *e)
{
	struct strv leases = { 0 };
	struct endpoint *endpoints;
	size_t found = 0;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = lease_list(&engine->state, networks[i].id, arena, &leases, e);
	endpoints = arena_array(arena, leases.count / 2 + 1, sizeof(*endpoints));
	if (r < 0 || !endpoints)
		return r < 0 ? r : err_sys(e, ENOMEM, "list the endpoints");
	for (size_t i = 0; i + 1 < leases.count; i += 2)
		found += endpoint_read(&engine->state, leases.items[i + 1], arena,
				       &endpoints[found]) == 0;
	world->endpoints = endpoints;
	world->endpoint_count = found;
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
		r = list_endpoints(engine, networks, world.network_count, &arena, &world, e);
	if (r < 0)
		return r;
	if (world.network_count == 0)
		return engine_networks_forget(engine, e);
	world.networks = networks;
	r = nat_load(network_table(&engine->state), &world, e);
	return r < 0 ? r : let_through(networks, world.network_count, &arena, e);
}

int engine_networks_restore(struct engine *engine, struct err *e)
{
	AUTO_CLOSE int lock_fd = nat_lock(&engine->state, e);

	return lock_fd < 0 ? lock_fd : load_locked(engine, e);
}

/* Bridge and rules, made where they are missing: by the first container, and after a flush.
 * Returns the bridge's index. */
static int network_up(struct engine *engine, const struct network *network, struct err *e)
{
	unsigned int index = if_nametoindex(network->bridge);
	int r;

	if (index != 0 && nat_has_network(network_table(&engine->state), network) &&
	    foreign_is_open())
		return (int)index;
	AUTO_CLOSE int lock_fd = network_lock(&engine->state, e);

	if (lock_fd < 0)
		return lock_fd;
	r = link_forwarding_on(e);
	if (r == 0)
		r = link_bridge_up(network, e);
	if (r < 0)
		return err_wrap(e, r, "network %s", network->name);
	index = (unsigned int)r;
	r = engine_networks_restore(engine, e);
	return r < 0 ? r : (int)index;
}

/* --- before anything is made ------------------------------------------------------------- */

static bool is_published_inside(const struct start *s, const struct port_mapping *wanted)
{
	for (size_t i = 0; i < s->endpoint.port_count; i++) {
		const struct port_mapping *port = &s->endpoint.ports[i];

		if (port->container_port == wanted->container_port &&
		    port->protocol == wanted->protocol)
			return true;
	}
	return false;
}

/* What -p says, then what -P adds. */
static int list_ports(struct start *s, struct err *e)
{
	const struct container_config *c = &s->record.config;
	size_t exposed = c->is_publish_all ? c->exposed_ports.count : 0;
	struct endpoint *endpoint = &s->endpoint;

	if (c->ports.count + exposed > ENDPOINT_PORTS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d published ports",
			       ENDPOINT_PORTS_MAX);
	endpoint->ports =
		arena_array(s->arena, c->ports.count + exposed + 1, sizeof(*endpoint->ports));
	if (!endpoint->ports)
		return err_sys(e, ENOMEM, "list the ports");
	for (size_t i = 0; i < c->ports.count; i++) {
		struct port_mapping *port = &endpoint->ports[endpoint->port_count++];

		if (port_mapping_read(c->ports.items[i], port) < 0)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid port: %s",
				       c->ports.items[i]);
	}
	for (size_t i = 0; i < exposed; i++) {
		struct strv canonical = { 0 };
		struct port_mapping port;

		if (port_mappings_parse(c->exposed_ports.items[i], s->arena, &canonical, e) < 0)
			return -EINVAL;
		if (port_mapping_read(canonical.items[0], &port) == 0 &&
		    !is_published_inside(s, &port))
			endpoint->ports[endpoint->port_count++] = port;
	}
	return 0;
}

static void bind_to_default(struct start *s)
{
	for (size_t i = 0; i < s->endpoint.port_count; i++) {
		struct port_mapping *port = &s->endpoint.ports[i];

		if (port->has_address || s->network.host_binding == 0)
			continue;
		port->has_address = true;
		port->address = s->network.host_binding;
	}
}

int container_network_reserve(struct start *s, struct err *e)
{
	const struct container_config *c = &s->record.config;
	int r;

	if (!container_has_network(c))
		return 0;
	r = network_find(&s->engine->state, c->network_mode, s->arena, &s->network, e);
	if (r == 0)
		r = list_ports(s, e);
	if (r < 0)
		return r;
	bind_to_default(s);
	s->has_network = true;
	if (s->endpoint.port_count == 0)
		return 0;
	r = port_reserve(s->endpoint.ports, s->endpoint.port_count, e);
	if (r < 0)
		return err_wrap(
			e, r, "driver failed programming external connectivity on endpoint %s",
			s->record.name);
	s->ports_fd = r;
	return 0;
}

/* --- the address ------------------------------------------------------------------------- */

/* Under its address the container finds itself by its own name. */
static int add_own_host(const struct start *s, struct err *e)
{
	AUTO_CLOSE int fd =
		openat(s->dir.fd, "hosts", O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	const char *domain = s->record.config.domainname;
	AUTO_STR struct str line = { 0 };
	char address[IPV4_TEXT_SIZE];
	int r;

	ipv4_format(s->endpoint.address, address);
	str_printf(&line, "%s\t", address);
	if (!str_is_empty(domain))
		str_printf(&line, "%s.%s ", s->hostname, domain);
	str_printf(&line, "%s\n", s->hostname);
	r = str_ok(&line);
	if (r == 0)
		r = fd < 0 ? -errno : fd_write_all(fd, line.data, line.len);
	return r < 0 ? err_sys(e, r, "write the container's own line into its /etc/hosts") : 0;
}

int container_network_lease(struct start *s, struct err *e)
{
	struct port_mapping *ports = s->endpoint.ports;
	size_t count = s->endpoint.port_count;
	uint32_t wanted = 0;
	uint32_t address;
	int r;

	if (!s->has_network)
		return 0;
	if (!str_is_empty(s->record.config.ip_address) &&
	    ipv4_parse(s->record.config.ip_address, &wanted) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid IPv4 address: %s",
			       s->record.config.ip_address);
	r = endpoint_announce(s->run_dir.fd, e);
	if (r < 0)
		return r;
	r = lease_take(&s->engine->state, &s->network, s->dir.id, wanted, &address, e);
	if (r < 0)
		return r;
	endpoint_init(&s->endpoint, &s->network, s->dir.id, address);
	s->endpoint.ports = ports;
	s->endpoint.port_count = count;
	r = endpoint_write(s->run_dir.fd, &s->endpoint, e);
	return r < 0 ? r : add_own_host(s, e);
}

/* --- while init works -------------------------------------------------------------------- */

static int publish(struct start *s, struct err *e)
{
	const char *table = network_table(&s->engine->state);
	AUTO_CLOSE int lock_fd = -EBADF;
	int r;

	if (s->endpoint.port_count == 0)
		return 0;
	lock_fd = nat_lock(&s->engine->state, e);
	if (lock_fd < 0)
		return lock_fd;
	r = nat_publish(table, &s->endpoint, e);
	/* The table went away since: with it come all ports, ours too. */
	return r == -ENOENT ? load_locked(s->engine, e) : r;
}

static int make_link(struct start *s, int bridge_index, struct err *e)
{
	struct link_pair pair = { .name = "eth0",
				  .bridge_index = bridge_index,
				  .mtu = s->network.mtu,
				  .has_hairpin = s->endpoint.port_count > 0,
				  .address = s->endpoint.address,
				  .prefix = s->endpoint.prefix,
				  .gateway = s->endpoint.gateway };
	AUTO_CLOSE int netns_fd = -EBADF;
	char path[64];

	(void)str_copy(pair.host_name, sizeof(pair.host_name), s->endpoint.interface);
	memcpy(pair.mac, s->endpoint.mac, sizeof(pair.mac));
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)s->launch.pid);
	netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (netns_fd < 0)
		return err_sys(e, errno, "open the container's network namespace");
	return link_pair_make(&pair, netns_fd, e);
}

int container_network_join(struct start *s, struct err *e)
{
	int index;
	int r;

	if (!s->has_network)
		return 0;
	index = network_up(s->engine, &s->network, e);
	if (index < 0)
		return index;
	r = make_link(s, index, e);
	return r < 0 ? r : publish(s, e);
}

/* --- the end ----------------------------------------------------------------------------- */

static int withdraw(struct engine *engine, const struct endpoint *endpoint, struct err *e)
{
	AUTO_CLOSE int lock_fd = -EBADF;

	if (endpoint->port_count == 0)
		return 0;
	lock_fd = nat_lock(&engine->state, e);
	if (lock_fd < 0)
		return lock_fd;
	return nat_withdraw(network_table(&engine->state), endpoint, e);
}

int container_network_leave(struct engine *engine, const char *id, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoint endpoint;
	int r = endpoint_read(&engine->state, id, &arena, &endpoint);

	if (r == -EBADMSG)
		return lease_release_all(&engine->state, id);
	if (r < 0)
		return r == -ENOENT ? 0
				    : err_sys(e, r, "read the endpoint of container %.12s", id);
	/* The ports first: nobody who gets the address next may be behind them. */
	r = withdraw(engine, &endpoint, e);
	if (r < 0)
		return r;
	r = lease_release(&engine->state, endpoint.network_id, id, endpoint.address);
	return r < 0 ? err_sys(e, r, "give back the address of container %.12s", id) : 0;
}
