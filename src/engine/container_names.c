/*
 * See container_names.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_names.h"

#include <string.h>

static void add_once(struct strv *list, struct arena *arena, const char *name)
{
	if (!str_is_empty(name) && !strv_has(list, name))
		strv_add(list, arena, name);
}

void container_names_on(const struct record *record, const struct endpoint_request *request,
			struct arena *arena, struct strv *ret)
{
	if (str_equal(request->network, NETWORK_DEFAULT))
		return;
	add_once(ret, arena, record->name);
	for (size_t i = 0; i < request->aliases.count; i++)
		add_once(ret, arena, request->aliases.items[i]);
	add_once(ret, arena, arena_printf(arena, "%.*s", ID_SHORT_LEN, record->id));
	add_once(ret, arena, record->config.hostname);
}

static const struct endpoint_request *request_of(const struct record *record,
						 const struct endpoint *endpoint)
{
	for (size_t i = 0; i < record->config.network_count; i++) {
		if (str_equal(record->config.networks[i].network, endpoint->network))
			return &record->config.networks[i];
	}
	return NULL;
}

int container_names_list(const struct record *record, const struct endpoints *endpoints,
			 struct arena *arena, struct container_names **ret, size_t *ret_count)
{
	struct container_names *list = arena_array(arena, endpoints->count + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; list && i < endpoints->count; i++) {
		const struct endpoint_request *request =
			request_of(record, &endpoints->items[i]);

		if (!request)
			continue;
		list[count].endpoint = &endpoints->items[i];
		list[count].links = request->links;
		container_names_on(record, request, arena, &list[count].names);
		count++;
	}
	*ret = list;
	*ret_count = count;
	return arena_ok(arena);
}
