/*
 * A directory of a test's own, and memory for what is made of its paths. Include after cmocka.
 *
 * Runs in: tests.
 */
#ifndef HOY_TESTS_UNIT_PLACE_H
#define HOY_TESTS_UNIT_PLACE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"

struct place {
	char path[64];
	int fd; /* of the directory */
	struct arena arena;
};

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

/* The test's state is a place. */
static inline int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)snprintf(place->path, sizeof(place->path), "/tmp/hoy-unit.XXXXXX");
	assert_non_null(mkdtemp(place->path));
	place->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(place->fd >= 0);
	*state = place;
	return 0;
}

/* With all that is in it; that nothing stays is part of each test. */
static inline int place_remove(void **state)
{
	struct place *place = *state;
	int r = dir_remove(AT_FDCWD, place->path);

	(void)fd_close(place->fd);
	if (access(place->path, F_OK) == 0)
		r = -1;
	arena_done(&place->arena);
	free(place);
	return r < 0 ? -1 : 0;
}

#endif
