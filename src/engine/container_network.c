/*
 * See container_network.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_network.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "engine/container_endpoint.h"
#include "engine/container_hosts.h"
#include "engine/container_ports.h"
#include "engine/etc_files.h"
#include "engine/network_rules.h"
#include "network/lease.h"
#include "network/link.h"
#include "network/port_reserve.h"
#include "store/run_life.h"

bool container_has_network(const struct container_config *config)
{
	return !mode_is(config->network_mode, "none") &&
	       !mode_is(config->network_mode, "host") && !mode_container(config->network_mode);
}

/* --- before anything is made ------------------------------------------------------------- */

/* The networks as they are now, and what an endpoint on each will be like. */
static int plan_endpoints(struct start *s, struct err *e)
{
	const struct container_config *c = &s->record.config;
	struct endpoints *endpoints = &s->endpoints;
	int r = 0;

	s->networks = arena_array(s->arena, c->network_count, sizeof(*s->networks));
	endpoints->items = arena_array(s->arena, c->network_count, sizeof(*endpoints->items));
	if (!s->networks || !endpoints->items)
		return err_sys(e, ENOMEM, "list the container's networks");
	for (size_t i = 0; i < c->network_count && r == 0; i++) {
		const struct endpoint_request *request = &c->networks[i];

		r = network_find(&s->engine->state, request->network, s->arena, &s->networks[i],
				 e);
		if (r == 0)
			r = container_endpoint_plan(&s->networks[i], request, s->dir.id,
						    endpoints, &endpoints->items[i], e);
		endpoints->count += r == 0;
	}
	return r;
}

/* Where ports without an address go: that is said by the network that they lead into, or for
 * all. */
static struct ip_address default_binding(const struct start *s)
{
	const struct endpoint *way = endpoints_gateway(&s->endpoints, IP_V4);

	if (!way)
		way = endpoints_gateway(&s->endpoints, IP_V6);
	if (way && ip_is_set(&s->networks[way - s->endpoints.items].host_binding))
		return s->networks[way - s->endpoints.items].host_binding;
	return s->engine->publish_address;
}

static int list_ports(struct start *s, struct err *e)
{
	const struct container_config *c = &s->record.config;
	struct port_facts facts = { .binding = default_binding(s) };
	int r;

	if (c->ports.count == 0 && !c->is_publish_all)
		return 0;
	facts.has_ipv6 = port_reserve_has_ipv6();
	r = container_ports_list(c, &facts, s->arena, &s->endpoints, e);
	if (r == 0 && s->endpoints.port_count > 0 &&
	    !container_ports_lead_somewhere(&s->endpoints))
		log_warn("container %s is on internal networks only: its ports are not "
			 "published",
			 s->record.name);
	return r;
}

int container_network_reserve(struct start *s, struct err *e)
{
	int r;

	if (mode_is(s->record.config.network_mode, "host") && s->record.config.ports.count > 0)
		log_warn("Published ports are discarded when using host network mode");
	if (!container_has_network(&s->record.config) || s->record.config.network_count == 0)
		return 0;
	r = plan_endpoints(s, e);
	if (r == 0)
		r = list_ports(s, e);
	if (r < 0 || s->endpoints.port_count == 0)
		return r;
	r = port_reserve(&s->endpoints, &s->ports, e);
	return r < 0 ? err_wrap(e, r,
				"driver failed programming external connectivity on endpoint "
				"%s",
				s->record.name)
		     : 0;
}

/* --- the addresses ----------------------------------------------------------------------- */

/* The host's address for each of its names: that of the bridges which lead out. */
static void add_gateway_hosts(const struct start *s, struct str *lines)
{
	for (int i = 0; i < IP_FAMILIES; i++) {
		const struct endpoint *way =
			endpoints_gateway(&s->endpoints, (enum ip_family)i);
		char address[IP_TEXT_SIZE];

		if (!way)
			continue;
		ip_format(&way->addresses[i].gateway, address);
		etc_hosts_gateway(&s->record.config.extra_hosts, address, lines);
	}
}

