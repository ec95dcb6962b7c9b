/* A state of its own below a temporary directory, for tests without root. */
#ifndef HOY_TESTS_STATE_FIXTURE_H
#define HOY_TESTS_STATE_FIXTURE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "store/state.h"

struct fixture {
	char directory[64];
	char root[128];
	char runroot[128];
	struct state state;
};

static inline int fixture_setup(void **context)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err e = { 0 };

	assert_non_null(f);
	(void)snprintf(f->directory, sizeof(f->directory), "/tmp/hoy-unit.XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	(void)snprintf(f->root, sizeof(f->root), "%s/root", f->directory);
	(void)snprintf(f->runroot, sizeof(f->runroot), "%s/run", f->directory);
	assert_int_equal(state_open(&f->state, f->root, f->runroot, &e), 0);
	*context = f;
	return 0;
}

static inline int fixture_teardown(void **context)
{
	struct fixture *f = *context;

	state_close(&f->state);
	(void)dir_remove(AT_FDCWD, f->directory);
	free(f);
	return 0;
}

#endif
