/*
 * hostname, hosts and resolv.conf as docker makes them: files in the container's directory,
 * bind mounted over the image's.
 *
 * Runs in: cli (engine).
 * See: hosts(5), resolv.conf(5).
 */
#ifndef HOY_ENGINE_ETC_FILES_H
#define HOY_ENGINE_ETC_FILES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/container_config.h"

enum { HOST_FILE_MAX = 1024 * 1024 };

/*
 * The texts. `host_text` is the host's own file or NULL. With a private network /etc/hosts is
 * docker's list of local names; with the host's it is the host's; extra hosts are appended.
 * resolv.conf is the host's, with --dns* taking the place of its lines, and (private network)
 * without name servers on the host's loopback. With names (a network of the user's own) the one
 * server is hoy-dns, and unless something else is said of it a name is asked for as it stands
 * first.
 */
enum etc_network { ETC_NETWORK_HOST, ETC_NETWORK_PRIVATE, ETC_NETWORK_NAMES };

void etc_hosts_text(const struct container_config *config, bool is_host_network,
		    const char *host_text, struct str *out);
/* Lines for those extra hosts that stand for the host; etc_hosts_text writes them with the host's
 * network alone. */
void etc_hosts_gateway(const struct strv *extra_hosts, const char *address, struct str *out);
void etc_resolv_text(const struct container_config *config, enum etc_network network,
		     const char *host_text, struct str *out);
/* Does resolv.conf say that names of one label are tried with a domain first ("ndots" of 1 and
 * more)? Then they are not meant for others as they stand. */
bool etc_resolv_keeps_short(const struct container_config *config, const char *host_text);

/* Write the three into the container's directory. */
int etc_files_write(int container_fd, const struct container_config *config,
		    const char *hostname, enum etc_network network, struct err *e);
/* Give them to another owner. */
int etc_files_own(int container_fd, uid_t uid, gid_t gid, struct err *e);
/* resolv.conf of one that has names since it was started, unless it was changed. */
int etc_resolv_update(int container_fd, const struct container_config *config, struct err *e);

/* The host's own resolv.conf, owned by the caller; NULL: there is none. */
char *etc_host_resolv(void);

#endif
