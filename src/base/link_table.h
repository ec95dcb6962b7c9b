/*
 * Files with several names: under which one a file was met first.
 *
 * Runs in: cli, image.
 * See: stat(2) st_nlink.
 */
#ifndef HOY_BASE_LINK_TABLE_H
#define HOY_BASE_LINK_TABLE_H

#include <sys/stat.h>

#include "base/str.h"

/* Zeroed memory is an empty one. */
struct link_table {
	void *root; /* tsearch(3) */
	struct arena arena;
};

void link_table_done(struct link_table *table);

/*
 * The path that was given with the same file (device and inode) before, borrowed; NULL: it is the
 * first time, and `path` is remembered. Also NULL when memory runs out: then the file is taken
 * for another one.
 */
const char *link_table_find(struct link_table *table, const struct stat *st, const char *path);

#endif
