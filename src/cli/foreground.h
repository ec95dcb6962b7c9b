/*
 * What run, start -a and attach have in common: a client of a container, until it ends or the
 * user detaches.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_FOREGROUND_H
#define HOY_CLI_FOREGROUND_H

#include "cli/cli.h"
#include "cli/stream.h"
#include "spec/container_config.h"

struct foreground {
	bool has_input; /* our standard input goes to the container */
	bool is_sig_proxy_off;
	const char *detach_keys; /* NULL: the default */
};

/* Which streams a client of such a container wants: enum attach_flags. */
uint16_t foreground_flags(const struct container_config *config);

/* With -t and -i the input must be a terminal. Returns 0 or -ENOTTY with docker's sentence. */
int foreground_check_terminal(bool is_tty, bool has_input, struct err *e);

/* For the start: flags, and the size of our terminal if the container has one. */
void foreground_request(const struct container_config *config, uint16_t attach_flags,
			struct engine_start_request *ret);

/*
 * Serve `take_client_fd` until the end. Returns the exit code: the container's, 0 when
 * detached. `auto_remove`: the container is gone when this returns.
 */
int foreground_serve(struct cli *cli, const char *id, int take_client_fd,
		     const struct container_config *config,
		     const struct foreground *foreground);

#endif
