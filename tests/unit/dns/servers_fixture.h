/* Lists of servers as text. */
#ifndef HOY_TESTS_UNIT_DNS_SERVERS_FIXTURE_H
#define HOY_TESTS_UNIT_DNS_SERVERS_FIXTURE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "dns/registration.h"

static inline const char *address_at(const struct server_list *list, size_t i)
{
	static char text[INET6_ADDRSTRLEN + 16];
	const struct sockaddr_storage *item = &list->items[i];
	const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)item;
	const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)item;

	if (item->ss_family == AF_INET)
		return inet_ntop(AF_INET, &ipv4->sin_addr, text, sizeof(text));
	assert_non_null(inet_ntop(AF_INET6, &ipv6->sin6_addr, text, sizeof(text)));
	if (ipv6->sin6_scope_id)
		(void)snprintf(text + strlen(text), 16, "%%%u", ipv6->sin6_scope_id);
	return text;
}

#endif
