/*
 * See userns_range.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/userns_range.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/id.h"
#include "base/str.h"
#include "store/container_dir.h"

/* systemd-nspawn takes from 524288 up to 1879048191, useradd less; uids end at 2^31. */
enum { OWN_FIRST = 1879048192, OWN_COUNT = 268435456, SUBID_MAX = 1 << 20, NAME_SIZE = 16 };

struct range {
	uint64_t first;
	uint64_t count;
};

/* "NAME:FIRST:COUNT"; the first line of this user. */
static bool subid_find(const char *path, const char *user, struct range *ret)
{
	AUTO_FREE char *text = NULL;
	char *rest;
	char *line;

	if (file_read(AT_FDCWD, path, SUBID_MAX, &text, NULL) < 0)
		return false;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		const char *name = strsep(&line, ":");
		const char *first = line ? strsep(&line, ":") : NULL;

		if (strcmp(name, user) == 0 && line &&
		    parse_u64(first, 1, OWN_FIRST, &ret->first) == 0 &&
		    parse_u64(line, USERNS_RANGE_SIZE, INT32_MAX, &ret->count) == 0)
			return true;
	}
	return false;
}

static struct range ids_of_ours(void)
{
	static const char *const users[] = { "hoy", "containers" };

	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		struct range uids;
		struct range gids;

		if (subid_find("/etc/subuid", users[i], &uids) &&
		    subid_find("/etc/subgid", users[i], &gids) && uids.first == gids.first &&
		    uids.count == gids.count)
			return uids;
	}
	return (struct range){ OWN_FIRST, OWN_COUNT };
}

static bool is_taken(const struct state *state, int dir_fd, const char *name)
{
	char id[ID_SIZE + 1];
	ssize_t len = readlinkat(dir_fd, name, id, sizeof(id));

	if (len != ID_LEN)
		return len >= 0 || errno != ENOENT;
	id[len] = '\0';
	return container_dir_exists(state, id);
}

/* Under the lock of the directory, or a stale one might be taken twice. */
static int take(const struct state *state, int dir_fd, const char *name, const char *id)
{
	if (is_taken(state, dir_fd, name))
		return -EEXIST;
	FAULT("unlink");
	if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	FAULT("symlink");
	return symlinkat(id, dir_fd, name) < 0 ? -errno : 0;
}

int userns_range_take(const struct state *state, const char *id, uint32_t *ret, struct err *e)
{
	struct range all = ids_of_ours();
	AUTO_CLOSE int dir_fd = -EBADF;
	char name[NAME_SIZE];
	int r = dir_make(state->root_fd, "userns", 0700);

	if (r < 0)
		return err_sys(e, r, "make %s/userns", state->root);
	dir_fd = openat(state->root_fd, "userns", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0 || flock(dir_fd, LOCK_EX) < 0)
		return err_sys(e, errno, "lock %s/userns", state->root);
	for (uint64_t at = 0; at + USERNS_RANGE_SIZE <= all.count; at += USERNS_RANGE_SIZE) {
		(void)snprintf(name, sizeof(name), "%u", (unsigned int)(all.first + at));
		r = take(state, dir_fd, name, id);
		if (r == 0)
			*ret = (uint32_t)(all.first + at);
		if (r != -EEXIST)
			return r < 0 ? err_sys(e, r, "take %s/userns/%s", state->root, name)
				     : 0;
	}
	return err_set(e, ERR_CONFLICT, -EUSERS,
		       "--userns auto: all %u ranges of ids have a container",
		       (unsigned int)(all.count / USERNS_RANGE_SIZE));
}
