/*
 * What a registry warns of (proto/fetch.h): a line for the user, once in this program.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_REGISTRY_WARNING_H
#define HOY_IMAGE_REGISTRY_WARNING_H

#include "proto/fetch.h"

/* Say what a FETCH_WARNING says, made printable and cut to a length. */
void registry_warning_say(const struct fetch_frame *frame);

#endif
