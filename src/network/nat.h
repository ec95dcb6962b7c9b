/*
 * Address translation and who may speak to whom: one nftables table of hoy's own.
 *
 * The static part is text (nat_rules.c), loaded by nft(8) once per boot, together with whatever
 * exists at that moment; from then on a published port is one element of a map, put there by
 * netlink, so that the thousandth costs what the first does.
 *
 * The table is called after the instance ("hoy" for the default one). It never touches the
 * rules of others.
 *
 * Runs in: cli (engine).
 * See: nft(8); Documentation/networking/nf_conntrack-sysctl.rst; docs/networking.md.
 */
#ifndef HOY_NETWORK_NAT_H
#define HOY_NETWORK_NAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "network/endpoint.h"
#include "network/network.h"

/* What the rules depend on: all networks, and the endpoints of every container that runs. */
struct nat_world {
	const struct network *networks;
	size_t network_count;
	const struct endpoints *containers;
	size_t container_count;
};

/* The whole table as nft(8) reads it, replacing an older one in one transaction. Pure. */
void nat_rules(const char *table, const struct nat_world *world, struct str *out);

/* Load it. Returns 0, or -errno with what nft said; -ENOENT when there is no nft. */
int nat_load(const char *table, const struct nat_world *world, struct err *e);

/* Is the network known to the table? False also when there is no table. */
bool nat_has_network(const char *table, const struct network *network);

/* Whoever publishes or withdraws holds this lock meanwhile: the kernel deletes by key,
 * whatever is behind it. Returns an fd owned by the caller or -errno. */
int nat_lock(const struct state *state, struct err *e);

/*
 * Where a port of the host leads: the container's address of the same family on the network
 * that is its way out (endpoints_gateway). NULL when the rules cannot redirect it: there is no
 * such address, or it is a port of ::1, from which the kernel lets nothing out.
 */
const struct ip_address *nat_target(const struct endpoints *endpoints,
				    const struct port_mapping *port);

/*
 * Publish a container's ports that have a target: one element each, all or none; what a dead
 * container left under the same key is replaced. Returns 0, or -ENOENT when the table is not
 * there (any more).
 */
int nat_publish(const char *table, const struct endpoints *endpoints, struct err *e);
/* Take them back; those that are gone, or belong to another container by now, are left. */
int nat_withdraw(const char *table, const struct endpoints *endpoints, struct err *e);

/* Remove the table with everything in it, if there is one. Needs no nft. */
int nat_unload(const char *table, struct err *e);

#endif
