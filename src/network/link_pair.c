/*
 * A container's pair of interfaces, seen from the host. See link.h.
 *
 * Runs in: cli (engine).
 */
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "network/link.h"
#include "network/link_message.h"

/* Both ends by one message, the far one born where it belongs. */
static void add_pair(struct netlink_batch *batch, const struct endpoint *endpoint,
		     const struct link_place *place, int netns_fd)
{
	struct ifinfomsg header = { 0 };
	size_t info;
	size_t data;
	size_t peer;

	netlink_begin(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &header,
		      sizeof(header));
	netlink_put_text(batch, IFLA_IFNAME, endpoint->host_interface);
	netlink_put_u32(batch, IFLA_MTU, place->mtu);
	netlink_put_u32(batch, IFLA_MASTER, (uint32_t)place->bridge_index);
	info = netlink_nest_begin(batch, IFLA_LINKINFO);
	netlink_put_text(batch, IFLA_INFO_KIND, "veth");
	data = netlink_nest_begin(batch, IFLA_INFO_DATA);
	peer = netlink_nest_begin(batch, VETH_INFO_PEER);
	netlink_put_raw(batch, &header, sizeof(header));
	netlink_put_text(batch, IFLA_IFNAME, endpoint->interface);
	netlink_put_u32(batch, IFLA_MTU, place->mtu);
	netlink_put(batch, IFLA_ADDRESS, endpoint->mac, sizeof(endpoint->mac));
	netlink_put_u32(batch, IFLA_NET_NS_FD, (uint32_t)netns_fd);
	netlink_nest_end(batch, peer);
	netlink_nest_end(batch, data);
	netlink_nest_end(batch, info);
}

/* As `ip link set ... type bridge_slave`; only for one that is there already. */
static void put_port_settings(struct netlink_batch *batch, const struct link_place *place)
{
	const uint8_t is_hairpin = place->has_hairpin;
	const uint8_t is_isolated = place->is_isolated;
	size_t info = netlink_nest_begin(batch, IFLA_LINKINFO);
	size_t data;

	netlink_put_text(batch, IFLA_INFO_SLAVE_KIND, "bridge");
	data = netlink_nest_begin(batch, IFLA_INFO_SLAVE_DATA);
	netlink_put(batch, IFLA_BRPORT_MODE, &is_hairpin, sizeof(is_hairpin));
	netlink_put(batch, IFLA_BRPORT_ISOLATED, &is_isolated, sizeof(is_isolated));
	netlink_nest_end(batch, data);
	netlink_nest_end(batch, info);
}

/* The near end is a port and nothing else: no address of its own, not even a link-local one. A
 * kernel without IPv6 does not look at it. */
static void put_no_ipv6_address(struct netlink_batch *batch)
{
	const uint8_t none = IN6_ADDR_GEN_MODE_NONE;
	size_t families = netlink_nest_begin(batch, IFLA_AF_SPEC);
	size_t inet6 = netlink_nest_begin(batch, AF_INET6);

	netlink_put(batch, IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
	netlink_nest_end(batch, inet6);
	netlink_nest_end(batch, families);
}

static void begin_change(struct netlink_batch *batch, const struct endpoint *endpoint,
			 unsigned int flags)
{
	struct ifinfomsg header = { .ifi_flags = flags, .ifi_change = flags };

	netlink_begin(batch, RTM_NEWLINK, NLM_F_ACK, &header, sizeof(header));
	netlink_put_text(batch, IFLA_IFNAME, endpoint->host_interface);
}

static int pair_make(const struct endpoint *endpoint, const struct link_place *place,
		     int netns_fd, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	struct netlink_batch batch;
	uint32_t failed = 0;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	netlink_batch_init(&batch);
	add_pair(&batch, endpoint, place, netns_fd);
	begin_change(&batch, endpoint, 0);
	put_no_ipv6_address(&batch);
	if (place->has_hairpin || place->is_isolated)
		put_port_settings(&batch, place);
	begin_change(&batch, endpoint, IFF_UP);
	r = netlink_call(fd, &batch, &failed);
	if (r == -EOPNOTSUPP && failed == 0)
		return err_hint(e, link_refuse_kind("veth", e),
				"--network none and --network host need nothing of that");
	return r < 0 ? err_sys(e, r, "make interface %s", endpoint->host_interface) : 0;
}

int link_pair_make(const struct endpoint *endpoint, const struct link_place *place,
		   int netns_fd, struct err *e)
{
	int r = pair_make(endpoint, place, netns_fd, e);

	if (r != -EEXIST)
		return r;
	/* That of its last run: the kernel takes namespaces apart when it has time. */
	r = link_remove(endpoint->host_interface, e);
	return r < 0 ? r : pair_make(endpoint, place, netns_fd, e);
}
