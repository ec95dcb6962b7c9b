/*
 * See link.h: bridges.
 *
 * Runs in: cli (engine).
 */
#include "network/link.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/fd.h"
#include "network/link_message.h"

/* An address of its own, or the bridge would take that of the lowest container, and change
 * it. */
static void bridge_mac(const struct network *network, uint8_t mac[MAC_SIZE])
{
	struct endpoint as_if = { 0 };

	for (int i = 0; i < IP_FAMILIES; i++)
		as_if.addresses[i].address = network->pools[i].gateway;
	endpoint_make_mac(&as_if);
	memcpy(mac, as_if.mac, sizeof(as_if.mac));
}

static int bridge_make(int fd, const struct network *network, struct err *e)
{
	struct ifinfomsg header = { 0 };
	struct netlink_batch batch;
	uint8_t mac[MAC_SIZE];
	int r;

	bridge_mac(network, mac);
	netlink_batch_init(&batch);
	netlink_begin(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &header,
		      sizeof(header));
	netlink_put_text(&batch, IFLA_IFNAME, network->bridge);
	netlink_put_u32(&batch, IFLA_MTU, network->mtu);
	netlink_put(&batch, IFLA_ADDRESS, mac, sizeof(mac));
	link_put_kind(&batch, "bridge");
	r = netlink_call(fd, &batch, NULL);
	if (r == -EOPNOTSUPP)
		return link_refuse_kind("bridge", e);
	return r < 0 && r != -EEXIST ? err_sys(e, r, "make bridge %s", network->bridge) : 0;
}

static int bridge_set(int fd, const struct network *network, int index, struct err *e)
{
	struct netlink_batch batch;
	int r = link_set_ipv6(network->bridge, network_has(network, IP_V6), e);

	/* Ports on 127.0.0.1 are redirected to containers; who may send to that is said by the
	 * rules. */
	if (r == 0)
		r = link_write_sysctl("ipv4", network->bridge, "route_localnet", "1", e);
	if (r < 0)
		return r;
	netlink_batch_init(&batch);
	for (int i = 0; i < IP_FAMILIES; i++) {
		const struct network_pool *pool = &network->pools[i];

		if (network_has(network, (enum ip_family)i))
			link_add_address(&batch, index, &pool->gateway, pool->subnet.prefix);
	}
	link_set_up(&batch, index);
	r = netlink_call(fd, &batch, NULL);
	return r < 0 ? err_sys(e, r, "give bridge %s its address", network->bridge) : 0;
}

int link_bridge_up(const struct network *network, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	unsigned int index;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	r = bridge_make(fd, network, e);
	if (r < 0)
		return r;
	index = if_nametoindex(network->bridge);
	if (index == 0)
		return err_sys(e, errno, "find bridge %s", network->bridge);
	r = bridge_set(fd, network, (int)index, e);
	return r < 0 ? r : (int)index;
}

int link_remove(const char *name, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	struct ifinfomsg header = { 0 };
	struct netlink_batch batch;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	netlink_batch_init(&batch);
	netlink_begin(&batch, RTM_DELLINK, NLM_F_ACK, &header, sizeof(header));
	netlink_put_text(&batch, IFLA_IFNAME, name);
	r = netlink_call(fd, &batch, NULL);
	return r < 0 && r != -ENODEV ? err_sys(e, r, "remove interface %s", name) : 0;
}
