/*
 * The terminal of a container or of an exec, on its way from init to whoever asked for it.
 *
 *   init --(master)--> us: looked at --(master)--> --console-socket, or our own terminal
 *
 * What comes is believed only when it is the master of a pty: it was made inside, where a
 * container may have prepared anything.
 *
 * Life cycle: console_prepare, then `init_end` goes into runtime_stdio.console_fd, then
 * console_receive after READY (exec: after the start), then console_send or a foreground.
 *
 * Runs in: runtime.
 * See: pty(7), unix(7) SCM_RIGHTS; runc docs/terminals.md.
 */
#ifndef HOY_OCI_CONSOLE_H
#define HOY_OCI_CONSOLE_H

#include <stdbool.h>

#include "base/err.h"
#include "spec/runtime_spec.h"

struct console {
	int init_end; /* of the pair with init; -1: no terminal */
	int our_end;
	int socket_fd; /* connected to --console-socket; -1: none */
	bool is_plain; /* our output is no terminal, and gets the program's lines as they are */
};

#define CONSOLE_NONE                                           \
	{                                                      \
		.init_end = -1, .our_end = -1, .socket_fd = -1 \
	}
#define AUTO_CONSOLE __attribute__((cleanup(console_done)))

/*
 * For a process that has a terminal; shown on ours, it gets the size of ours unless it has one
 * of its own. `socket_path` NULL: there is no --console-socket.
 * `is_detached`: we shall be gone while it runs. Returns 0, or -EINVAL with runc's sentence
 * where these contradict each other, or -errno of the connect.
 */
int console_prepare(struct spec_process *process, const char *socket_path, bool is_detached,
		    struct console *ret, struct err *e);
void console_done(struct console *console);

/* The master, verified, owned by the caller; -1 without a terminal. */
int console_receive(struct console *console, struct err *e);
/* Receive and hand it to --console-socket. 0 also without a terminal. */
int console_pass_on(struct console *console, struct err *e);

/*
 * --pidfd-socket: connect to `path` and send a descriptor along with `text`, as runc does:
 * "standard" for a container, "setns" for an exec. Does nothing for NULL.
 */
int console_send_pidfd(const char *path, int pidfd, const char *text, struct err *e);

#endif
