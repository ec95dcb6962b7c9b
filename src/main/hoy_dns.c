/*
 * hoy-dns RUNROOT: names on user networks. Executed by the engine, with the socket on which it is
 * told of containers at DNS_FD_CONTROL; see proto/dns.h. RUNROOT is for whoever reads a list of
 * processes.
 *
 * Runs in: hoy-dns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/fd.h"
#include "dns/confine.h"
#include "dns/host_servers.h"
#include "dns/server.h"
#include "linux/process.h"

enum { ARGS = 2, BAD_USAGE = 2 };

static int serve(struct server *server, struct err *e)
{
	int host_fd;
	int r;

	confine_settle();
	host_fd = host_servers_start("/etc/resolv.conf", e);
	if (host_fd < 0)
		return host_fd;
	r = confine_service(e);
	return r < 0 ? r : server_run(server, DNS_FD_CONTROL, host_fd, e);
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct server *server;

	(void)argv;
	if (argc != ARGS || fd_set_cloexec(DNS_FD_CONTROL, 1) < 0) {
		(void)fprintf(stderr, "hoy-dns is executed by hoy\n");
		return BAD_USAGE;
	}
	(void)process_close(DNS_FD_CONTROL + 1, ~0U);
	/* Zeroed pages that cost nothing until they are used. */
	server = mmap(NULL, sizeof(*server), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (server == MAP_FAILED)
		return EXIT_FAILURE;
	if (serve(server, &e) < 0) {
		(void)fprintf(stderr, "hoy-dns: %s\n", e.text);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
