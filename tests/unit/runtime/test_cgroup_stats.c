/* What control groups write in their accounts, in directories of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "runtime/cgroup_stats.h"

struct fixture {
	char dir[64];
	struct arena arena;
	struct cgroup cgroup;
	struct cgroup_stats stats;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(str_copy(f->dir, sizeof(f->dir), "/tmp/hoy-stats-XXXXXX"), 0);
	assert_non_null(mkdtemp(f->dir));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->cgroup.count; i++)
		(void)fd_close(f->cgroup.hierarchies[i].fd);
	assert_int_equal(dir_remove(AT_FDCWD, f->dir), 0);
	arena_done(&f->arena);
	free(f);
	return 0;
}

/* All controllers share the one directory: what is read is told by the names of the files. */
static void begin(struct fixture *f, enum cgroup_mode mode, uint32_t controllers)
{
	f->cgroup.mode = mode;
	f->cgroup.count = 1;
	f->cgroup.hierarchies[0].controllers = controllers;
	f->cgroup.hierarchies[0].fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f->cgroup.hierarchies[0].fd >= 0);
}

static void put(struct fixture *f, const char *file, const char *text)
{
	assert_int_equal(file_replace(f->cgroup.hierarchies[0].fd, file, text, strlen(text),
				      0600, FILE_FAST),
			 0);
}

static void read_all(struct fixture *f)
{
	struct err e = { 0 };

	if (cgroup_stats_read(&f->cgroup, &f->arena, &f->stats, &e) < 0)
		fail_msg("%s", e.text);
}

static void nothing_there_is_nothing_used(void **state)
{
	struct fixture *f = *state;

	begin(f, CGROUP_V2, CGROUP_UNIFIED);
	read_all(f);
	assert_int_equal(f->stats.cpu.total_ns, 0);
	assert_false(f->stats.cpu.pressure.is_set);
	assert_int_equal(f->stats.memory.raw_count, 0);
	assert_int_equal(f->stats.block.service_bytes.count, 0);
	assert_int_equal(f->stats.hugetlb_count, 0);
}

static void v2_is_told_in_the_units_of_v1(void **state)
{
	struct fixture *f = *state;

	begin(f, CGROUP_V2, CGROUP_UNIFIED);
	put(f, "cpu.stat",
	    "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\nnr_periods 3\nnr_throttled 2\n"
	    "throttled_usec 7\n");
	put(f, "cpu.pressure",
	    "some avg10=1.50 avg60=0.25 avg300=0.00 total=12345\n"
	    "full avg10=0.00 avg60=0.00 avg300=0.00 total=9\n");
	put(f, "memory.stat", "anon 4096\nfile 8192\nkernel 100\nsock 3\n");
	put(f, "memory.current", "20000\n");
	put(f, "memory.max", "65536\n");
	put(f, "memory.swap.current", "1000\n");
	put(f, "memory.swap.max", "max\n");
	put(f, "memory.events", "low 0\nhigh 0\nmax 4\noom 1\n");
	put(f, "pids.current", "5\n");
	put(f, "pids.max", "max\n");
	read_all(f);
	assert_int_equal(f->stats.cpu.total_ns, 1500000);
	assert_int_equal(f->stats.cpu.user_ns, 1000000);
	assert_int_equal(f->stats.cpu.throttled_periods, 2);
	assert_int_equal(f->stats.cpu.throttled_ns, 7000);
	assert_true(f->stats.cpu.pressure.is_set);
	assert_true(f->stats.cpu.pressure.some.avg10 > 1.49 &&
		    f->stats.cpu.pressure.some.avg10 < 1.51);
	assert_int_equal(f->stats.cpu.pressure.some.total_us, 12345);
	assert_int_equal(f->stats.cpu.pressure.full.total_us, 9);
	assert_int_equal(f->stats.memory.cache, 8192);
	assert_int_equal(f->stats.memory.usage.usage, 20000);
	assert_int_equal(f->stats.memory.usage.failcnt, 4);
	assert_int_equal(f->stats.memory.swap.usage, 21000);
	assert_true(f->stats.memory.swap.limit == CGROUP_UNLIMITED);
	assert_int_equal(f->stats.memory.raw_count, 4);
	assert_string_equal(f->stats.memory.raw[0].name, "anon");
	assert_int_equal(f->stats.pids.current, 5);
	assert_int_equal(f->stats.pids.limit, 0);
}

static void v2_tables_of_devices(void **state)
{
	struct fixture *f = *state;
	const struct cgroup_block_table *bytes = &f->stats.block.service_bytes;

	begin(f, CGROUP_V2, CGROUP_UNIFIED);
	put(f, "io.stat",
	    "8:0 rbytes=4096 wbytes=512 rios=1 wios=2 dbytes=7 dios=8\n253:1 rbytes=9\n");
	put(f, "hugetlb.2MB.current", "2097152\n");
	put(f, "hugetlb.2MB.rsvd.current", "1\n");
	put(f, "hugetlb.2MB.events", "max 6\n");
	put(f, "rdma.current", "mlx4_0 hca_handle=2 hca_object=20\n");
	put(f, "rdma.max", "mlx4_0 hca_handle=3 hca_object=max\n");
	read_all(f);
	assert_int_equal(bytes->count, 3);
	assert_int_equal(bytes->items[1].major, 8);
	assert_string_equal(bytes->items[1].operation, "Write");
	assert_int_equal(bytes->items[1].value, 512);
	assert_int_equal(bytes->items[2].major, 253);
	assert_int_equal(bytes->items[2].minor, 1);
	assert_int_equal(f->stats.block.serviced.count, 2);
	assert_int_equal(f->stats.hugetlb_count, 1);
	assert_string_equal(f->stats.hugetlb[0].page_size, "2MB");
	assert_int_equal(f->stats.hugetlb[0].usage, 2097152);
	assert_int_equal(f->stats.hugetlb[0].failcnt, 6);
	assert_int_equal(f->stats.rdma_count, 1);
	assert_string_equal(f->stats.rdma[0].device, "mlx4_0");
	assert_int_equal(f->stats.rdma[0].objects, 20);
	assert_int_equal(f->stats.rdma[0].handle_limit, 3);
	assert_true(f->stats.rdma[0].object_limit == CGROUP_UNLIMITED);
}

