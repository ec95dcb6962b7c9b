/*
 * See suspects.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/suspects.h"

#include <string.h>

#define SUSPECT_NS (UINT64_C(10) * 1000000000)

static bool is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

void suspects_add(struct suspects *suspects, const struct sockaddr_storage *server,
		  uint64_t now_ns)
{
	suspects_clear(suspects, server);
	suspects->items[suspects->next].server = *server;
	suspects->items[suspects->next].end_ns = now_ns + SUSPECT_NS;
	suspects->next = (suspects->next + 1) % SUSPECTS_MAX;
}

void suspects_clear(struct suspects *suspects, const struct sockaddr_storage *server)
{
	for (size_t i = 0; i < SUSPECTS_MAX; i++)
		if (is_same(&suspects->items[i].server, server))
			suspects->items[i].end_ns = 0;
}

static bool is_suspected(const struct suspects *suspects, const struct sockaddr_storage *server,
			 uint64_t now_ns)
{
	for (size_t i = 0; i < SUSPECTS_MAX; i++)
		if (suspects->items[i].end_ns > now_ns &&
		    is_same(&suspects->items[i].server, server))
			return true;
	return false;
}

void suspects_last(const struct suspects *suspects, uint64_t now_ns, struct server_list *list)
{
	struct server_list sorted = { 0 };

	for (int wanted = 0; wanted <= 1; wanted++)
		for (size_t i = 0; i < list->count; i++)
			if (is_suspected(suspects, &list->items[i], now_ns) == wanted)
				sorted.items[sorted.count++] = list->items[i];
	*list = sorted;
}
