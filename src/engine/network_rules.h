/*
 * Bridges and rules as a whole: what must be there before a container is on a network, and what
 * is written anew after a flush.
 *
 * Runs in: cli (engine).
 * See: network/nat.h, network/foreign.h.
 */
#ifndef HOY_ENGINE_NETWORK_RULES_H
#define HOY_ENGINE_NETWORK_RULES_H

#include "engine/engine.h"
#include "network/endpoint.h"

/* Bridge and rules of this network, made where they are missing. Returns the bridge's index. */
int network_rules_up(struct engine *engine, const struct network *network, struct err *e);

/* Publish a container's ports; with a table that went away come all ports of all containers. */
int network_rules_publish(struct engine *engine, const struct endpoints *endpoints,
			  struct err *e);
/* Take them back. Nothing for a container without ports. */
int network_rules_withdraw(struct engine *engine, const struct endpoints *endpoints,
			   struct err *e);

/* Write all rules anew, for every network and every endpoint: after a flush, a reload of the
 * firewall, or a change of the networks. The caller holds no lock of the rules. */
int network_rules_restore(struct engine *engine, struct err *e);
/* Remove the table, and what we have put into those of others. */
int network_rules_forget(struct engine *engine, struct err *e);

#endif