static int add_own_hosts(const struct start *s, struct err *e)
{
	const struct container_name name = { s->hostname, s->record.config.domainname };
	AUTO_STR struct str lines = { 0 };

	add_gateway_hosts(s, &lines);
	for (size_t i = 0; i < s->endpoints.count; i++)
		container_hosts_lines(&s->endpoints.items[i], &name, &lines);
	return container_hosts_append(s->dir.fd, &lines, e);
}

/* Also of one without names: it may be given some while it runs. */
static int make_life(struct start *s, struct err *e)
{
	s->life_fd = run_life_make(s->run_dir.fd);
	return s->life_fd < 0 ? err_sys(e, s->life_fd, "make a pipe for hoy-dns") : 0;
}

int container_network_lease(struct start *s, struct err *e)
{
	const struct container_config *c = &s->record.config;
	int r = container_has_network(c) ? make_life(s, e) : 0;

	if (r < 0 || s->endpoints.count == 0)
		return r;
	r = endpoints_announce(s->run_dir.fd, e);
	for (size_t i = 0; i < s->endpoints.count && r == 0; i++)
		r = container_endpoint_lease(&s->engine->state, &s->networks[i],
					     &c->networks[i], s->dir.id, &s->endpoints.items[i],
					     e);
	if (r == 0)
		r = endpoints_write(s->run_dir.fd, &s->endpoints, e);
	return r < 0 ? r : add_own_hosts(s, e);
}

/* --- while init works -------------------------------------------------------------------- */

/* The bridge, and a pair on it. */
static int make_pair(struct start *s, size_t i, int netns_fd, struct err *e)
{
	const struct network *network = &s->networks[i];
	struct link_place place = { .mtu = network->mtu,
				    .has_hairpin = s->endpoints.port_count > 0,
				    .is_isolated = !network->has_icc };

	place.bridge_index = network_rules_up(s->engine, network, e);
	return place.bridge_index < 0
		       ? place.bridge_index
		       : link_pair_make(&s->endpoints.items[i], &place, netns_fd, e);
}

static int set_inside(struct start *s, int netns_fd, struct err *e)
{
	int back_fd = link_inside_enter(netns_fd, e);
	int back;
	int r;

	if (back_fd < 0)
		return back_fd;
	r = link_inside_set(s->endpoints.items, s->endpoints.count, &s->endpoints, e);
	if (r == 0 && container_has_names(&s->record.config))
		r = container_resolver_open_inside(&s->resolver, e);
	back = link_inside_leave(back_fd, r < 0 ? NULL : e);
	return r < 0 ? r : back;
}

int container_network_join(struct start *s, struct err *e)
{
	AUTO_CLOSE int netns_fd = -EBADF;
	char path[64];
	int r = 0;

	if (s->endpoints.count == 0)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)s->launch.pid);
	netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (netns_fd < 0)
		return err_sys(e, errno, "open the container's network namespace");
	for (size_t i = 0; i < s->endpoints.count && r == 0; i++)
		r = make_pair(s, i, netns_fd, e);
	if (r == 0)
		r = set_inside(s, netns_fd, e);
	if (r == 0 && container_has_names(&s->record.config))
		r = container_resolver_say(&s->resolver, s->engine, &s->record, &s->endpoints,
					   e);
	return r < 0 ? r : network_rules_publish(s->engine, &s->endpoints, e);
}

/* --- the end ----------------------------------------------------------------------------- */

int container_network_leave(struct engine *engine, const char *id, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoints endpoints;
	int r = endpoints_read(&engine->state, id, &arena, &endpoints);

	if (r == -EBADMSG)
		return lease_release_all(&engine->state, id, NULL, NULL);
	if (r < 0)
		return r == -ENOENT
			       ? 0
			       : err_sys(e, r, "read the endpoints of container %.12s", id);
	/* The ports first: nobody who gets the address next may be behind them. */
	r = network_rules_withdraw(engine, &endpoints, e);
	for (size_t i = 0; i < IP_FAMILIES * endpoints.count && r == 0; i++) {
		const struct endpoint *endpoint = &endpoints.items[i / IP_FAMILIES];
		const struct ip_address *address =
			&endpoint->addresses[i % IP_FAMILIES].address;

		if (ip_is_set(address))
			r = lease_release(&engine->state, endpoint->network_id, id, address);
		if (r < 0)
			r = err_sys(e, r, "give back an address of container %.12s", id);
	}
	return r;
}
