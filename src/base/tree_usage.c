/*
 * See tree_usage.h.
 *
 * Runs in: cli.
 */
#include "base/tree_usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"

enum { STAT_BLOCK = 512 };

void tree_usage_done(struct tree_usage *usage)
{
	free(usage->seen);
	*usage = (struct tree_usage){ 0 };
}

static size_t slot_of(const uint64_t *seen, size_t room, uint64_t inode)
{
	size_t at = (size_t)(inode * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (room - 1);

	while (seen[at] && seen[at] != inode)
		at = (at + 1) & (room - 1);
	return at;
}

static bool seen_grow(struct tree_usage *usage)
{
	size_t room = usage->seen_room ? 2 * usage->seen_room : 1024;
	uint64_t *seen = calloc(room, sizeof(*seen));

	if (!seen)
		return false;
	for (size_t i = 0; i < usage->seen_room; i++)
		if (usage->seen[i])
			seen[slot_of(seen, room, usage->seen[i])] = usage->seen[i];
	free(usage->seen);
	usage->seen = seen;
	usage->seen_room = room;
	return true;
}

static bool is_first(struct tree_usage *usage, uint64_t inode)
{
	size_t slot;

	if (2 * usage->seen_count >= usage->seen_room && !seen_grow(usage)) {
		usage->is_broken = true;
		return true;
	}
	slot = slot_of(usage->seen, usage->seen_room, inode);
	if (usage->seen[slot])
		return false;
	usage->seen[slot] = inode;
	usage->seen_count++;
	return true;
}

static void add_entry(struct tree_usage *usage, int dir_fd, const char *name, dev_t device,
		      int depth);

static void add_entries(struct tree_usage *usage, int dir_fd, const char *name, dev_t device,
			int depth)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		(void)fd_close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			add_entry(usage, dirfd(dir), entry->d_name, device, depth);
	(void)closedir(dir);
}

static void add_entry(struct tree_usage *usage, int dir_fd, const char *name, dev_t device,
		      int depth)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != device)
		return;
	if (!is_first(usage, st.st_ino))
		return;
	usage->bytes += (uint64_t)st.st_blocks * STAT_BLOCK;
	if (S_ISDIR(st.st_mode) && depth < TREE_USAGE_DEPTH)
		add_entries(usage, dir_fd, name, device, depth + 1);
}

uint64_t tree_usage_add(struct tree_usage *usage, int dir_fd, const char *name)
{
	uint64_t before = usage->bytes;
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		add_entry(usage, dir_fd, name, st.st_dev, 0);
	return usage->bytes - before;
}
