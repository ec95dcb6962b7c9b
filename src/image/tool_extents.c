/*
 * See tool_extents.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_extents.h"

#include <errno.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	EXTENTS_ROOM = 16,
	EXTENTS_MAPPED = 64, /* by one call */
	/* a hole in a smaller file is read as the zeros that it is */
	EXTENTS_MAP_FROM = 64 * 1024
};

struct extents {
	struct tar_extent *items;
	size_t count;
	size_t room;
	uint64_t size; /* of the file */
	struct arena *arena;
};

/* Data from `from` to `to`, behind what is there. Returns 0, -E2BIG or -ENOMEM. */
static int extents_add(struct extents *extents, uint64_t from, uint64_t to)
{
	struct tar_extent *last =
		extents->count > 0 ? &extents->items[extents->count - 1] : NULL;

	if (last && last->offset + last->len == from) {
		last->len += to - from;
		return 0;
	}
	if (extents->count == EXTENTS_MAX)
		return -E2BIG;
	if (extents->count == extents->room) {
		size_t room = extents->room ? 2 * extents->room : EXTENTS_ROOM;
		struct tar_extent *more = arena_array(extents->arena, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		if (extents->count > 0)
			memcpy(more, extents->items, extents->count * sizeof(*more));
		extents->items = more;
		extents->room = room;
	}
	extents->items[extents->count++] = (struct tar_extent){ from, to - from };
	return 0;
}

static int extents_seek(struct extents *extents, int fd)
{
	off_t size = (off_t)extents->size;

	for (off_t at = 0; at < size;) {
		off_t data = lseek(fd, at, SEEK_DATA);
		off_t hole = data < 0 ? -1 : lseek(fd, data, SEEK_HOLE);
		int r;

		if (data < 0 && errno != ENXIO)
			return -errno;
		if (data < 0 || data >= size)
			break;
		at = hole < 0 || hole > size ? size : hole;
		r = extents_add(extents, (uint64_t)data, (uint64_t)at);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What one call of FIEMAP said. Returns 1 when it was the rest, 0, or -errno. */
static int extents_take(struct extents *extents, const struct fiemap *map, uint64_t *at)
{
	int is_last = map->fm_mapped_extents == 0;

	for (uint32_t i = 0; i < map->fm_mapped_extents; i++) {
		const struct fiemap_extent *extent = &map->fm_extents[i];
		uint64_t from = extent->fe_logical;
		uint64_t to = from + extent->fe_length;
		int r;

		if (from < *at || to <= from)
			return -EINVAL;
		*at = to;
		is_last |= (extent->fe_flags & FIEMAP_EXTENT_LAST) || to >= extents->size;
		if (from >= extents->size)
			return 1;
		r = extents_add(extents, from, to < extents->size ? to : extents->size);
		if (r < 0)
			return r;
	}
	return is_last;
}

static int extents_map(struct extents *extents, int fd)
{
	struct fiemap *map = arena_alloc(
		extents->arena, sizeof(*map) + EXTENTS_MAPPED * sizeof(struct fiemap_extent));
	uint64_t at = 0;
	int r = map ? 0 : -ENOMEM;

	while (r == 0) {
		*map = (struct fiemap){ .fm_start = at,
					.fm_length = extents->size - at,
					.fm_extent_count = EXTENTS_MAPPED };
		if (ioctl(fd, FS_IOC_FIEMAP, map) < 0)
			return -errno;
		r = extents_take(extents, map, &at);
	}
	return r < 0 ? r : 0;
}

bool extents_need_map(int root_fd)
{
	struct statfs fs;

	return fstatfs(root_fd, &fs) == 0 &&
	       (fs.f_type == EROFS_SUPER_MAGIC_V1 || fs.f_type == OVERLAYFS_SUPER_MAGIC);
}

ssize_t extents_find(int fd, const struct stat *st, bool needs_map, struct arena *arena,
		     struct tar_extent **ret)
{
	struct extents extents = { .size = (uint64_t)st->st_size, .arena = arena };
	const struct tar_extent *first;
	int r;

	if ((uint64_t)st->st_blocks * 512 < extents.size) {
		r = extents_seek(&extents, fd);
	} else if (needs_map && st->st_size >= EXTENTS_MAP_FROM) {
		r = extents_map(&extents, fd);
		/* Not every file of an overlay can say. */
		if (r == -EOPNOTSUPP || r == -ENOTTY)
			return 0;
	} else {
		return 0;
	}
	first = extents.items;
	if (extents.count == 1 && first->offset == 0 && first->len == extents.size)
		return 0;
	if (r == 0 &&
	    (extents.count == 0 ||
	     extents.items[extents.count - 1].offset + extents.items[extents.count - 1].len <
		     extents.size)) {
		/* Not joined to the one before it: there is a hole in between. */
		r = extents_add(&extents, extents.size, extents.size);
	}
	if (r < 0)
		return r == -E2BIG ? 0 : r;
	*ret = extents.items;
	return (ssize_t)extents.count;
}
