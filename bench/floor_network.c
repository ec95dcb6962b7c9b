/*
 * See floor_network.h. The messages are written by the project's own encoder (linux/netlink_message.h), which makes no system
 * call but the socket's.
 *
 * Runs in: the benchmark only.
 * See: rtnetlink(7), linux/netfilter/nf_tables.h.
 */
#include "floor_network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux/netlink_message.h"

#define TABLE "floor"
#define MAP   "ports"

enum { LOOPBACK_INDEX = 1, INSIDE_INDEX = 2, PREFIX = 16 };

static const uint32_t gateway = 0x0a580001; /* 10.88.0.1 */

int floor_network_setup(void)
{
	/* Once and outside of what is measured: by the programs that everybody has. */
	int status = system("ip link add floor0 type bridge && ip addr add 10.88.0.1/16 dev "
			    "floor0 && ip link set floor0 up && "
			    "nft add table inet " TABLE " && nft add map inet " TABLE " " MAP
			    " '{ type inet_service : ipv4_addr . inet_service; }'");

	return status == 0 ? 0 : -EIO;
}

void floor_network_clean(void)
{
	if (system("ip link del floor0; nft delete table inet " TABLE) != 0)
		fputs("floor: the bridge or the table was not there\n", stderr);
}

static int send_all(int protocol, struct netlink_batch *batch)
{
	int fd = netlink_open(protocol);
	int r = fd < 0 ? fd : netlink_call(fd, batch, NULL);

	if (fd >= 0)
		close(fd);
	return r;
}

static int pair_make(pid_t pid, const char *name, unsigned int bridge)
{
	struct ifinfomsg header = { 0 };
	const struct ifinfomsg up = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct netlink_batch batch;
	size_t info, data, peer;

	netlink_batch_init(&batch);
	netlink_begin(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &header,
		      sizeof(header));
	netlink_put_text(&batch, IFLA_IFNAME, name);
	netlink_put_u32(&batch, IFLA_MASTER, bridge);
	info = netlink_nest_begin(&batch, IFLA_LINKINFO);
	netlink_put_text(&batch, IFLA_INFO_KIND, "veth");
	data = netlink_nest_begin(&batch, IFLA_INFO_DATA);
	peer = netlink_nest_begin(&batch, VETH_INFO_PEER);
	netlink_put_raw(&batch, &header, sizeof(header));
	netlink_put_text(&batch, IFLA_IFNAME, "eth0");
	netlink_put_u32(&batch, IFLA_NET_NS_PID, (uint32_t)pid);
	netlink_nest_end(&batch, peer);
	netlink_nest_end(&batch, data);
	netlink_nest_end(&batch, info);
	netlink_begin(&batch, RTM_NEWLINK, NLM_F_ACK, &up, sizeof(up));
	netlink_put_text(&batch, IFLA_IFNAME, name);
	return send_all(NETLINK_ROUTE, &batch);
}

static void put_up(struct netlink_batch *batch, int index)
{
	const struct ifinfomsg up = { .ifi_index = index,
				      .ifi_flags = IFF_UP,
				      .ifi_change = IFF_UP };

	netlink_begin(batch, RTM_NEWLINK, NLM_F_ACK, &up, sizeof(up));
}

/* Address, interfaces, route: one batch. */
static int set_inside(uint32_t address, unsigned int index)
{
	const struct ifaddrmsg header = { .ifa_family = AF_INET,
					  .ifa_prefixlen = PREFIX,
					  .ifa_index = index };
	const struct rtmsg route = { .rtm_family = AF_INET,
				     .rtm_table = RT_TABLE_MAIN,
				     .rtm_protocol = RTPROT_BOOT,
				     .rtm_type = RTN_UNICAST };
	const uint32_t own = htonl(address), way = htonl(gateway);
	struct netlink_batch batch;

	netlink_batch_init(&batch);
	put_up(&batch, LOOPBACK_INDEX);
	netlink_begin(&batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &header,
		      sizeof(header));
	netlink_put(&batch, IFA_LOCAL, &own, sizeof(own));
	put_up(&batch, (int)index);
	netlink_begin(&batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &route,
		      sizeof(route));
	netlink_put(&batch, RTA_GATEWAY, &way, sizeof(way));
	return send_all(NETLINK_ROUTE, &batch);
}

static int enter_and_set(pid_t pid, uint32_t address)
{
	char path[64];
	int back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int inside;
	int r = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	inside = open(path, O_RDONLY | O_CLOEXEC);
	if (back < 0 || inside < 0 || setns(inside, CLONE_NEWNET) < 0)
		r = -errno;
	if (r == 0)
		r = set_inside(address, if_nametoindex("eth0"));
	if (r == 0 && setns(back, CLONE_NEWNET) < 0)
		r = -errno;
	close(inside);
	close(back);
	return r;
}

static void begin(struct netlink_batch *batch, uint16_t type, uint16_t flags)
{
	const struct nfgenmsg header = { .nfgen_family = NFPROTO_INET,
					 .version = NFNETLINK_V0 };

	netlink_begin(batch, type, flags, &header, sizeof(header));
}

static void mark(struct netlink_batch *batch, uint16_t type)
{
	const struct nfgenmsg header = { .version = NFNETLINK_V0,
					 .res_id = htons(NFNL_SUBSYS_NFTABLES) };

	netlink_begin(batch, type, 0, &header, sizeof(header));
}

static void put_value(struct netlink_batch *batch, uint16_t type, const void *value, size_t len)
{
	size_t nest = netlink_nest_begin(batch, type);

	netlink_put(batch, NFTA_DATA_VALUE, value, len);
	netlink_nest_end(batch, nest);
}

/* `address` 0: no longer. */
static int element_change(unsigned short port, uint32_t address)
{
	const uint16_t key = htons(port);
	const struct {
		uint32_t address;
		uint16_t port;
		uint16_t unused;
	} to = { htonl(address), htons(80), 0 };
	struct netlink_batch batch;
	size_t list, one;

	netlink_batch_init(&batch);
	mark(&batch, NFNL_MSG_BATCH_BEGIN);
	begin(&batch,
	      (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 |
			 (address ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM)),
	      (uint16_t)((address ? NLM_F_CREATE | NLM_F_EXCL : 0) | NLM_F_ACK));
	netlink_put_text(&batch, NFTA_SET_ELEM_LIST_TABLE, TABLE);
	netlink_put_text(&batch, NFTA_SET_ELEM_LIST_SET, MAP);
	list = netlink_nest_begin(&batch, NFTA_SET_ELEM_LIST_ELEMENTS);
	one = netlink_nest_begin(&batch, NFTA_LIST_ELEM);
	put_value(&batch, NFTA_SET_ELEM_KEY, &key, sizeof(key));
	if (address)
		put_value(&batch, NFTA_SET_ELEM_DATA, &to, sizeof(to));
	netlink_nest_end(&batch, one);
	netlink_nest_end(&batch, list);
	mark(&batch, NFNL_MSG_BATCH_END);
	return send_all(NETLINK_NETFILTER, &batch);
}

int floor_network_join(pid_t pid, unsigned short port)
{
	const uint32_t address = (gateway & 0xffff0000) | port;
	char name[IFNAMSIZ];
	int r;

	(void)snprintf(name, sizeof(name), "floor%u", port);
	r = pair_make(pid, name, if_nametoindex("floor0"));
	if (r == 0)
		r = enter_and_set(pid, address);
	return r == 0 ? element_change(port, address) : r;
}

int floor_network_leave(unsigned short port)
{
	return element_change(port, 0);
}
