/*
 * The monitor as a process: out of everybody's way, and hard to kill by accident.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_PROCESS_H
#define HOY_MONITOR_PROCESS_H

/*
 * A session of its own, directory "/", nothing on 0, 1 and 2, low on the list of the OOM
 * killer. Every signal that would end a process is ignored but SIGTERM, which goes to init: a
 * monitor that ends loses its container.
 */
void process_settle(void);
/* As a program expects them that is executed. */
void process_restore_signals(void);

#endif
