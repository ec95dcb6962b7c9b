/*
 * What trees take on the disk, as du(1) counts: blocks, the directories' too, everything once
 * however often it is met, and only on the file system where a tree begins. So a part that was
 * counted already is left out of the whole that is counted after it.
 *
 * The tree may be a container's: nothing is followed. What lies deeper than TREE_USAGE_DEPTH is
 * not counted.
 *
 * Runs in: cli.
 */
#ifndef HOY_BASE_TREE_USAGE_H
#define HOY_BASE_TREE_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { TREE_USAGE_DEPTH = 400 };

struct tree_usage {
	uint64_t bytes;
	/* the inodes that were counted, of one file system: an open hash table */
	uint64_t *seen;
	size_t seen_count;
	size_t seen_room;
	bool is_broken; /* no memory: what was counted is too much or too little */
};

void tree_usage_done(struct tree_usage *usage);
/* Add `name` in `dir_fd` with everything in it that was not counted yet. Returns how much that was.
 */
uint64_t tree_usage_add(struct tree_usage *usage, int dir_fd, const char *name);

#endif
