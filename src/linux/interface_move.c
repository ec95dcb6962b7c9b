/*
 * See interface_move.h.
 *
 * Runs in: runtime.
 */
#include "linux/interface_move.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>

#include "base/fd.h"
#include "linux/namespace.h"
#include "linux/netlink_message.h"

enum { ADDRESS_SIZE = 16 };

struct address {
	struct ifaddrmsg header;
	size_t len; /* of one address of its family */
	unsigned char local[ADDRESS_SIZE];
	unsigned char address[ADDRESS_SIZE]; /* of the peer, where it has one */
};

struct addresses {
	uint32_t index; /* of the interface they are collected of */
	size_t count;
	struct address items[INTERFACE_ADDRESSES_MAX];
};

/* --- what it has here -------------------------------------------------------------------- */

static bool address_copy(unsigned char to[ADDRESS_SIZE], size_t *ret_len,
			 const void *attributes, size_t len, uint16_t type)
{
	size_t size = 0;
	const void *data = netlink_find(attributes, len, type, &size);

	if (!data || size > ADDRESS_SIZE)
		return false;
	memcpy(to, data, size);
	*ret_len = size;
	return true;
}

static int address_collect(void *context, uint16_t type, const void *data, size_t len)
{
	struct addresses *all = context;
	const char *attributes = (const char *)data + NLMSG_ALIGN(sizeof(struct ifaddrmsg));
	struct address a = { 0 };
	size_t rest;

	if (type != RTM_NEWADDR || len < sizeof(a.header))
		return 0;
	memcpy(&a.header, data, sizeof(a.header));
	rest = len > NLMSG_ALIGN(sizeof(a.header)) ? len - NLMSG_ALIGN(sizeof(a.header)) : 0;
	if (a.header.ifa_index != all->index || a.header.ifa_scope != RT_SCOPE_UNIVERSE ||
	    !(a.header.ifa_flags & IFA_F_PERMANENT))
		return 0;
	if (!address_copy(a.address, &a.len, attributes, rest, IFA_ADDRESS))
		return 0;
	if (!address_copy(a.local, &a.len, attributes, rest, IFA_LOCAL))
		memcpy(a.local, a.address, sizeof(a.local));
	if (all->count == INTERFACE_ADDRESSES_MAX)
		return -E2BIG;
	all->items[all->count++] = a;
	return 0;
}

static int addresses_read(int fd, struct netlink_batch *batch, struct addresses *ret)
{
	const struct ifaddrmsg any = { .ifa_family = AF_UNSPEC };

	netlink_batch_init(batch);
	netlink_begin(batch, RTM_GETADDR, NLM_F_DUMP, &any, sizeof(any));
	return netlink_dump(fd, batch, address_collect, ret);
}

/* --- the way ----------------------------------------------------------------------------- */

static int link_move(int fd, struct netlink_batch *batch, uint32_t index, int netns_fd,
		     const char *new_name)
{
	const struct ifinfomsg link = { .ifi_index = (int)index };

	netlink_batch_init(batch);
	netlink_begin(batch, RTM_SETLINK, NLM_F_ACK, &link, sizeof(link));
	netlink_put_u32(batch, IFLA_NET_NS_FD, (uint32_t)netns_fd);
	netlink_put_text(batch, IFLA_IFNAME, new_name);
	return netlink_call(fd, batch, NULL);
}

/* --- what it gets there ------------------------------------------------------------------ */

static void address_put(struct netlink_batch *batch, const struct address *a, uint32_t index)
{
	struct ifaddrmsg header = a->header;

	header.ifa_index = index;
	netlink_begin(batch, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, &header,
		      sizeof(header));
	netlink_put(batch, IFA_LOCAL, a->local, a->len);
	netlink_put(batch, IFA_ADDRESS, a->address, a->len);
}

/* In the other namespace. */
static int link_restore(struct netlink_batch *batch, const char *name,
			const struct addresses *all)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	uint32_t index = if_nametoindex(name);
	const struct ifinfomsg up = { .ifi_index = (int)index,
				      .ifi_flags = IFF_UP,
				      .ifi_change = IFF_UP };

	if (fd < 0)
		return fd;
	if (index == 0)
		return -errno;
	netlink_batch_init(batch);
	for (size_t i = 0; i < all->count; i++)
		address_put(batch, &all->items[i], index);
	netlink_begin(batch, RTM_SETLINK, NLM_F_ACK, &up, sizeof(up));
	return netlink_call(fd, batch, NULL);
}

static int visit(struct netlink_batch *batch, int netns_fd, const char *name,
		 const struct addresses *all)
{
	AUTO_CLOSE int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int back;
	int r;

	if (own < 0)
		return -errno;
	r = namespace_join(netns_fd, CLONE_NEWNET);
	if (r < 0)
		return r;
	r = link_restore(batch, name, all);
	back = namespace_join(own, CLONE_NEWNET);
	return r < 0 ? r : back;
}

int interface_move(const char *name, int netns_fd, const char *new_name, const char **ret_step)
{
	AUTO_FREE struct netlink_batch *batch = malloc(sizeof(*batch));
	AUTO_FREE struct addresses *all = calloc(1, sizeof(*all));
	AUTO_CLOSE int fd = -EBADF;
	int r;

	*ret_step = "find the interface";
	if (!batch || !all)
		return -ENOMEM;
	all->index = if_nametoindex(name);
	if (all->index == 0)
		return -errno;
	*ret_step = "read its addresses";
	fd = netlink_open(NETLINK_ROUTE);
	r = fd < 0 ? fd : addresses_read(fd, batch, all);
	if (r < 0)
		return r;
	*ret_step = "move it";
	r = link_move(fd, batch, all->index, netns_fd, new_name);
	if (r < 0)
		return r;
	*ret_step = "give it its addresses there";
	return visit(batch, netns_fd, new_name, all);
}
