/*
 * The address of a server of names, from text.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_SERVER_ADDRESS_H
#define HOY_DNS_SERVER_ADDRESS_H

#include <sys/socket.h>

/* "192.0.2.1", "2001:db8::1", "fe80::1%eth0" or "%2", with port 53; zeroed behind what the family
 * needs, so that equal addresses are equal bytes. Returns 0 or -EINVAL. */
int server_address_parse(const char *text, struct sockaddr_storage *ret);

#endif
