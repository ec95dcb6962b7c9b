/*
 * The flags of stop and restart, and what both say about a container that hears no signal.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_STOP_OPTIONS_H
#define HOY_CLI_STOP_OPTIONS_H

#include "engine/engine.h"

/* As engine_stop has them. */
enum { STOP_OWN = -1, STOP_PATIENT = -2 };

struct stop_options {
	int signal;  /* 0: the container's */
	int timeout; /* STOP_OWN: the container's; STOP_PATIENT: no end */
};

int stop_options_signal(void *values, struct arena *arena, const char *value, struct err *e);
int stop_options_timeout(void *values, struct arena *arena, const char *value, struct err *e);

void stop_options_tell(const char *name, const struct engine_stop_report *report);

#endif
