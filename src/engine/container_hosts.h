/*
 * A container's own lines in its /etc/hosts: under each of its addresses it finds itself by its
 * own name.
 *
 * The file is the container's to write; what it has added stays, and only lines that are
 * exactly ours go.
 *
 * Runs in: cli (engine).
 * See: hosts(5); engine/etc_files.h, which makes the rest of it.
 */
#ifndef HOY_ENGINE_CONTAINER_HOSTS_H
#define HOY_ENGINE_CONTAINER_HOSTS_H

#include "network/endpoint.h"
#include "store/record.h"

enum { HOSTNAME_SIZE = 256 };

/* What a container is called inside that shares no network with another. */
int container_hosts_name(const struct record *record, char hostname[HOSTNAME_SIZE],
			 struct err *e);

struct container_name {
	const char *hostname;
	const char *domainname; /* NULL: none */
};

/* "172.17.0.2\tweb.example web\n" for each address. */
void container_hosts_lines(const struct endpoint *endpoint, const struct container_name *name,
			   struct str *out);
/* `text` without the lines of `gone`. Pure. */
void container_hosts_without(const char *text, const char *gone, struct str *out);

/* Append to, and remove from, the file "hosts" in the container's directory. */
int container_hosts_append(int container_fd, const struct str *lines, struct err *e);
int container_hosts_remove(int container_fd, const struct str *lines, struct err *e);

#endif
