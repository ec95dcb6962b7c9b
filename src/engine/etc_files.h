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

#include "base/err.h"
#include "base/str.h"
#include "spec/container_config.h"

enum { HOST_FILE_MAX = 1024 * 1024 };

/*
 * The texts. `host_text` is the host's own file or NULL. With a private network /etc/hosts is
 * docker's list of local names; with the host's it is the host's; extra hosts are appended.
 * resolv.conf is the host's, with --dns* taking the place of its lines, and (private network)
 * without name servers on the host's loopback.
 */
void etc_hosts_text(const struct container_config *config, bool is_host_network,
		    const char *host_text, struct str *out);
void etc_resolv_text(const struct container_config *config, bool is_host_network,
		     const char *host_text, struct str *out);

/* Write the three into the container's directory. */
int etc_files_write(int container_fd, const struct container_config *config,
		    const char *hostname, bool is_host_network, struct err *e);

#endif
