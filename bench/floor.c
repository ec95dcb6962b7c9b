/*
 * The floor: the kernel objects of one container made by bare system calls and nothing else. What an engine adds to this is its
 * own doing; bench/bench measures this program as a whole process beside the engines, in the same run.
 *
 * The list of steps, written before the first measurement; it does not move afterwards.
 *
 *   floor DIR            what `run --rm --network none -m .. --cpus .. --pids-limit .. IMAGE true` needs
 *    1  start of this program: glibc, dynamic (counted because it is measured from outside)
 *    2  directories of one container: self, upper, work, merged; files: hosts, hostname, resolv.conf
 *    3  seven cgroup hierarchies (memory cpu cpuset pids devices freezer blkio, v1): mkdir, docker's device rules, limits of
 *       memory, swap, cpu (period, quota, shares), pids, cpuset; the `tasks` file of each opened
 *    4  a static program of musl copied into a memfd, sealed
 *    5  clone3: pid, mount, uts, ipc and network namespace, all new; execve of the memfd
 *    6  inside: "0" into seven `tasks`; unshare of the cgroup namespace
 *    7  mounts made private; overlay of one lower, upper and work
 *    8  docker's mounts: proc, tmpfs /dev, devpts, mqueue, shm, sysfs (ro), tmpfs and seven cgroup mounts (ro) on
 *       /sys/fs/cgroup, hosts, hostname and resolv.conf bound; six devices, five links
 *    9  pivot_root, the old root detached
 *   10  docker's masked paths (those that exist) and five read-only paths
 *   11  hostname
 *   12  a ready seccomp program of the size of docker's default profile, read from a file and loaded
 *   13  27 capabilities out of the bounding set; groups, gid, uid; capset
 *   14  execve of busybox `true`, exit, reaped by waitid
 *   15  removal: seven rmdir of cgroups; the files and directories of step 2
 *
 *   floor --plain DIR    the same without the limits of step 3 (device rules stay): `run` without flags
 *   floor --bridge DIR   the same on a bridge, with one published port: while the program inside does steps 6 to 13, one
 *                        RTM_NEWLINK for a veth pair whose far end is born in its namespace, one for the near end up; setns
 *                        there, one batch for loopback, address, interface and default route, setns back; one element of an
 *                        nftables map; a byte to the program, which waits for it before step 14; in step 15 the element is removed
 *   floor --oci DIR      `run` of runc's default bundle: no overlay but a read-only bind of the root, no seccomp, none of the
 *                        three files, runc's shorter list of masks, no limits
 *   floor --oci-docker DIR
 *                        `run` of the bundle that docker writes (bench/bundle docker), as an OCI runtime gets it: the steps
 *                        of `floor DIR`, but in steps 2 and 7 no overlay: a bind of DIR/lower; the three files of step 2 are
 *                        the caller's, in DIR; step 11 also sets docker's two sysctls of the network namespace
 *   floor --exec PID     what `exec ID true` needs: pidfd_open, setns of all six namespaces through it, clone, execve of
 *                        `true`, exit, reaped
 *   floor --setup DIR    makes DIR/seccomp.bpf, the three files and the cgroups' parent /hoy-floor; DIR/lower is the caller's
 *   floor --clean DIR    removes what --setup made
 *   floor --setup-bridge, --clean-bridge: bridge and table for --bridge, in the caller's network namespace
 *
 * Every failure ends it with status 1 and a sentence, so that a floor that does less than it says is never measured.
 *
 * Runs in: the benchmark only.
 * See: clone(2), cgroups(7), seccomp(2), pivot_root(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"
#include "floor_network.h"

enum { PATH_SIZE = 512, SYSCALLS_END = 470 };

#define CGROUP_PARENT "hoy-floor"

static const char *const hierarchies[FLOOR_HIERARCHIES] = { "memory", "cpu",	 "cpuset",
							    "pids",   "devices", "freezer",
							    "blkio" };

struct limit {
	int hierarchy; /* index into hierarchies */
	const char *file;
	const char *value;
};

