/*
 * The rtnetlink messages that bridges and pairs have in common, added to a batch.
 *
 * Runs in: cli (engine).
 * See: rtnetlink(7).
 */
#ifndef HOY_NETWORK_LINK_MESSAGE_H
#define HOY_NETWORK_LINK_MESSAGE_H

#include <stdint.h>

#include "linux/netlink_message.h"
#include "network/endpoint.h"

/* Without duplicate address detection: it would take a second, and addresses are leased. */
void link_add_address(struct netlink_batch *batch, int index, const struct ip_address *address,
		      uint8_t prefix);
void link_set_up(struct netlink_batch *batch, int index);
/* Takes the place of the one that is there. */
void link_set_default_route(struct netlink_batch *batch, int index,
			    const struct ip_address *gateway);
void link_put_kind(struct netlink_batch *batch, const char *kind);
/* The kernel does not know `kind` (-EOPNOTSUPP): the sentence that says so. */
int link_refuse_kind(const char *kind, struct err *e);

/* Of an interface that is not up yet: IPv6 on or off, and no router advertisements. Where the
 * kernel has no IPv6 off is what it is. */
int link_set_ipv6(const char *interface, bool is_on, struct err *e);
/* /proc/sys/net/FAMILY/conf/INTERFACE/KEY. */
int link_write_sysctl(const char *family, const char *interface, const char *key,
		      const char *value, struct err *e);

#endif