static void v1_processors(void **state)
{
	struct fixture *f = *state;
	const struct cgroup_cpu_stats *cpu = &f->stats.cpu;

	begin(f, CGROUP_V1, CGROUP_CPU | CGROUP_CPUACCT | CGROUP_CPUSET);
	put(f, "cpuacct.usage", "300\n");
	put(f, "cpuacct.usage_percpu", "100 200 \n");
	put(f, "cpuacct.usage_all", "cpu user system\n0 60 40\n1 150 50\n");
	put(f, "cpuacct.stat", "user 2\nsystem 1\n");
	put(f, "cpu.stat", "nr_periods 3\nnr_throttled 1\nthrottled_time 99\n");
	put(f, "cpuset.cpus", "0-1,4\n");
	put(f, "cpuset.mems", "0\n");
	put(f, "cpuset.sched_relax_domain_level", "-1\n");
	put(f, "cpuset.sched_load_balance", "1\n");
	read_all(f);
	assert_int_equal(cpu->total_ns, 300);
	assert_int_equal(cpu->percpu_ns.count, 2);
	assert_int_equal(cpu->percpu_ns.items[1], 200);
	assert_int_equal(cpu->percpu_user_ns.items[1], 150);
	assert_int_equal(cpu->percpu_kernel_ns.items[0], 40);
	assert_int_equal(cpu->user_ns, 2 * (1000000000 / sysconf(_SC_CLK_TCK)));
	assert_int_equal(cpu->throttled_ns, 99);
	assert_true(f->stats.has_cpuset);
	assert_int_equal(f->stats.cpuset.cpus.count, 3);
	assert_int_equal(f->stats.cpuset.cpus.items[2], 4);
	assert_int_equal(f->stats.cpuset.sched_relax_domain_level, -1);
	assert_int_equal(f->stats.cpuset.sched_load_balance, 1);
}

static void v1_memory_and_devices(void **state)
{
	struct fixture *f = *state;
	const struct cgroup_block_table *bytes = &f->stats.block.service_bytes;

	begin(f, CGROUP_HYBRID, CGROUP_MEMORY | CGROUP_PIDS | CGROUP_BLKIO | CGROUP_HUGETLB);
	put(f, "memory.stat", "cache 77\nrss 5\n");
	put(f, "memory.usage_in_bytes", "100\n");
	put(f, "memory.max_usage_in_bytes", "200\n");
	put(f, "memory.failcnt", "3\n");
	put(f, "memory.limit_in_bytes", "9223372036854771712\n");
	put(f, "memory.memsw.limit_in_bytes", "400\n");
	put(f, "memory.kmem.usage_in_bytes", "50\n");
	put(f, "pids.max", "64\n");
	put(f, "blkio.io_service_bytes_recursive", "Total 0\n");
	put(f, "blkio.throttle.io_service_bytes_recursive",
	    "8:0 Read 4096\n8:0 Write 0\nTotal 4096\n");
	put(f, "blkio.bfq.sectors_recursive", "8:0 31\n");
	put(f, "hugetlb.1GB.usage_in_bytes", "0\n");
	put(f, "hugetlb.1GB.failcnt", "2\n");
	read_all(f);
	assert_int_equal(f->stats.memory.cache, 77);
	assert_int_equal(f->stats.memory.usage.max_usage, 200);
	assert_int_equal(f->stats.memory.usage.failcnt, 3);
	assert_true(f->stats.memory.usage.limit == 9223372036854771712ull);
	assert_int_equal(f->stats.memory.swap.limit, 400);
	assert_int_equal(f->stats.memory.kernel.usage, 50);
	assert_int_equal(f->stats.pids.limit, 64);
	assert_int_equal(bytes->count, 2);
	assert_string_equal(bytes->items[0].operation, "Read");
	assert_int_equal(bytes->items[0].value, 4096);
	assert_int_equal(f->stats.block.sectors.count, 1);
	assert_string_equal(f->stats.block.sectors.items[0].operation, "");
	assert_int_equal(f->stats.block.sectors.items[0].value, 31);
	assert_string_equal(f->stats.hugetlb[0].page_size, "1GB");
	assert_int_equal(f->stats.hugetlb[0].failcnt, 2);
	assert_false(f->stats.has_cpuset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_there_is_nothing_used, setup, teardown),
		cmocka_unit_test_setup_teardown(v2_is_told_in_the_units_of_v1, setup, teardown),
		cmocka_unit_test_setup_teardown(v2_tables_of_devices, setup, teardown),
		cmocka_unit_test_setup_teardown(v1_processors, setup, teardown),
		cmocka_unit_test_setup_teardown(v1_memory_and_devices, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
