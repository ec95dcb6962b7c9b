/*
 * Why hoy-fetch could not do what it was told: its sentence, made one of ours.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_REGISTRY_FAILURE_H
#define HOY_IMAGE_REGISTRY_FAILURE_H

#include "base/err.h"
#include "proto/fetch.h"

/* Of a FETCH_FAILED: returns a negative errno in every case, with a sentence that is printable,
 * and of a kind that there is. */
int registry_failure(const struct fetch_frame *frame, struct err *e);

#endif
