/*
 * Networks: what `hoy network create` remembers, and the default one.
 *
 *   ROOT/networks/NAME.json     one network; made by a rename that never replaces, so a name is taken once
 *   ROOT/networks/lock          flock(2) of whoever makes or removes one, and of whoever brings its bridge up
 *
 * The network "bridge" is made like any other when it is first needed.
 *
 * Runs in: cli (engine).
 * See: docker network create.
 */
#ifndef HOY_NETWORK_NETWORK_H
#define HOY_NETWORK_NETWORK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "format/ip.h"
#include "store/state.h"

#define NETWORK_DEFAULT "bridge"
/* How the name of every bridge and table begins; a bridge's, unless the user gave it
 * another. */
#define NETWORK_PREFIX "hoy"

enum {
	NETWORK_NAME_SIZE = 256,
	NETWORK_MTU_DEFAULT = 1500,
	NETWORK_WITHOUT_RECORD = 2, /* host, none */
	/* An interface inside is this and a number below 1000. */
	INTERFACE_PREFIX_SIZE = IFNAMSIZ - 3
};

/* The addresses of one family. */
struct network_pool {
	struct ip_subnet subnet;   /* zeroed: the network has none of this family */
	struct ip_subnet range;	   /* they are given from here: --ip-range, else the subnet */
	struct ip_address gateway; /* the bridge's own */
	/* --aux-address: "name=address", given to nobody */
	struct strv reserved;
};

struct network {
	char name[NETWORK_NAME_SIZE];
	char id[ID_SIZE];
	char bridge[IFNAMSIZ]; /* the interface */
	struct network_pool pools[IP_FAMILIES];
	uint32_t mtu;
	bool is_internal; /* no way out, and none in */
	bool has_masquerade;
	bool has_icc; /* its containers reach each other */
	/* where ports are published when no address is given; none: everywhere */
	struct ip_address host_binding;
	char interface_prefix[INTERFACE_PREFIX_SIZE]; /* "eth" */
	uint64_t created_ns;
	struct strv labels;  /* "key=value" */
	struct strv options; /* as given */
};

static inline bool network_has(const struct network *network, enum ip_family family)
{
	return ip_is_set(&network->pools[family].subnet.base);
}

/* What the user said; the rest is chosen. Zeroed: nothing. */
struct network_request {
	const char *name;
	bool is_without_ipv4;
	bool is_with_ipv6; /* also when one of the subnets is */
	/* of either family, at most one of each; what is behind belongs to the subnet that
	 * it is in */
	struct strv subnets;
	struct strv gateways;
	struct strv ip_ranges;
	struct strv reserved; /* "name=address" */
	bool is_internal;
	struct strv labels;
	struct strv options; /* -o: docker's driver options */
};

/*
 * Make a network: only its record; the bridge comes with the first container. Returns 0, or
 * -EEXIST (the name), -EINVAL (a flag), -EADDRINUSE (the subnet overlaps a network or a route
 * of the host, or no pool is left) with a sentence.
 */
int network_make(const struct state *state, const struct network_request *request,
		 struct arena *arena, struct network *ret, struct err *e);

/* By name, id or unique beginning of an id. "bridge" is made when it is missing. Returns 0 or
 * -ENOENT with docker's sentence. */
int network_find(const struct state *state, const char *name, struct arena *arena,
		 struct network *ret, struct err *e);

/* Is its record still there? For whoever found it before the lock was held. */
bool network_exists(const struct state *state, const struct network *network);

/* Every network, by name; in the arena. */
int network_list(const struct state *state, struct arena *arena, struct network **ret,
		 size_t *ret_count, struct err *e);

/* Remove its record, bridge and leases. The caller knows that nobody uses it, and holds its
 * leases (lease_lock). */
int network_remove(const struct state *state, const struct network *network, struct err *e);

/* [a-zA-Z0-9][a-zA-Z0-9_.-]*, short enough for a file name. */
bool network_name_is_valid(const char *name);

/* The name of the instance's nftables table: "hoy" for the default root, else that of the
 * instance. */
const char *network_table(const struct state *state);

/* Hold the lock of networks. Returns an fd owned by the caller or -errno. */
int network_lock(const struct state *state, struct err *e);

/* The directory of network records, opened (made when missing). Owned by the caller. */
int network_dir_open(const struct state *state, struct err *e);

/* --- parts, in their own files ----------------------------------------------------------- */

/* network_record.c: one record as JSON. */
int network_record_write(int dir_fd, const struct network *network, struct err *e);
int network_record_read(int dir_fd, const char *file, struct arena *arena, struct network *ret,
			struct err *e);

/*
 * network_pool.c: a subnet that meets none of `taken`. The default network gets docker's
 * 172.17.0.0/16 while it is free; every other /24, of which there are 3824, so that many small
 * networks fit.
 */
int network_pool_choose(bool is_default, const struct ip_subnet *taken, size_t count,
			struct ip_subnet *ret);
/* A /64 below fd00::/8 whose other bits are those of the network's id, which is random. */
int network_pool_choose_v6(const char *id, const struct ip_subnet *taken, size_t count,
			   struct ip_subnet *ret);

/* network_predefined.c: bridge, host and none are always there, and nobody makes or removes
 * them. */
bool network_is_predefined(const char *name);
/* False for host and none: network_find and network_list do not know them. */
bool network_has_record(const char *name);
/* host or none by name or beginning of the id; 0 or -ENOENT. */
int network_find_predefined(const char *name, struct network *ret);
/* Both of them, by name. Returns how many. */
size_t network_list_predefined(struct network ret[NETWORK_WITHOUT_RECORD]);
/* As docker calls it: bridge, host or null. */
const char *network_driver(const char *name);

/* network_options.c: fill in what the request says. */
int network_options_apply(const struct network_request *request, struct arena *arena,
			  struct network *network, struct err *e);

#endif
