/*
 * See link_message.h.
 *
 * Runs in: cli (engine).
 */
#include "network/link_message.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"

static uint8_t socket_family(const struct ip_address *address)
{
	return ip_family_of(address) == IP_V6 ? AF_INET6 : AF_INET;
}

static void put_address(struct netlink_batch *batch, uint16_t type,
			const struct ip_address *address)
{
	netlink_put(batch, type, address->bytes, address->size);
}

void link_add_address(struct netlink_batch *batch, int index, const struct ip_address *address,
		      uint8_t prefix)
{
	struct ip_subnet subnet = ip_subnet_of(address, prefix);
	struct ip_address last = ip_subnet_last(&subnet);
	struct ifaddrmsg header = { .ifa_family = socket_family(address),
				    .ifa_prefixlen = prefix,
				    .ifa_index = (uint32_t)index };

	if (ip_family_of(address) == IP_V6)
		header.ifa_flags = IFA_F_NODAD;
	netlink_begin(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, &header,
		      sizeof(header));
	put_address(batch, IFA_LOCAL, address);
	put_address(batch, IFA_ADDRESS, address);
	if (ip_family_of(address) == IP_V4)
		put_address(batch, IFA_BROADCAST, &last);
}

void link_set_up(struct netlink_batch *batch, int index)
{
	struct ifinfomsg header = { .ifi_index = index,
				    .ifi_flags = IFF_UP,
				    .ifi_change = IFF_UP };

	netlink_begin(batch, RTM_NEWLINK, NLM_F_ACK, &header, sizeof(header));
}

void link_set_default_route(struct netlink_batch *batch, int index,
			    const struct ip_address *gateway)
{
	struct rtmsg header = { .rtm_family = socket_family(gateway),
				.rtm_table = RT_TABLE_MAIN,
				.rtm_protocol = RTPROT_BOOT,
				.rtm_scope = RT_SCOPE_UNIVERSE,
				.rtm_type = RTN_UNICAST };

	netlink_begin(batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, &header,
		      sizeof(header));
	put_address(batch, RTA_GATEWAY, gateway);
	netlink_put_u32(batch, RTA_OIF, (uint32_t)index);
}

void link_put_kind(struct netlink_batch *batch, const char *kind)
{
	size_t info = netlink_nest_begin(batch, IFLA_LINKINFO);

	netlink_put_text(batch, IFLA_INFO_KIND, kind);
	netlink_nest_end(batch, info);
}

int link_refuse_kind(const char *kind, struct err *e)
{
	return err_set(
		e, ERR_INTERNAL, -EOPNOTSUPP,
		"networks need interfaces of the kind %s, which this kernel does not have "
		"(module %s)",
		kind, kind);
}

/* --- sysctls of an interface ------------------------------------------------------------- */

enum { SYSCTL_PATH_SIZE = 128 };

static int sysctl_write(char path[SYSCTL_PATH_SIZE], const char *family, const char *interface,
			const char *key, const char *value)
{
	AUTO_CLOSE int fd = -EBADF;

	(void)snprintf(path, SYSCTL_PATH_SIZE, "/proc/sys/net/%s/conf/%s/%s", family, interface,
		       key);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd_write_all(fd, value, strlen(value));
}

int link_write_sysctl(const char *family, const char *interface, const char *key,
		      const char *value, struct err *e)
{
	char path[SYSCTL_PATH_SIZE];
	int r = sysctl_write(path, family, interface, key, value);

	return r < 0 ? err_sys(e, r, "write \"%s\" to %s", value, path) : 0;
}

int link_set_ipv6(const char *interface, bool is_on, struct err *e)
{
	char path[SYSCTL_PATH_SIZE];
	int r = sysctl_write(path, "ipv6", interface, "disable_ipv6", is_on ? "0" : "1");

	if (r == -ENOENT && !is_on)
		return 0;
	if (r < 0)
		return err_sys(e, r, "write %s", path);
	return link_write_sysctl("ipv6", interface, "accept_ra", "0", e);
}
