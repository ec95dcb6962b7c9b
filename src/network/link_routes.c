/*
 * Where the host's routes lead. See link.h.
 *
 * Runs in: cli (engine).
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "linux/netlink_message.h"
#include "network/link.h"

struct route_list {
	struct ip_subnet *items;
	size_t max;
	size_t count;
	size_t near; /* so many of them, the first ones, lead through no gateway */
};

static bool has_gateway(const char *attributes, size_t len)
{
	static const uint16_t ways[] = { RTA_GATEWAY, RTA_VIA, RTA_MULTIPATH };
	size_t size;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (netlink_find(attributes, len, ways[i], &size))
			return true;
	return false;
}

static int note_route(void *context, uint16_t type, const void *data, size_t len)
{
	const size_t header_len = NLMSG_ALIGN(sizeof(struct rtmsg));
	struct ip_address base = { 0 };
	struct route_list *list = context;
	struct ip_subnet *place;
	struct rtmsg route;
	const void *destination;
	size_t size;

	if (type != RTM_NEWROUTE || len < header_len || list->count == list->max)
		return 0;
	memcpy(&route, data, sizeof(route));
	destination =
		netlink_find((const char *)data + header_len, len - header_len, RTA_DST, &size);
	base.size = route.rtm_family == AF_INET6 ? IP_V6_SIZE : IP_V4_SIZE;
	if (route.rtm_table != RT_TABLE_MAIN || route.rtm_dst_len == 0 || !destination ||
	    size != base.size)
		return 0;
	memcpy(base.bytes, destination, size);
	place = &list->items[list->count++];
	if (!has_gateway((const char *)data + header_len, len - header_len)) {
		*place = list->items[list->near];
		place = &list->items[list->near++];
	}
	*place = ip_subnet_of(&base, route.rtm_dst_len);
	return 0;
}

int link_routes(struct ip_subnet *ret, size_t max, size_t *ret_far, struct err *e)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	struct route_list list = { .items = ret, .max = max };

	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	for (size_t i = 0; i < sizeof(families); i++) {
		struct rtmsg header = { .rtm_family = families[i] };
		struct netlink_batch batch;
		int r;

		netlink_batch_init(&batch);
		netlink_begin(&batch, RTM_GETROUTE, NLM_F_DUMP, &header, sizeof(header));
		r = netlink_dump(fd, &batch, note_route, &list);
		if (r < 0)
			return err_sys(e, r, "list the host's routes");
	}
	*ret_far = list.count - list.near;
	return (int)list.count;
}
