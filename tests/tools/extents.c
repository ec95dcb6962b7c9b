/*
 * Where the data of files is, and so where their holes are: a line "NAME FROM-TO ..." each, in
 * blocks of 4 KiB. What lies together is one range, however it lies on disk.
 *
 * By FIEMAP, because not every kernel answers SEEK_HOLE for EROFS.
 *
 * Runs in: tests.
 */
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EXTENTS = 512, BLOCK = 4096 };

/* Prints a range when it is known to be over. */
struct range {
	unsigned long long from, to;
};

static void range_end(struct range *range)
{
	if (range->to > range->from)
		printf(" %llu-%llu", range->from, range->to);
	range->from = range->to = 0;
}

static int show(const char *path, struct fiemap *map)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct range range = { 0, 0 };
	unsigned long long at = 0;
	int is_last = 0;

	if (fd < 0)
		return -1;
	printf("%s", path);
	while (!is_last) {
		*map = (struct fiemap){ .fm_start = at,
					.fm_length = FIEMAP_MAX_OFFSET - at,
					.fm_flags = FIEMAP_FLAG_SYNC,
					.fm_extent_count = EXTENTS };
		if (ioctl(fd, FS_IOC_FIEMAP, map) < 0)
			return -1;
		is_last = map->fm_mapped_extents == 0;
		for (unsigned int i = 0; i < map->fm_mapped_extents; i++) {
			const struct fiemap_extent *extent = &map->fm_extents[i];
			unsigned long long from = extent->fe_logical / BLOCK;

			at = extent->fe_logical + extent->fe_length;
			is_last |= extent->fe_flags & FIEMAP_EXTENT_LAST;
			if (extent->fe_flags & FIEMAP_EXTENT_UNWRITTEN)
				continue;
			if (from != range.to) {
				range_end(&range);
				range.from = from;
			}
			range.to = (at + BLOCK - 1) / BLOCK;
		}
	}
	range_end(&range);
	printf("\n");
	return close(fd);
}

int main(int argc, char **argv)
{
	struct fiemap *map = malloc(sizeof(*map) + EXTENTS * sizeof(struct fiemap_extent));

	for (int i = 1; i < argc && map; i++) {
		if (show(argv[i], map) < 0) {
			perror(argv[i]);
			return 1;
		}
	}
	free(map);
	return !map;
}
