/* The endpoint file: what is accepted is bounded, and stays as it is when it is written again. */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "fuzz.h"
#include "network/endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = strndup((const char *)data, size);
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str first = { 0 };
	AUTO_STR struct str second = { 0 };
	struct endpoints endpoints = { 0 };
	struct endpoints again = { 0 };

	if (!text || endpoints_parse(text, &arena, &endpoints) < 0)
		return 0;
	assert(endpoints.count <= ENDPOINTS_MAX && endpoints.port_count <= ENDPOINT_PORTS_MAX);
	/* Once in our own spelling, it stays so. */
	endpoints_format(&endpoints, &first);
	assert(endpoints_parse(str_text(&first), &arena, &again) == 0);
	endpoints_format(&again, &second);
	assert(strcmp(str_text(&first), str_text(&second)) == 0);
	for (int i = 0; i < IP_FAMILIES; i++) {
		const struct endpoint *way = endpoints_gateway(&endpoints, (enum ip_family)i);

		assert(!way || ip_is_set(&way->addresses[i].gateway));
	}
	return 0;
}
