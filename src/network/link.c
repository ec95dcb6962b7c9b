/*
 * See link.h.
 *
 * Runs in: cli (engine).
 */
#include "network/link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/namespace.h"
#include "linux/netlink_message.h"

enum { LINK_INDEX_INSIDE = 2 /* the first one behind lo */ };

/* --- sysctls of an interface ------------------------------------------------------------- */

static int sysctl_write(const char *family, const char *interface, const char *key,
			const char *value, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	char path[128];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", family, interface,
		       key);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	/* A kernel without IPv6 has nothing to switch off. */
	if (fd < 0 && errno == ENOENT)
		return 0;
	r = fd < 0 ? -errno : fd_write_all(fd, value, strlen(value));
	return r < 0 ? err_sys(e, r, "write \"%s\" to %s", value, path) : 0;
}

static int ipv6_off(const char *interface, struct err *e)
{
	int r = sysctl_write("ipv6", interface, "disable_ipv6", "1", e);

	return r < 0 ? r : sysctl_write("ipv6", interface, "accept_ra", "0", e);
}

int link_forwarding_on(struct err *e)
{
	static const char path[] = "/proc/sys/net/ipv4/ip_forward";
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	char value = '0';
	int r;

	if (fd < 0 || pread(fd, &value, 1, 0) != 1)
		return err_sys(e, errno, "read %s", path);
	if (value != '0')
		return 0;
	r = fd_write_all(fd, "1", 1);
	return r < 0 ? err_sys(e, r, "write \"1\" to %s", path) : 0;
}

/* --- messages ---------------------------------------------------------------------------- */

static void put_link_kind(struct netlink_batch *batch, const char *kind)
{
	size_t info = netlink_nest_begin(batch, IFLA_LINKINFO);

	netlink_put_text(batch, IFLA_INFO_KIND, kind);
	netlink_nest_end(batch, info);
}

static void add_address(struct netlink_batch *batch, int index, uint32_t address,
			uint8_t prefix)
{
	struct ifaddrmsg header = { .ifa_family = AF_INET,
				    .ifa_prefixlen = prefix,
				    .ifa_index = (uint32_t)index };

	netlink_begin(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, &header,
		      sizeof(header));
	netlink_put_be32(batch, IFA_LOCAL, address);
	netlink_put_be32(batch, IFA_ADDRESS, address);
	netlink_put_be32(batch, IFA_BROADCAST, address | ~ipv4_mask(prefix));
}

static void set_up(struct netlink_batch *batch, int index)
{
	struct ifinfomsg header = { .ifi_index = index,
				    .ifi_flags = IFF_UP,
				    .ifi_change = IFF_UP };

	netlink_begin(batch, RTM_NEWLINK, NLM_F_ACK, &header, sizeof(header));
}

static void add_default_route(struct netlink_batch *batch, uint32_t gateway)
{
	struct rtmsg header = { .rtm_family = AF_INET,
				.rtm_table = RT_TABLE_MAIN,
				.rtm_protocol = RTPROT_BOOT,
				.rtm_scope = RT_SCOPE_UNIVERSE,
				.rtm_type = RTN_UNICAST };

	netlink_begin(batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, &header,
		      sizeof(header));
	netlink_put_be32(batch, RTA_GATEWAY, gateway);
}

/* --- bridges ----------------------------------------------------------------------------- */

/* An address of its own, or the bridge would take that of the lowest container, and change it. */
static void bridge_mac(const struct network *network, uint8_t mac[LINK_MAC_SIZE])
{
	mac[0] = 0x02;
	mac[1] = 0x42;
	for (int i = 0; i < 4; i++)
		mac[2 + i] = (uint8_t)(network->gateway >> (24 - 8 * i));
}

static int bridge_make(int fd, const struct network *network, struct err *e)
{
	struct ifinfomsg header = { 0 };
	uint8_t mac[LINK_MAC_SIZE];
	struct netlink_batch batch;
	int r;

	bridge_mac(network, mac);
	netlink_batch_init(&batch);
	netlink_begin(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &header,
		      sizeof(header));
	netlink_put_text(&batch, IFLA_IFNAME, network->bridge);
	netlink_put_u32(&batch, IFLA_MTU, network->mtu);
	netlink_put(&batch, IFLA_ADDRESS, mac, sizeof(mac));
	put_link_kind(&batch, "bridge");
	r = netlink_call(fd, &batch, NULL);
	return r < 0 && r != -EEXIST ? err_sys(e, r, "make bridge %s", network->bridge) : 0;
}

