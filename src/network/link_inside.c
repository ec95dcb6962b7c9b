/*
 * A container's interfaces, seen from inside of its network namespace. See link.h.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/namespace.h"
#include "network/link.h"
#include "network/link_message.h"

int link_inside_enter(int netns_fd, struct err *e)
{
	AUTO_CLOSE int back_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int r;

	if (back_fd < 0)
		return err_sys(e, errno, "open our network namespace");
	r = namespace_join(netns_fd, CLONE_NEWNET);
	return r < 0 ? err_sys(e, r, "enter the container's network namespace")
		     : fd_take(&back_fd);
}

int link_inside_leave(int take_back_fd, struct err *e)
{
	AUTO_CLOSE int back_fd = take_back_fd;
	int r = namespace_join(back_fd, CLONE_NEWNET);

	/* There is nothing sensible to do in the wrong one, so once more. */
	if (r < 0)
		r = namespace_join(back_fd, CLONE_NEWNET);
	return r < 0 ? err_sys(e, r, "return to our network namespace") : 0;
}

/* Any socket will do. */
static int interface_index(int fd, const char *name, struct err *e)
{
	struct ifreq request = { 0 };

	(void)str_copy(request.ifr_name, sizeof(request.ifr_name), name);
	if (ioctl(fd, SIOCGIFINDEX, &request) < 0)
		return err_sys(e, errno, "find interface %s", name);
	return request.ifr_ifindex;
}

static int add_endpoint(int fd, struct netlink_batch *batch, const struct endpoint *endpoint,
			struct err *e)
{
	int index;
	int r = link_set_ipv6(endpoint->interface,
			      ip_is_set(&endpoint->addresses[IP_V6].address), e);

	if (r < 0)
		return r;
	index = interface_index(fd, endpoint->interface, e);
	if (index < 0)
		return index;
	for (int i = 0; i < IP_FAMILIES; i++) {
		const struct endpoint_address *address = &endpoint->addresses[i];

		if (ip_is_set(&address->address))
			link_add_address(batch, index, &address->address, address->prefix);
	}
	link_set_up(batch, index);
	return 0;
}

static int add_routes(int fd, struct netlink_batch *batch, const struct endpoints *all,
		      struct err *e)
{
	for (int i = 0; i < IP_FAMILIES; i++) {
		const struct endpoint *way = endpoints_gateway(all, (enum ip_family)i);
		int index;

		if (!way)
			continue;
		index = interface_index(fd, way->interface, e);
		if (index < 0)
			return index;
		link_set_default_route(batch, index, &way->addresses[i].gateway);
	}
	return 0;
}

int link_inside_set(const struct endpoint *endpoints, size_t count, const struct endpoints *all,
		    struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_ROUTE);
	struct netlink_batch batch;
	int r = 0;

	if (fd < 0)
		return err_sys(e, fd, "open a routing socket");
	netlink_batch_init(&batch);
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_endpoint(fd, &batch, &endpoints[i], e);
	if (r == 0)
		r = add_routes(fd, &batch, all, e);
	if (r < 0 || batch.len == 0)
		return r;
	r = netlink_call(fd, &batch, NULL);
	return r < 0 ? err_sys(e, r, "give the container's interfaces their addresses") : 0;
}
