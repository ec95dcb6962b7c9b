/*
 * See mac.h.
 *
 * Runs in: cli (engine).
 */
#include "format/mac.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { GROUP_BIT = 1 };

void mac_format(const uint8_t mac[MAC_SIZE], char text[MAC_TEXT_SIZE])
{
	(void)snprintf(text, MAC_TEXT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		       mac[2], mac[3], mac[4], mac[5]);
}

int mac_parse(const char *text, uint8_t mac[MAC_SIZE])
{
	static const uint8_t none[MAC_SIZE];
	uint8_t bytes[MAC_SIZE];
	char again[MAC_TEXT_SIZE];

	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &bytes[0], &bytes[1], &bytes[2],
		   &bytes[3], &bytes[4], &bytes[5]) != MAC_SIZE)
		return -EINVAL;
	/* sscanf takes spaces, signs and single digits too. */
	mac_format(bytes, again);
	if (strcasecmp(text, again) != 0 || (bytes[0] & GROUP_BIT) ||
	    memcmp(bytes, none, sizeof(none)) == 0)
		return -EINVAL;
	memcpy(mac, bytes, MAC_SIZE);
	return 0;
}
