/*
 * See driver.h.
 *
 * What works is remembered as the text of a symbolic link, which one system call reads and one
 * replaces: "erofs=1 overlay=1 vfs=1 " and then what it was found out on, the kernel and the data
 * root. With another one it is found out again.
 *
 * Runs in: cli (engine).
 */
#include "image/driver.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/log.h"
#include "image/driver_probe.h"

#define MEMORY_NAME "drivers"

enum { MACHINE_SIZE = 512 };

/* Best first. */
static const struct candidate {
	struct layer_driver driver;
	int (*probe)(const struct state *state, struct err *e);
} candidates[] = {
	{ { "erofs", LAYER_EROFS, false }, driver_probe_erofs },
	{ { "overlay", LAYER_DIRECTORY, false }, driver_probe_overlay },
	{ { "vfs", LAYER_DIRECTORY, true }, driver_probe_vfs },
};
enum { CANDIDATE_COUNT = sizeof(candidates) / sizeof(candidates[0]) };

static const struct candidate *candidate_find(const char *name)
{
	for (size_t i = 0; i < CANDIDATE_COUNT; i++)
		if (str_equal(candidates[i].driver.name, name))
			return &candidates[i];
	return NULL;
}

const struct layer_driver *layer_driver_find(const char *name)
{
	const struct candidate *c = candidate_find(name);

	return c ? &c->driver : NULL;
}

/* --- memory ------------------------------------------------------------------------------ */

static void machine_text(const struct state *state, char text[MACHINE_SIZE])
{
	struct utsname host = { 0 };
	struct stat st = { 0 };

	(void)uname(&host);
	(void)fstat(state->root_fd, &st);
	(void)snprintf(text, MACHINE_SIZE, "%s %s %llu:%llu", host.release, host.version,
		       (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
}

/* Bit i: candidate i works. Returns -ENOENT when nobody knows. */
static int memory_read(const struct state *state, const char *machine)
{
	char text[PATH_MAX];
	const char *at = text;
	ssize_t len = readlinkat(state->runroot_fd, MEMORY_NAME, text, sizeof(text) - 1);
	int works = 0;

	if (len < 0)
		return -ENOENT;
	text[len] = '\0';
	for (size_t i = 0; i < CANDIDATE_COUNT; i++) {
		size_t name_len = strlen(candidates[i].driver.name);

		if (strncmp(at, candidates[i].driver.name, name_len) != 0 ||
		    at[name_len] != '=' || !at[name_len + 1] || at[name_len + 2] != ' ')
			return -ENOENT;
		works |= (at[name_len + 1] == '1') << i;
		at += name_len + 3;
	}
	return strcmp(at, machine) == 0 ? works : -ENOENT;
}

/* One that cannot be written is asked for again next time. */
static void memory_write(const struct state *state, const char *machine, int works)
{
	AUTO_STR struct str text = { 0 };
	char temporary[sizeof(MEMORY_NAME) + 32];

	for (size_t i = 0; i < CANDIDATE_COUNT; i++)
		str_printf(&text, "%s=%d ", candidates[i].driver.name, works >> i & 1);
	str_add(&text, machine);
	(void)snprintf(temporary, sizeof(temporary), "." MEMORY_NAME ".%d", (int)getpid());
	if (str_ok(&text) == 0 &&
	    symlinkat(str_text(&text), state->runroot_fd, temporary) == 0 &&
	    renameat(state->runroot_fd, temporary, state->runroot_fd, MEMORY_NAME) < 0)
		(void)unlinkat(state->runroot_fd, temporary, 0);
}

/* What works, from memory or by trying all of them. Only a clear no is remembered. */
static int works_find(const struct state *state, struct err *e)
{
	char machine[MACHINE_SIZE];
	int works;

	machine_text(state, machine);
	works = memory_read(state, machine);
	if (works >= 0)
		return works;
	works = 0;
	for (size_t i = 0; i < CANDIDATE_COUNT; i++) {
		struct err why = { 0 };
		int r = candidates[i].probe(state, &why);

		if (r < 0 && r != -EOPNOTSUPP) {
			if (e)
				*e = why;
			return r;
		}
		if (r < 0)
			log_debug("%s", why.text);
		works |= (r == 0) << i;
	}
	memory_write(state, machine, works);
	return works;
}

/* --- choosing ---------------------------------------------------------------------------- */

int layer_driver_choose(const struct state *state, const char *name,
			const struct layer_driver **ret, struct err *e)
{
	const struct candidate *c = NULL;
	int works = works_find(state, e);

	if (!name)
		name = state->driver;
	if (works < 0)
		return works;
	if (name)
		c = candidate_find(name);
	if (name && !c)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "storage driver %s is not known: there are " DRIVER_NAMES, name);
	for (size_t i = 0; i < CANDIDATE_COUNT && !c; i++)
		if (works >> i & 1)
			c = &candidates[i];
	/* Asked for by name, and it does not work: the trial says why. */
	if (c && !(works >> (c - candidates) & 1)) {
		int r = c->probe(state, e);

		if (r < 0)
			return r;
	}
	*ret = &c->driver;
	return 0;
}
