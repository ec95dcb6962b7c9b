/*
 * Hardware addresses of interfaces.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_FORMAT_MAC_H
#define HOY_FORMAT_MAC_H

#include <stdint.h>

enum { MAC_SIZE = 6, MAC_TEXT_SIZE = 18 };

/* "02:42:ac:11:00:02", of one interface: not that of a group, not all zeros. Returns 0 or
 * -EINVAL. */
int mac_parse(const char *text, uint8_t mac[MAC_SIZE]);
void mac_format(const uint8_t mac[MAC_SIZE], char text[MAC_TEXT_SIZE]);

#endif
