/*
 * The texts in which control groups give their accounts: single numbers, "KEY VALUE" lines,
 * tables of block devices, pressure.
 *
 * A file that is not there leaves everything as it is and is 0: kernels and configurations
 * differ. Texts live in the arena.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_ACCOUNT_H
#define HOY_RUNTIME_CGROUP_ACCOUNT_H

#include "base/err.h"
#include "base/str.h"
#include "runtime/cgroup_stats.h"

/* Where a reading comes from; `dir_fd` -1: a hierarchy that is not there, all its files are
 * missing. */
struct account {
	int dir_fd;
	struct arena *arena;
	struct err *e;
};

/* The text of a file; NULL in `ret` when it is missing. Returns 0 or -errno. */
int account_text(const struct account *from, const char *file, char **ret);

/* A number; "max" is CGROUP_UNLIMITED. */
int account_number(const struct account *from, const char *file, uint64_t *ret);
int account_numbers(const struct account *from, const char *file, struct cgroup_counts *ret);

/* All lines "KEY VALUE". */
int account_lines(const struct account *from, const char *file, struct cgroup_counter **ret,
		  size_t *ret_count);
/* Of such lines the value of one; 0 when it is missing. */
uint64_t account_find(const struct cgroup_counter *lines, size_t count, const char *name);

int account_pressure(const struct account *from, const char *file, struct cgroup_pressure *ret);

/* Room for `count` more entries. */
int account_table_add(const struct account *from, struct cgroup_block_table *table,
		      const struct cgroup_block_entry *entry);

/* "8:0 ". False when it is no device. The text moves behind it. */
bool account_device(char **text, uint64_t *ret_major, uint64_t *ret_minor);

/* One line of rdma.current or rdma.max: "mlx4_0 hca_handle=2 hca_object=max". */
int account_rdma(const struct account *from, struct cgroup_stats *ret);

/* A hugetlb account for each page size whose "hugetlb.SIZE" + `suffix` is there. */
int account_hugetlb(const struct account *from, const char *suffix, struct cgroup_stats *ret);

#endif
