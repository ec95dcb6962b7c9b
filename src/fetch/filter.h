/*
 * The system calls that hoy-fetch may make once it is confined.
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_FILTER_H
#define HOY_FETCH_FILTER_H

#include "base/err.h"

/* Whatever is not on the list kills the process. No way back. Returns 0 or -errno. */
int fetch_filter_load(struct err *e);

#endif
