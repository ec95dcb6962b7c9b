/*
 * See tool_extents.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_extents.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	EXTENTS_ROOM = 16,
	/* a hole in a smaller file that says nothing is read as the zeros that it is */
	EXTENTS_ASK_FROM = 64 * 1024
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

ssize_t extents_find(int fd, const struct stat *st, struct arena *arena,
		     struct tar_extent **ret)
{
	struct extents extents = { .size = (uint64_t)st->st_size, .arena = arena };
	const struct tar_extent *first;
	int r;

	if ((uint64_t)st->st_blocks * 512 >= extents.size && extents.size < EXTENTS_ASK_FROM)
		return 0;
	r = extents_seek(&extents, fd);
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
