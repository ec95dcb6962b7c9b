/*
 * See server_address.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/server_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "base/str.h"

enum { PORT = 53 };

static int ipv6_parse(const char *text, struct sockaddr_in6 *ret)
{
	const char *percent = strchr(text, '%');
	char address[INET6_ADDRSTRLEN];
	uint64_t scope;

	if (!percent)
		return inet_pton(AF_INET6, text, &ret->sin6_addr) == 1 ? 0 : -EINVAL;
	if ((size_t)(percent - text) >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, (size_t)(percent - text));
	address[percent - text] = '\0';
	if (inet_pton(AF_INET6, address, &ret->sin6_addr) != 1)
		return -EINVAL;
	if (parse_u64(percent + 1, 1, UINT32_MAX, &scope) == 0)
		ret->sin6_scope_id = (uint32_t)scope;
	else
		ret->sin6_scope_id = if_nametoindex(percent + 1);
	return ret->sin6_scope_id == 0 ? -EINVAL : 0;
}

int server_address_parse(const char *text, struct sockaddr_storage *ret)
{
	struct sockaddr_storage made = { 0 };
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&made;
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&made;

	if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1) {
		ipv4->sin_family = AF_INET;
		ipv4->sin_port = htons(PORT);
	} else {
		if (ipv6_parse(text, ipv6) < 0)
			return -EINVAL;
		ipv6->sin6_family = AF_INET6;
		ipv6->sin6_port = htons(PORT);
	}
	*ret = made;
	return 0;
}
