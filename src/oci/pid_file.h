/*
 * The file that --pid-file names.
 *
 * Runs in: runtime.
 */
#ifndef HOY_OCI_PID_FILE_H
#define HOY_OCI_PID_FILE_H

#include <sys/types.h>

#include "base/err.h"

/* Digits without a newline, by a temporary file beside it and rename(2): who waits for the file
 * never sees half of it. Does nothing for NULL. Returns 0 or -errno with a sentence. */
int pid_file_write(const char *path, pid_t pid, struct err *e);

#endif
