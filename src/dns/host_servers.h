/*
 * The host's servers, from its /etc/resolv.conf, by a process of its own.
 *
 *   hoy-dns                              the reader
 *   one byte                     ---->   looks at the file
 *                                <----   struct host_servers
 *
 * hoy-dns itself sees no file at all, and its filter lets it open none; the reader, which never sees
 * what a container sent, may open files and do nothing else. It looks only when it is asked, and it
 * is asked only when a question goes to the host's servers, at most once a second: an idle host
 * stays idle, and links, bind mounts and editors that replace the file need no special care. Either
 * ends when the other does.
 *
 * Runs in: hoy-dns.
 * See: resolv.conf(5).
 */
#ifndef HOY_DNS_HOST_SERVERS_H
#define HOY_DNS_HOST_SERVERS_H

#include "dns/server.h"

enum { HOST_FILE_MAX = 64 * 1024 };

struct host_servers {
	uint64_t version; /* even; another one when the servers are others */
	struct server_list list;
};

/* Those that the text of a resolv.conf names, at most DNS_SERVERS_MAX; none: the one on
 * 127.0.0.1, as resolv.conf(5) has it. */
void host_servers_parse(const char *text, struct server_list *ret);

/*
 * Fork the reader of `path`, which confines itself. Returns our end of the socket, owned by the
 * caller, or -errno with a sentence.
 */
int host_servers_start(const char *path, struct err *e);

/* See to it that `server->host_servers` are no older than a second; waits for the reader, which
 * takes some 30 us, at most 50 ms. */
void host_servers_look(struct server *server);

#endif
