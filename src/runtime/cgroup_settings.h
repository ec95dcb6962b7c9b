/*
 * Values that depend on each other: the kernel checks each write against what the other files
 * say at that moment (a quota against the burst, a limit against the sum with swap), so that
 * the right order depends on what was there before.
 *
 * Instead of reading all of it first, what is refused as invalid is tried again after the
 * others, as long as that helps.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_SETTINGS_H
#define HOY_RUNTIME_CGROUP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CGROUP_SETTING_MAX = 64 };

struct cgroup_setting {
	const char *file; /* NULL: nothing to be written */
	char value[CGROUP_SETTING_MAX];
};

/* Write all of them; they are used up. Returns 0 or what the last refusal was. */
int cgroup_settings_write(int dir_fd, struct cgroup_setting *settings, size_t count,
			  struct err *e);

#endif
