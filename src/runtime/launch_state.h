/*
 * What hooks and a seccomp agent read about the container.
 *
 * The plan is sealed before init has a pid, so the texts travel in a memfd that init inherits
 * and that is filled when it asks.
 *
 * Runs in: runtime.
 * See: proto/plan.h enum plan_state; OCI runtime-spec runtime.md "State", config-linux.md "The
 * Container Process State".
 */
#ifndef HOY_RUNTIME_LAUNCH_STATE_H
#define HOY_RUNTIME_LAUNCH_STATE_H

#include <stdbool.h>

#include "base/err.h"
#include "runtime/runtime.h"
#include "runtime/seccomp.h"

/* Where it is needed: the memfd, inherited by init. Refuses a spec that needs a state when
 * nobody can say it. */
int launch_state_open(struct runtime_launch *launch, bool is_needed, struct err *e);

/* The connection to the agent that gets the filter's listener, inherited by init: its number
 * there; -1: the filter asks nobody. */
int launch_agent(struct runtime_launch *launch, const struct seccomp_filter *filter,
		 int *ret_fd, struct err *e);

/* SYNC_HOOKS: fill it, run the prestart and createRuntime hooks. */
int launch_state_answer(struct runtime_launch *launch, struct err *e);

#endif
