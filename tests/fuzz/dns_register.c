/* A registration: refused whole, or everything that it says is found. */
#include <assert.h>
#include <string.h>

#include "dns/names.h"
#include "fuzz.h"

static void look_up(const struct names *names, const struct names_container *container)
{
	const struct registration *r = &container->registration;
	struct names_found found;
	char host[64];

	for (size_t i = 0; i < r->network_count; i++) {
		const struct registration_network *network = &r->networks[i];

		for (size_t k = 0; k < network->names.count; k++) {
			names_find(names, container, network->names.items[k], &found);
			assert(found.is_known || network->links.count > 0 ||
			       r->network_count > 1);
		}
		for (size_t k = 0; k < network->address_count; k++)
			assert(names_find_address(names, container, network->addresses[k].bytes,
						  network->addresses[k].len, host,
						  sizeof(host)) != NAMES_ELSEWHERE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names_container container = { 0 };
	struct registration registration;
	struct err e = { 0 };
	struct names *names;
	int r = registration_parse((const char *)data, size, &registration, &e);

	if (r < 0) {
		assert(e.code == r && e.kind == ERR_INVALID && e.text[0]);
		return 0;
	}
	assert(strlen(registration.id) == 64 && registration.servers.count <= DNS_SERVERS_MAX);
	assert(registration.network_count <= DNS_NETWORKS_MAX);
	names = names_new();
	assert(names && names_enter(names, &container, &registration) == 0);
	look_up(names, &container);
	names_leave(names, &container);
	names_free(names);
	return 0;
}
