/*
 * --cidfile: the id of a new container, written to a file that did not exist.
 *
 * Life cycle: cidfile_open before anything is made, then cidfile_write with the id or
 * cidfile_abandon.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_CIDFILE_H
#define HOY_CLI_CIDFILE_H

#include "base/err.h"

struct cidfile {
	const char *path; /* NULL: none was asked for; borrowed */
	int fd;
};

/* Returns 0, or -errno with a sentence: the file exists, or cannot be made. `path` NULL: does
 * nothing. */
int cidfile_open(struct cidfile *file, const char *path, struct err *e);
int cidfile_write(struct cidfile *file, const char *id, struct err *e);
/* Nothing was made: the file goes too. */
void cidfile_abandon(struct cidfile *file);

#endif