static const struct limit device_rules[] = {
	{ 4, "devices.deny", "a" },	     { 4, "devices.allow", "c *:* m" },
	{ 4, "devices.allow", "b *:* m" },   { 4, "devices.allow", "c 1:3 rwm" },
	{ 4, "devices.allow", "c 1:5 rwm" }, { 4, "devices.allow", "c 1:7 rwm" },
	{ 4, "devices.allow", "c 1:8 rwm" }, { 4, "devices.allow", "c 1:9 rwm" },
	{ 4, "devices.allow", "c 5:0 rwm" }, { 4, "devices.allow", "c 5:1 rwm" },
	{ 4, "devices.allow", "c 5:2 rwm" }, { 4, "devices.allow", "c 136:* rwm" },
};

static const struct limit limits[] = {
	{ 0, "memory.limit_in_bytes", "268435456" },
	{ 0, "memory.memsw.limit_in_bytes", "536870912" },
	{ 1, "cpu.cfs_period_us", "100000" },
	{ 1, "cpu.cfs_quota_us", "100000" },
	{ 1, "cpu.shares", "512" },
	{ 2, "cpuset.cpus", "0" },
	{ 3, "pids.max", "100" },
};

/* Not in docker's list of what is always allowed; the rest of the numbers gives a program of
 * about the real one's size. */
static const char *const refused[] = {
	"acct",
	"add_key",
	"bpf",
	"clock_adjtime64",
	"clock_settime",
	"clone3",
	"create_module",
	"delete_module",
	"fanotify_init",
	"finit_module",
	"fsconfig",
	"fsmount",
	"fsopen",
	"fspick",
	"get_kernel_syms",
	"get_mempolicy",
	"init_module",
	"io_uring_enter",
	"io_uring_register",
	"io_uring_setup",
	"ioperm",
	"iopl",
	"kcmp",
	"kexec_file_load",
	"kexec_load",
	"keyctl",
	"lookup_dcookie",
	"mbind",
	"migrate_pages",
	"mount",
	"mount_setattr",
	"move_mount",
	"move_pages",
	"nfsservctl",
	"open_by_handle_at",
	"open_tree",
	"perf_event_open",
	"pivot_root",
	"query_module",
	"quotactl",
	"quotactl_fd",
	"reboot",
	"request_key",
	"set_mempolicy",
	"setdomainname",
	"sethostname",
	"setns",
	"settimeofday",
	"swapoff",
	"swapon",
	"sysfs",
	"syslog",
	"umount",
	"umount2",
	"unshare",
	"uselib",
	"userfaultfd",
	"ustat",
	"vhangup",
	"vm86",
	"vm86old",
	"_sysctl",
};

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list arguments;
	int number = errno;

	fputs("floor: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, ": %s\n", strerror(number));
	exit(1);
}

static void write_file(int dir_fd, const char *name, int flags, const char *text)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC | flags, 0644);

	if (fd < 0)
		fail("open %s", name);
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail("write %s to %s", text, name);
	close(fd);
}

/* --- steps 2 and 15: the directories ----------------------------------------------------- */

static const char *const directories[] = { "upper", "work", "merged" };

