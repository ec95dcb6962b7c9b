/*
 * Names for containers that were given none: an adjective and the surname of somebody of
 * science or seafaring.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_NAME_GENERATE_H
#define HOY_ENGINE_NAME_GENERATE_H

#include <stdint.h>

#include "base/str.h"

enum { GENERATED_NAME_SIZE = 64 };

/* "adjective_surname"; `random` decides which; from `retry` 3 on with a digit behind it, as
 * docker does. */
void name_generate(uint64_t random, unsigned int retry, char name[GENERATED_NAME_SIZE]);

#endif