static int bridge_set(int fd, const struct network *network, int index, struct err *e)
{
	struct netlink_batch batch;
	int r = ipv6_off(network->bridge, e);

	/* Ports on 127.0.0.1 are redirected to containers; who may send to that is said by the
	 * rules. */
	if (r == 0)
		r = sysctl_write("ipv4", network->bridge, "route_localnet", "1", e);
	if (r < 0)
		return r;
	netlink_batch_init(&batch);
	add_address(&batch, index, network->gateway, network->subnet.prefix);
	set_up(&batch, index);
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

/* --- a container's pair ------------------------------------------------------------------ */

static int pair_make(const struct link_pair *pair, int netns_fd, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	struct ifinfomsg header = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct ifinfomsg peer = { .ifi_index = LINK_INDEX_INSIDE };
	struct netlink_batch batch;
	size_t info;
	size_t data;
	size_t inside;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	netlink_batch_init(&batch);
	netlink_begin(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &header,
		      sizeof(header));
	netlink_put_text(&batch, IFLA_IFNAME, pair->host_name);
	netlink_put_u32(&batch, IFLA_MTU, pair->mtu);
	netlink_put_u32(&batch, IFLA_MASTER, (uint32_t)pair->bridge_index);
	info = netlink_nest_begin(&batch, IFLA_LINKINFO);
	netlink_put_text(&batch, IFLA_INFO_KIND, "veth");
	data = netlink_nest_begin(&batch, IFLA_INFO_DATA);
	inside = netlink_nest_begin(&batch, VETH_INFO_PEER);
	netlink_put_raw(&batch, &peer, sizeof(peer));
	netlink_put_text(&batch, IFLA_IFNAME, pair->name);
	netlink_put_u32(&batch, IFLA_MTU, pair->mtu);
	netlink_put(&batch, IFLA_ADDRESS, pair->mac, sizeof(pair->mac));
	netlink_put_u32(&batch, IFLA_NET_NS_FD, (uint32_t)netns_fd);
	netlink_nest_end(&batch, inside);
	netlink_nest_end(&batch, data);
	netlink_nest_end(&batch, info);
	r = netlink_call(fd, &batch, NULL);
	return r < 0 ? err_sys(e, r, "make interface %s", pair->host_name)
		     : ipv6_off(pair->host_name, e);
}

static int hairpin_on(const struct link_pair *pair, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	struct ifinfomsg header = { .ifi_family = AF_BRIDGE,
				    .ifi_index = (int)if_nametoindex(pair->host_name) };
	const uint8_t is_on = 1;
	struct netlink_batch batch;
	size_t port;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	netlink_batch_init(&batch);
	netlink_begin(&batch, RTM_SETLINK, NLM_F_ACK, &header, sizeof(header));
	port = netlink_nest_begin(&batch, IFLA_PROTINFO);
	netlink_put(&batch, IFLA_BRPORT_MODE, &is_on, sizeof(is_on));
	netlink_nest_end(&batch, port);
	r = netlink_call(fd, &batch, NULL);
	return r < 0 ? err_sys(e, r, "let %s reach itself", pair->host_name) : 0;
}

/* In the container's network namespace. */
static int inside_set(const struct link_pair *pair, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	struct netlink_batch batch;
	int r = ipv6_off(pair->name, e);

	if (r < 0)
		return r;
	fd = netlink_open(NETLINK_ROUTE);
	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	netlink_batch_init(&batch);
	add_address(&batch, LINK_INDEX_INSIDE, pair->address, pair->prefix);
	set_up(&batch, LINK_INDEX_INSIDE);
	if (pair->gateway != 0)
		add_default_route(&batch, pair->gateway);
	r = netlink_call(fd, &batch, NULL);
	return r < 0 ? err_sys(e, r, "give %s its address", pair->name) : 0;
}

int link_pair_make(const struct link_pair *pair, int netns_fd, struct err *e)
{
	AUTO_CLOSE int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int back;
	int r;

	if (ours < 0)
		return err_sys(e, errno, "open our network namespace");
	r = pair_make(pair, netns_fd, e);
	if (r == 0 && pair->has_hairpin)
		r = hairpin_on(pair, e);
	if (r < 0)
		return r;
	r = namespace_join(netns_fd, CLONE_NEWNET);
	if (r < 0)
		return err_sys(e, r, "enter the container's network namespace");
	r = inside_set(pair, e);
	back = namespace_join(ours, CLONE_NEWNET);
	if (back < 0 && r == 0)
		r = err_sys(e, back, "return to our network namespace");
	return r;
}

/* --- routes ------------------------------------------------------------------------------ */

struct route_list {
	struct ipv4_subnet *items;
	size_t max;
	size_t count;
};

static int route_note(void *context, uint16_t type, const void *data, size_t len)
{
	const size_t header_len = NLMSG_ALIGN(sizeof(struct rtmsg));
	struct route_list *list = context;
	struct rtmsg route;
	const void *destination;
	uint32_t base;
	size_t size;

	if (type != RTM_NEWROUTE || len < header_len || list->count == list->max)
		return 0;
	memcpy(&route, data, sizeof(route));
	destination =
		netlink_find((const char *)data + header_len, len - header_len, RTA_DST, &size);
	if (route.rtm_table != RT_TABLE_MAIN || route.rtm_dst_len == 0 || !destination ||
	    size != sizeof(base))
		return 0;
	memcpy(&base, destination, sizeof(base));
	list->items[list->count++] = (struct ipv4_subnet){ ntohl(base), route.rtm_dst_len };
	return 0;
}

int link_routes(struct ipv4_subnet *ret, size_t max, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	struct route_list list = { .items = ret, .max = max };
	struct rtmsg header = { .rtm_family = AF_INET };
	struct netlink_batch batch;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	netlink_batch_init(&batch);
	netlink_begin(&batch, RTM_GETROUTE, NLM_F_DUMP, &header, sizeof(header));
	r = netlink_dump(fd, &batch, route_note, &list);
	return r < 0 ? err_sys(e, r, "list the host's routes") : (int)list.count;
}
