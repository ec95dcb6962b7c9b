/*
 * The chains of nf_tables that forwarded packets go through, and their rules, as far as a jump of
 * ours concerns them.
 *
 * Runs in: cli (engine).
 * See: linux/netfilter/nf_tables.h.
 */
#ifndef HOY_NETWORK_FOREIGN_CHAINS_H
#define HOY_NETWORK_FOREIGN_CHAINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "network/foreign.h"

#define DOCKER_CHAIN "DOCKER-USER"

enum { CHAINS_SEEN_MAX = 64 };

struct chain_seen {
	uint8_t family;
	bool is_forward; /* a base chain of the hook forward */
	bool drops;	 /* by its policy */
	uint32_t use;	 /* its rules and the jumps to it, as the kernel counts them */
	char table[FOREIGN_NAME_SIZE];
	char name[FOREIGN_NAME_SIZE];
};

/* Only those that matter: of a machine with thousands of chains a handful. */
struct chains_seen {
	struct chain_seen chains[CHAINS_SEEN_MAX];
	size_t count;
};

struct rules_seen {
	size_t count;
	size_t jumps;	       /* to FOREIGN_CHAIN */
	uint64_t jump;	       /* the handle of the last such jump */
	uint64_t final_return; /* the handle of the last rule, when that is a bare RETURN; 0 */
};

/* "ip", "ip6", "inet"; NULL for every other family. */
const char *chain_family_text(uint8_t family);

/*
 * The forward chains of others, and the chains DOCKER-USER and FOREIGN_CHAIN in any table; `fd` is a
 * socket of NETLINK_NETFILTER. Returns 0 or -errno.
 */
int chains_see(int fd, struct chains_seen *ret);
/* The one of this name in the same table; NULL when there is none. */
const struct chain_seen *chains_find(const struct chains_seen *seen,
				     const struct chain_seen *beside, const char *name);
/* Has any instance of hoy a table of its own? */
bool chains_has_instance(int fd);
/* Returns 0 or -errno. */
int rules_see(int fd, const struct chain_seen *chain, struct rules_seen *ret);

#endif
