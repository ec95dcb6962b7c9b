/*
 * Becoming hoy-monitor: for a container, and for a detached exec.
 *
 * Runs in: cli (engine), as the child of hoy.
 * See: proto/handover.h.
 */
#ifndef HOY_ENGINE_MONITOR_HANDOVER_H
#define HOY_ENGINE_MONITOR_HANDOVER_H

#include "engine/engine.h"
#include "proto/handover.h"

#define LOG_MAX_BYTES_DEFAULT (UINT64_C(10) * 1024 * 1024)
enum { LOG_MAX_FILES_DEFAULT = 3 };

struct monitor_handover {
	struct handover handover;
	int fds[MONITOR_FD_COUNT]; /* by enum monitor_fd; -1: not there. Borrowed */
	const struct engine *engine;
	const char *id;
};

void monitor_handover_init(struct monitor_handover *m, const struct engine *engine,
			   const char *id);
/* Nothing that the caller ignores or blocks is inherited by a container's program or by the
 * monitor. */
void monitor_reset_signals(void);
/* Execute hoy-monitor. Never returns: what goes wrong ends the process. */
_Noreturn void monitor_become(struct monitor_handover *m);

#endif