static void files_make(int fd)
{
	write_file(fd, "hosts", O_CREAT,
		   "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
	write_file(fd, "hostname", O_CREAT, "floor\n");
	write_file(fd, "resolv.conf", O_CREAT, "nameserver 127.0.0.1\n");
}

static void files_remove(int fd)
{
	(void)unlinkat(fd, "hosts", 0);
	(void)unlinkat(fd, "hostname", 0);
	(void)unlinkat(fd, "resolv.conf", 0);
}

static void directories_make(const char *self, bool has_overlay)
{
	int fd;

	if (mkdir(self, 0755) < 0)
		fail("mkdir %s", self);
	fd = open(self, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!has_overlay) {
		if (mkdirat(fd, "merged", 0755) < 0)
			fail("mkdir %s/merged", self);
		close(fd);
		return;
	}
	for (size_t i = 0; i < 3; i++)
		if (mkdirat(fd, directories[i], 0755) < 0)
			fail("mkdir %s/%s", self, directories[i]);
	files_make(fd);
	close(fd);
}

static void directories_remove(const char *self, bool has_overlay)
{
	int fd = open(self, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (has_overlay) {
		files_remove(fd);
		unlinkat(fd, "work/work", AT_REMOVEDIR);
		unlinkat(fd, "work", AT_REMOVEDIR);
		unlinkat(fd, "upper", AT_REMOVEDIR);
	}
	unlinkat(fd, "merged", AT_REMOVEDIR);
	close(fd);
	if (rmdir(self) < 0)
		fail("rmdir %s", self);
}

/* --- steps 3 and 15: the cgroups --------------------------------------------------------- */

static void cgroup_path(char path[PATH_SIZE], int hierarchy, const char *name)
{
	(void)snprintf(path, PATH_SIZE, "/sys/fs/cgroup/%s/" CGROUP_PARENT "%s%s",
		       hierarchies[hierarchy], *name ? "/" : "", name);
}

static void cgroups_apply(const int fds[FLOOR_HIERARCHIES], const struct limit *list,
			  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		/* A kernel without swap accounting has no such file; then an engine does not
		 * write it either. */
		if (strstr(list[i].file, "memsw") &&
		    faccessat(fds[list[i].hierarchy], list[i].file, F_OK, 0) < 0)
			continue;
		write_file(fds[list[i].hierarchy], list[i].file, 0, list[i].value);
	}
}

static void cgroups_make(const char *name, bool is_limited, int tasks[FLOOR_HIERARCHIES])
{
	int fds[FLOOR_HIERARCHIES];
	char path[PATH_SIZE];

	for (int i = 0; i < FLOOR_HIERARCHIES; i++) {
		cgroup_path(path, i, name);
		if (mkdir(path, 0755) < 0)
			fail("mkdir %s", path);
		fds[i] = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fds[i] < 0)
			fail("open %s", path);
	}
	cgroups_apply(fds, device_rules, sizeof(device_rules) / sizeof(device_rules[0]));
	if (is_limited)
		cgroups_apply(fds, limits, sizeof(limits) / sizeof(limits[0]));
	for (int i = 0; i < FLOOR_HIERARCHIES; i++) {
		/* inherited by the program inside */
		tasks[i] = openat(fds[i], "tasks", O_WRONLY);
		if (tasks[i] < 0)
			fail("open tasks of %s", hierarchies[i]);
		close(fds[i]);
	}
}

static void cgroups_remove(const char *name)
{
	char path[PATH_SIZE];

	for (int i = 0; i < FLOOR_HIERARCHIES; i++) {
		cgroup_path(path, i, name);
		if (rmdir(path) < 0)
			fail("rmdir %s", path);
	}
}

/* --- step 4: the program inside ---------------------------------------------------------- */

static int inside_open(void)
{
	char path[PATH_SIZE];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - sizeof("-inside"));
	struct stat st;
	int from, to;

	if (len < 0)
		fail("read /proc/self/exe");
	memcpy(path + len, "-inside", sizeof("-inside"));
	from = open(path, O_RDONLY | O_CLOEXEC);
	to = (int)syscall(SYS_memfd_create, "floor-inside", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (from < 0 || to < 0 || fstat(from, &st) < 0)
		fail("open %s", path);
	if (copy_file_range(from, NULL, to, NULL, (size_t)st.st_size, 0) != st.st_size) {
		char buf[65536];
		ssize_t n;

		/* memfds of some kernels cannot be a target of copy_file_range */
		if (lseek(from, 0, SEEK_SET) < 0 || ftruncate(to, 0) < 0 ||
		    lseek(to, 0, SEEK_SET) < 0)
			fail("rewind %s", path);
		while ((n = read(from, buf, sizeof(buf))) > 0)
			if (write(to, buf, (size_t)n) != n)
				fail("fill the memfd");
	}
	if (fcntl(to, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) <
	    0)
		fail("seal the memfd");
	close(from);
	return to;
}

/* --- steps 5 to 14 ----------------------------------------------------------------------- */

static void reap(int pidfd)
{
	siginfo_t info;

	if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0)
		fail("wait");
	if (info.si_code != CLD_EXITED || info.si_status != 0) {
		errno = ECHILD;
		fail("inside: code %d, status %d", info.si_code, info.si_status);
	}
	close(pidfd);
}

