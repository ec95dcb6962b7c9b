/*
 * What the engine does for a monitor: `hoy internal VERB ID`, with the directories that this
 * instance has.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_INTERNAL_H
#define HOY_MONITOR_INTERNAL_H

#include "monitor/monitor.h"

/* Become that program. Returns only if it cannot be executed. */
void internal_execute(const struct monitor *monitor, char *verb);

#endif
