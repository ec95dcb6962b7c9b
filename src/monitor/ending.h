/*
 * The end of a container: how it ended, the exit file, who is told, and what the monitor
 * becomes.
 *
 * The order is what others rely on: all output is in the log and on its way to the clients,
 * then the exit file is there, then the `alive` lock is free, then the clients get EXIT.
 * Whoever sees one of them may rely on those before.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_ENDING_H
#define HOY_MONITOR_ENDING_H

#include "monitor/monitor.h"

/* Wait for init, which has ended, and keep its code. */
void ending_reap_init(struct monitor *monitor);
/* Exit file, the lock, EXIT frames. */
void ending_publish(struct monitor *monitor);
/* Become `hoy internal reap`; returns only when that cannot be executed, or is not asked for.
 */
void ending_become_reaper(struct monitor *monitor);

#endif
