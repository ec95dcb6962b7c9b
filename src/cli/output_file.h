/*
 * `-o FILE` of the commands that write an archive: the operator's own path, on the host.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_OUTPUT_FILE_H
#define HOY_CLI_OUTPUT_FILE_H

#include "cli/cli.h"

/*
 * Call `write` with where the archive goes: a file that gets the name `path` when it is whole, so
 * that a failure leaves an earlier file as it was, and a signal nothing; or standard output when `path` is
 * NULL, unless that is a terminal. Returns what `write` returns, or -errno with a sentence.
 */
typedef int output_writer(void *context, int fd, struct err *e);
int output_file(struct cli *cli, const char *path, output_writer *write, void *context,
		struct err *e);

/* Is it clear already that output_file would refuse? Then -EINVAL with the sentence. */
int output_check(const char *path, struct err *e);

#endif
