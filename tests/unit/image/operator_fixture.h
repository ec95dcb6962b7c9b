/*
 * A directory of a test's own in place of /etc and of the home directory. Include after cmocka.
 *
 * Runs in: tests.
 */
#ifndef HOY_TESTS_UNIT_IMAGE_OPERATOR_FIXTURE_H
#define HOY_TESTS_UNIT_IMAGE_OPERATOR_FIXTURE_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "../place.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"

#define WITH_OPERATOR(test) cmocka_unit_test_setup_teardown(test, operator_make, place_remove)

static inline char *place_path(struct place *place, const char *name)
{
	return arena_printf(&place->arena, "%s/%s", place->path, name);
}

/* The test's state is the place, with etc, home, and what a test puts there. */
static inline int operator_make(void **state)
{
	static const char *const unset[] = { "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR",
					     "CONTAINERS_REGISTRIES_CONF", "DOCKER_CONFIG",
					     "REGISTRY_AUTH_FILE" };
	struct place *place;

	(void)place_make(state);
	place = *state;
	(void)setenv("HOY_ETC", place_path(place, "etc"), 1);
	(void)setenv("HOME", place_path(place, "home"), 1);
	for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
		(void)unsetenv(unset[i]);
	return 0;
}

/* Write a file, with the directories above it. */
static inline void put(struct place *place, const char *name, const char *text)
{
	char *path = place_path(place, name);
	char *slash = strrchr(path, '/');

	*slash = '\0';
	assert_int_equal(dir_make(AT_FDCWD, path, 0700), 0);
	*slash = '/';
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

/* The sentence without the directory's name. */
static inline const char *said(struct place *place, const struct err *e)
{
	char *text = arena_copy(&place->arena, e->text);
	size_t len = strlen(place->path);

	for (char *at = strstr(text, place->path); at; at = strstr(text, place->path))
		memmove(at, at + len, strlen(at + len) + 1);
	return text;
}

#endif
