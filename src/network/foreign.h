/*
 * The firewalls of others. What our rules accept a later chain of somebody else's may still drop: docker and ufw set the
 * policy of their forward chains to drop. So each such chain gets one jump to a chain HOY-FORWARD beside it, which lets pass
 * what goes to or comes from a bridge of ours; whether that may pass is then said by our own rules alone.
 *
 * The jump is the first rule of the chain, or in docker's DOCKER-USER the last one before its RETURN, so that what an
 * administrator has written there holds for our containers too. It is made once, never per container, and is found again by the name.
 *
 * Tables of nf_tables (iptables-nft's among them) are read by netlink and changed by nft(8), those of the old iptables by
 * iptables-legacy(8), where it is installed.
 *
 * Runs in: cli (engine).
 * See: nft(8), iptables(8); docs/networking.md.
 */
#ifndef HOY_NETWORK_FOREIGN_H
#define HOY_NETWORK_FOREIGN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "network/network.h"

#define FOREIGN_CHAIN "HOY-FORWARD"

/*
 * Has every chain that could drop what we forward its jump? Cheap, because it is asked at each start; the
 * old iptables is not asked.
 */
bool foreign_is_open(void);

/*
 * Provide them. `bridges`: those of ours whose name does not begin with NETWORK_PREFIX. Returns 0 or
 * -errno with a sentence. Where nobody else has forward chains nothing is written.
 */
int foreign_open(const struct strv *bridges, struct err *e);

/* Take all jumps and chains back, unless another instance of hoy has a table still. */
int foreign_close(struct err *e);

/* --- the text, in its own file ----------------------------------------------------------- */

enum { FOREIGN_NAME_SIZE = 64 };

/* A chain that gets the jump, and the table that it is in. */
struct foreign_chain {
	const char *family; /* "ip", "ip6", "inet" */
	char table[FOREIGN_NAME_SIZE];
	char name[FOREIGN_NAME_SIZE];
	bool has_jump;
	uint64_t before; /* the handle of the rule that the jump goes before; 0: the first */
};

/* foreign_rules.c: what nft(8) reads to provide this one. Pure. */
void foreign_rules(const struct foreign_chain *chain, const struct strv *bridges,
		   struct str *out);
/* The same for iptables-legacy-restore(8) with --noflush; the jump goes into `name`. Pure. */
void foreign_rules_legacy(const char *name, bool has_jump, const struct strv *bridges,
			  struct str *out);

#endif
