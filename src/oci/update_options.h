/*
 * One flag of `update` for each limit, as the JSON object of resources that says the same: so
 * that flags and files are checked by one parser.
 *
 * Runs in: runtime.
 * See: runc-update(8), crun(1).
 */
#ifndef HOY_OCI_UPDATE_OPTIONS_H
#define HOY_OCI_UPDATE_OPTIONS_H

#include "oci/oci.h"

enum update_limit {
	LIMIT_BLKIO_WEIGHT,
	LIMIT_CPU_BURST,
	LIMIT_CPU_IDLE,
	LIMIT_CPU_PERIOD,
	LIMIT_CPU_QUOTA,
	LIMIT_CPU_RT_PERIOD,
	LIMIT_CPU_RT_RUNTIME,
	LIMIT_CPU_SHARES,
	LIMIT_CPUSET_CPUS,
	LIMIT_CPUSET_MEMS,
	LIMIT_MEMORY_KERNEL,
	LIMIT_MEMORY_KERNEL_TCP,
	LIMIT_MEMORY,
	LIMIT_MEMORY_RESERVATION,
	LIMIT_MEMORY_SWAP,
	LIMIT_PIDS,
	LIMIT_COUNT
};

struct update_options {
	char *resources; /* a file; "-": standard input; NULL: the flags below count */
	char *limits[LIMIT_COUNT];
};

extern const struct option update_option_table[];

/* Appended to `out`. Returns 0, or -EINVAL with the flag and its value. */
int update_options_json(const struct update_options *options, struct str *out, struct err *e);

#endif
