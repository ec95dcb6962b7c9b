/*
 * What every fuzz target offers: libFuzzer calls it with what it made up, tests/fuzz/replay.c
 * with the files of its corpus.
 *
 * A target aborts (assert) when a promise of the parser is broken; what is merely refused is
 * fine.
 */
#ifndef HOY_TESTS_FUZZ_H
#define HOY_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
