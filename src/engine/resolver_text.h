/*
 * What hoy-dns is told of a container, as the text of proto/dns.h.
 *
 * Runs in: cli (engine); pure.
 */
#ifndef HOY_ENGINE_RESOLVER_TEXT_H
#define HOY_ENGINE_RESOLVER_TEXT_H

#include "network/endpoint.h"
#include "store/record.h"

/*
 * All of its endpoints, the names that it has on each, what it calls others, and whom to ask for
 * the rest. `keeps_short`: names of one label are not asked of others. A name that could not be
 * asked for (a blank in it, more than 253 bytes) is left out. Returns 0, -ENOMEM, or -E2BIG with a
 * sentence.
 */
int resolver_text(const struct record *record, const struct endpoints *endpoints,
		  bool keeps_short, struct str *out, struct err *e);

#endif
