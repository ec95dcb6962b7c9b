/*
 * What preparing a run and an exec have in common.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_PREPARE_H
#define HOY_RUNTIME_PREPARE_H

#include "base/err.h"
#include "base/str.h"
#include "proto/plan.h"
#include "runtime/runtime.h"
#include "runtime/seccomp.h"

/* The filter for a process; count 0: none asked for. To be done by the caller. */
int launch_filter(const char *cache, const char *key, const struct spec_seccomp *seccomp,
		  const struct spec_process *process, struct seccomp_filter *ret,
		  struct err *e);

/* Seal the plan, load hoy-init, say the warnings. */
int launch_complete(struct runtime_launch *launch, struct plan_builder *b,
		    const struct str *warnings, const char *init_path, struct err *e);

#endif