/* A port, and with it an interface and an address, that no other floor of this moment has. */
static unsigned short own_port(void)
{
	return (unsigned short)(1024 + getpid() % 64000);
}

static void join_network(long pid, int go)
{
	int r = floor_network_join((pid_t)pid, own_port());

	errno = -r;
	if (r < 0)
		fail("make the network");
	if (write(go, "", 1) != 1)
		fail("tell the program");
}

static void start(int program, const char *mode, const char *dir, const char *self, int filter,
		  const int tasks[FLOOR_HIERARCHIES], bool has_network)
{
	char numbers[FLOOR_HIERARCHIES + 1][12];
	char number[12] = "-";
	int go[2] = { -1, -1 };
	char *argv[FLOOR_ARG_COUNT + 1] = { NULL };
	char *const env[] = { NULL };
	int pidfd = -1;
	struct clone_args arguments = {
		.flags = CLONE_PIDFD | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS |
			 CLONE_NEWIPC | CLONE_NEWNET,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	long pid;

	argv[FLOOR_ARG_PROGRAM] = strdup("floor-inside");
	argv[FLOOR_ARG_MODE] = strdup(mode);
	argv[FLOOR_ARG_DIR] = strdup(dir);
	argv[FLOOR_ARG_SELF] = strdup(self);
	(void)snprintf(numbers[0], sizeof(numbers[0]), filter < 0 ? "-" : "%d", filter);
	argv[FLOOR_ARG_FILTER] = numbers[0];
	for (int i = 0; i < FLOOR_HIERARCHIES; i++) {
		(void)snprintf(numbers[i + 1], sizeof(numbers[0]), "%d", tasks[i]);
		argv[FLOOR_ARG_TASKS + i] = numbers[i + 1];
	}
	/* The read end is inherited. */
	if (has_network && (pipe(go) < 0 || fcntl(go[1], F_SETFD, FD_CLOEXEC) < 0))
		fail("pipe");
	if (has_network)
		(void)snprintf(number, sizeof(number), "%d", go[0]);
	argv[FLOOR_ARG_NETWORK] = number;
	pid = syscall(SYS_clone3, &arguments, sizeof(arguments));
	if (pid < 0)
		fail("clone3");
	if (pid == 0) {
		(void)syscall(SYS_execveat, program, "", argv, env, AT_EMPTY_PATH);
		_exit(127);
	}
	if (has_network)
		join_network(pid, go[1]);
	reap(pidfd);
}

static void floor_run(const char *mode, const char *dir, bool is_limited, bool has_network)
{
	bool has_overlay = strcmp(mode, "run") == 0, has_filter = strcmp(mode, "oci") != 0;
	char name[32], self[PATH_SIZE], path[PATH_SIZE];
	int tasks[FLOOR_HIERARCHIES], filter = -1;

	(void)snprintf(name, sizeof(name), "%d", (int)getpid());
	if (snprintf(self, sizeof(self), "%s/%s", dir, name) >= (int)sizeof(self))
		fail("%s: too long", dir);
	directories_make(self, has_overlay);
	cgroups_make(name, is_limited, tasks);
	if (has_filter) {
		(void)snprintf(path, sizeof(path), "%.400s/seccomp.bpf", dir);
		filter = open(path, O_RDONLY);
		if (filter < 0)
			fail("open %s", path);
	}
	start(inside_open(), mode, dir, self, filter, tasks, has_network);
	if (has_network && floor_network_leave(own_port()) < 0)
		fail("withdraw the port");
	cgroups_remove(name);
	directories_remove(self, has_overlay);
}

static void floor_exec(const char *text)
{
	char *const argv[] = { strdup("true"), NULL };
	char *const env[] = { NULL };
	int pidfd = (int)syscall(SYS_pidfd_open, atoi(text), 0);
	struct clone_args arguments = { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD };
	int child = -1;
	long pid;

	if (pidfd < 0)
		fail("pidfd_open %s", text);
	if (setns(pidfd, CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
				 CLONE_NEWNET | CLONE_NEWCGROUP) < 0)
		fail("setns %s", text);
	arguments.pidfd = (uint64_t)(uintptr_t)&child;
	pid = syscall(SYS_clone3, &arguments, sizeof(arguments));
	if (pid < 0)
		fail("clone3");
	if (pid == 0) {
		(void)execve("/bin/true", argv, env);
		_exit(127);
	}
	reap(child);
}

/* --- before and after -------------------------------------------------------------------- */

static bool is_refused(const char *name)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strcmp(refused[i], name) == 0)
			return true;
	return false;
}

