/*
 * The table that ps(1) prints, with only the lines of some processes left.
 *
 * Runs in: runtime; a pure function.
 */
#ifndef HOY_OCI_PS_TABLE_H
#define HOY_OCI_PS_TABLE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/*
 * The head line of `table` and the lines whose column PID has one of `pids`, appended to `out`.
 * Returns 0, or -EINVAL: there is no column PID, or something else stands in it.
 */
int ps_table_filter(const char *table, const pid_t *pids, size_t count, struct str *out,
		    struct err *e);

#endif
