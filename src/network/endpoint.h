/*
 * What a running container has of networks: on each of them an endpoint (addresses and an
 * interface), and the ports that are published for it.
 *
 * RUNROOT/containers/ID/endpoint says it as lines, written before any of it is made, so that
 * whoever clears the container away knows what to give back:
 *
 *   version 2
 *   network NAME ID BRIDGE HOST-INTERFACE INTERFACE MAC PRIORITY internal|external
 *   address ADDRESS/PREFIX GATEWAY       on the network above it; GATEWAY "-": none
 *   port tcp|udp ADDRESS HOST CONTAINER  ADDRESS 0.0.0.0 or ::, all of the host's of this family
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_NETWORK_ENDPOINT_H
#define HOY_NETWORK_ENDPOINT_H

#include "format/mac.h"
#include "network/network.h"
#include "spec/endpoint_request.h"
#include "spec/port_mapping.h"

/* Of ports without an address there are two, one of each family. */
enum { ENDPOINT_PORTS_MAX = 8192, ENDPOINTS_MAX = ENDPOINT_REQUESTS_MAX };

struct endpoint_address {
	struct ip_address address; /* none: nothing of this family */
	uint8_t prefix;
	struct ip_address gateway; /* none: no way out */
};

struct endpoint {
	char network[NETWORK_NAME_SIZE];
	char network_id[ID_SIZE];
	char bridge[IFNAMSIZ];
	char host_interface[IFNAMSIZ];
	char interface[IFNAMSIZ]; /* inside */
	uint8_t mac[MAC_SIZE];
	int32_t priority; /* among the ways out; more is better */
	bool is_internal;
	struct endpoint_address addresses[IP_FAMILIES];
};

/* All of one container. */
struct endpoints {
	struct endpoint *items; /* in the arena */
	size_t count;
	struct port_mapping *ports; /* with addresses and host ports; in the arena */
	size_t port_count;
};

/*
 * Fill in what follows from the network and the container's id: all but the addresses
 * themselves, MAC and priority. The endpoint's id is made of both ids, and the interface in the
 * host is called by its beginning.
 */
void endpoint_init(struct endpoint *endpoint, const struct network *network,
		   const char *container_id, const char *interface);
void endpoint_id(const char *network_id, const char *container_id, char ret[ID_SIZE]);
/* A MAC of the address, so that neighbours need not ask anew when a container takes its
 * place. */
void endpoint_make_mac(struct endpoint *endpoint);

/* The one on this network; NULL. */
struct endpoint *endpoints_find(const struct endpoints *endpoints, const char *network_id);

/*
 * Where the default route of a family leads, and published ports: of those that have a gateway
 * the one of the highest priority, then one with gateways of both families, then the first by
 * the network's name. NULL when there is no way out. As docker decides.
 */
const struct endpoint *endpoints_gateway(const struct endpoints *endpoints,
					 enum ip_family family);

void endpoints_format(const struct endpoints *endpoints, struct str *out);
/* Returns 0 or -EBADMSG. */
int endpoints_parse(const char *text, struct arena *arena, struct endpoints *ret);

/* Of a container: 0, -ENOENT when it has none, or -EBADMSG when they were only announced. */
int endpoints_read(const struct state *state, const char *id, struct arena *arena,
		   struct endpoints *ret);
/* Before anything is leased: an empty file, which says that there may be a lease that no
 * endpoint names yet. */
int endpoints_announce(int run_dir_fd, struct err *e);
int endpoints_write(int run_dir_fd, const struct endpoints *endpoints, struct err *e);

#endif