static void filter_make(const char *path)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (!filter || fd < 0)
		fail("make %s", path);
	(void)seccomp_arch_add(filter, SCMP_ARCH_X86);
	(void)seccomp_arch_add(filter, SCMP_ARCH_X32);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (int number = 0; number < SYSCALLS_END; number++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

		if (name && !is_refused(name) &&
		    seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) < 0)
			fail("allow %s", name);
		free(name);
	}
	if (seccomp_export_bpf(filter, fd) < 0)
		fail("write %s", path);
	close(fd);
	seccomp_release(filter);
}

static void floor_setup(const char *dir)
{
	char path[PATH_SIZE];
	int dir_fd;

	(void)snprintf(path, sizeof(path), "%.400s/seccomp.bpf", dir);
	filter_make(path);
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	files_make(dir_fd);
	close(dir_fd);
	for (int i = 0; i < FLOOR_HIERARCHIES; i++) {
		cgroup_path(path, i, "");
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			fail("mkdir %s", path);
		/* A new cpuset then has its parent's processors and memory, as engines see to
		 * it too. */
		if (strcmp(hierarchies[i], "cpuset") == 0) {
			int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
			char cpus[64] = { 0 };
			FILE *online = fopen("/sys/fs/cgroup/cpuset/cpuset.cpus", "re");

			if (!online || !fgets(cpus, sizeof(cpus), online))
				fail("read cpuset.cpus");
			(void)fclose(online);
			write_file(fd, "cpuset.cpus", 0, cpus);
			write_file(fd, "cpuset.mems", 0, "0");
			write_file(fd, "cgroup.clone_children", 0, "1");
			close(fd);
		}
	}
}

static void floor_clean(const char *dir)
{
	char path[PATH_SIZE];
	int dir_fd;

	(void)snprintf(path, sizeof(path), "%.400s/seccomp.bpf", dir);
	(void)unlink(path);
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	files_remove(dir_fd);
	close(dir_fd);
	for (int i = 0; i < FLOOR_HIERARCHIES; i++) {
		cgroup_path(path, i, "");
		if (rmdir(path) < 0 && errno != ENOENT)
			fail("rmdir %s", path);
	}
}

int main(int argc, char **argv)
{
	const char *mode = argc == 3 ? argv[1] : "";
	const char *what = argc >= 2 ? argv[argc - 1] : "";

	if (argc == 2 && strcmp(what, "--setup-bridge") == 0) {
		if (floor_network_setup() < 0)
			fail("make the bridge");
		return 0;
	}
	if (argc == 2 && strcmp(what, "--clean-bridge") == 0) {
		floor_network_clean();
		return 0;
	}
	if (argc == 2 && what[0] == '/')
		floor_run("run", what, true, false);
	else if (strcmp(mode, "--plain") == 0)
		floor_run("run", what, false, false);
	else if (strcmp(mode, "--bridge") == 0)
		floor_run("run", what, false, true);
	else if (strcmp(mode, "--oci") == 0)
		floor_run("oci", what, false, false);
	else if (strcmp(mode, "--oci-docker") == 0)
		floor_run("docker", what, true, false);
	else if (strcmp(mode, "--exec") == 0)
		floor_exec(what);
	else if (strcmp(mode, "--setup") == 0)
		floor_setup(what);
	else if (strcmp(mode, "--clean") == 0)
		floor_clean(what);
	else {
		fputs("usage: floor [--plain|--bridge|--oci|--oci-docker|--setup|--clean] DIR "
		      "| --exec "
		      "PID   (DIR absolute)\n",
		      stderr);
		return 2;
	}
	return 0;
}
