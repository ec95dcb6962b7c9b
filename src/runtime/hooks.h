/*
 * Hooks that run in the runtime's namespaces: prestart, createRuntime, poststart, poststop. The
 * other two kinds, createContainer and startContainer, are init's (init/init_hooks.c).
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config.md "POSIX-platform Hooks", runtime.md "Lifecycle".
 */
#ifndef HOY_RUNTIME_HOOKS_H
#define HOY_RUNTIME_HOOKS_H

#include <stdbool.h>

#include "base/err.h"
#include "spec/runtime_spec.h"

/*
 * Run them in their order, with the state on their standard input, in our working directory; one
 * without an environment has ours.
 * `moment` is what they are called in sentences: "poststart". The first that fails ends it with
 * an error; with `goes_on` (poststop) each failure is a warning, and the result 0.
 */
int hooks_run(const struct spec_hooks *hooks, const char *moment, const char *state_json,
	      bool goes_on, struct err *e);

/*
 * Open what the hooks' standard output and error are appended to, made where it is missing; -1
 * where nothing is named. Owned by the caller.
 */
int hooks_open_output(const struct spec_hooks *hooks, int *ret_output, int *ret_error,
		      struct err *e);

/* Does init have to ask for SYNC_HOOKS: for hooks of the birth, a seccomp agent, network devices? */
bool hooks_need_state(const struct spec *spec);

#endif
