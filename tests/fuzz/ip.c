/* Addresses, subnets, hardware addresses and -p: what is accepted comes back as the same text. */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "format/ip.h"
#include "format/mac.h"
#include "fuzz.h"
#include "spec/port_mapping.h"

static void check_address(const char *text)
{
	struct ip_address address;
	struct ip_address again;
	char canonical[IP_TEXT_SIZE];

	if (ip_parse(text, &address) < 0)
		return;
	ip_format(&address, canonical);
	assert(ip_parse(canonical, &again) == 0 && ip_equal(&address, &again));
}

static void check_subnet(const char *text)
{
	char canonical[IP_SUBNET_TEXT_SIZE];
	struct ip_address address;
	struct ip_address last;
	struct ip_subnet subnet;
	struct ip_subnet again;

	if (ip_subnet_parse(text, &subnet, &address) < 0)
		return;
	last = ip_subnet_last(&subnet);
	assert(ip_subnet_has(&subnet, &address) && ip_subnet_has(&subnet, &last));
	assert(ip_subnet_overlaps(&subnet, &subnet));
	ip_subnet_format(&subnet, canonical);
	assert(ip_subnet_parse(canonical, &again, NULL) == 0);
	assert(ip_equal(&subnet.base, &again.base) && subnet.prefix == again.prefix);
}

static void check_mac(const char *text)
{
	uint8_t mac[MAC_SIZE];
	uint8_t again[MAC_SIZE];
	char canonical[MAC_TEXT_SIZE];

	if (mac_parse(text, mac) < 0)
		return;
	mac_format(mac, canonical);
	assert(mac_parse(canonical, again) == 0 && memcmp(mac, again, MAC_SIZE) == 0);
}

static void check_ports(const char *text)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv list = { 0 };
	struct err e = { 0 };

	if (port_mappings_parse(text, &arena, &list, &e) < 0) {
		assert(e.text[0] != '\0');
		return;
	}
	assert(list.count > 0 && list.count <= PORT_RANGE_MAX);
	for (size_t i = 0; i < list.count; i++) {
		struct port_mapping mapping;

		assert(port_mapping_read(list.items[i], &mapping) == 0);
		assert(strcmp(port_mapping_write(&mapping, &arena), list.items[i]) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = strndup((const char *)data, size);

	if (!text)
		return 0;
	check_address(text);
	check_subnet(text);
	check_mac(text);
	check_ports(text);
	return 0;
}
