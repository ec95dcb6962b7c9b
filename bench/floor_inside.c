/*
 * The inside of the floor: steps 6 to 14 of the list in bench/floor.c, in order, by bare system
 * calls.
 *
 * Runs in: the benchmark only; static, from a sealed memfd, in the new namespaces.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "floor.h"

enum { PATH_SIZE = 1024, BIND_READONLY = MS_BIND | MS_REMOUNT | MS_RDONLY };

static const uint64_t docker_capabilities = 0xa80425fb;
static const uint64_t runc_capabilities = 0x20000420; /* AUDIT_WRITE, KILL, NET_BIND_SERVICE */

static void __attribute__((noreturn)) fail(const char *what, const char *name)
{
	fprintf(stderr, "floor-inside: %s %s: %s\n", what, name, strerror(errno));
	_exit(1);
}

static void do_mount(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data)
{
	if (mount(source, target, type, flags, data) < 0)
		fail("mount", target);
}

static void join_cgroups(char **argv)
{
	for (int i = 0; i < FLOOR_HIERARCHIES; i++)
		if (write(atoi(argv[FLOOR_ARG_TASKS + i]), "0", 1) != 1)
			fail("join", argv[FLOOR_ARG_TASKS + i]);
	if (unshare(CLONE_NEWCGROUP) < 0)
		fail("unshare", "cgroup");
}

static void mount_root(const char *dir, const char *self, bool has_overlay)
{
	char options[PATH_SIZE * 3], path[PATH_SIZE];

	do_mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL);
	(void)snprintf(path, sizeof(path), "%s/merged", self);
	if (!has_overlay) {
		(void)snprintf(options, sizeof(options), "%s/lower", dir);
		do_mount(options, path, NULL, MS_BIND | MS_REC, NULL);
	} else {
		(void)snprintf(options, sizeof(options),
			       "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work", dir, self,
			       self);
		do_mount("overlay", path, "overlay", 0, options);
	}
	if (chdir(path) < 0)
		fail("chdir", path);
}

static void make_devices(void)
{
	static const struct {
		const char *path;
		unsigned int major, minor;
	} devices[] = {
		{ "dev/null", 1, 3 },	{ "dev/zero", 1, 5 },	 { "dev/full", 1, 7 },
		{ "dev/random", 1, 8 }, { "dev/urandom", 1, 9 }, { "dev/tty", 5, 0 },
	};
	static const char *const links[][2] = {
		{ "/proc/self/fd", "dev/fd" },	     { "/proc/self/fd/0", "dev/stdin" },
		{ "/proc/self/fd/1", "dev/stdout" }, { "/proc/self/fd/2", "dev/stderr" },
		{ "pts/ptmx", "dev/ptmx" },
	};

	(void)umask(0);
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (mknod(devices[i].path, S_IFCHR | 0666,
			  makedev(devices[i].major, devices[i].minor)) < 0)
			fail("mknod", devices[i].path);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			fail("link", links[i][1]);
	(void)umask(022);
}

static void mount_cgroups(void)
{
	static const char *const names[FLOOR_HIERARCHIES] = { "memory", "cpu",	   "cpuset",
							      "pids",	"devices", "freezer",
							      "blkio" };
	const unsigned long flags = MS_NOSUID | MS_NOEXEC | MS_NODEV;
	char path[PATH_SIZE];

	do_mount("tmpfs", "sys/fs/cgroup", "tmpfs", flags, "mode=755");
	for (size_t i = 0; i < FLOOR_HIERARCHIES; i++) {
		(void)snprintf(path, sizeof(path), "sys/fs/cgroup/%s", names[i]);
		if (mkdir(path, 0755) < 0)
			fail("mkdir", path);
		/* Read-only for this mount alone: the hierarchy itself is the host's too. */
		do_mount("cgroup", path, "cgroup", flags, names[i]);
		do_mount(NULL, path, NULL, BIND_READONLY | flags, NULL);
	}
	do_mount(NULL, "sys/fs/cgroup", NULL, MS_REMOUNT | MS_RDONLY | flags, "mode=755");
}

static void bind_files(const char *from_dir)
{
	static const char *const names[] = { "hosts", "hostname", "resolv.conf" };
	char from[PATH_SIZE], to[PATH_SIZE];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(from, sizeof(from), "%s/%s", from_dir, names[i]);
		(void)snprintf(to, sizeof(to), "etc/%s", names[i]);
		do_mount(from, to, NULL, MS_BIND, NULL);
	}
}

static void mount_all(const char *files_dir)
{
	const unsigned long flags = MS_NOSUID | MS_NOEXEC | MS_NODEV;

	do_mount("proc", "proc", "proc", flags, NULL);
	do_mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
	if (mkdir("dev/pts", 0755) < 0 || mkdir("dev/mqueue", 0755) < 0 ||
	    mkdir("dev/shm", 0755) < 0)
		fail("mkdir", "dev/*");
	do_mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		 "newinstance,ptmxmode=0666,mode=0620,gid=5");
	do_mount("sysfs", "sys", "sysfs", flags | MS_RDONLY, NULL);
	mount_cgroups();
	do_mount("mqueue", "dev/mqueue", "mqueue", flags, NULL);
	do_mount("shm", "dev/shm", "tmpfs", flags, "mode=1777,size=65536k");
	if (files_dir)
		bind_files(files_dir);
	make_devices();
}

static void pivot(void)
{
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		fail("pivot_root", ".");
	if (umount2(".", MNT_DETACH) < 0)
		fail("detach", "the old root");
	if (chdir("/") < 0)
		fail("chdir", "/");
}

static void set_sysctls(void)
{
	static const char *const sysctls[][2] = {
		{ "/proc/sys/net/ipv4/ip_unprivileged_port_start", "0" },
		{ "/proc/sys/net/ipv4/ping_group_range", "0 2147483647" },
	};

	for (size_t i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++) {
		int fd = open(sysctls[i][0], O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, sysctls[i][1], strlen(sysctls[i][1])) < 0)
			fail("set", sysctls[i][0]);
		close(fd);
	}
}

static void mask(const char *path)
{
	struct stat st;

	if (mount("/dev/null", path, NULL, MS_BIND, NULL) == 0 || errno == ENOENT)
		return;
	if (errno != ENOTDIR || stat(path, &st) < 0)
		fail("mask", path);
	do_mount("tmpfs", path, "tmpfs", MS_RDONLY, "size=0k");
}

static void mask_all(bool is_oci)
{
	static const char *const masked[] = {
		"/proc/acpi",	     "/proc/asound",	    "/proc/kcore",
		"/proc/keys",	     "/proc/latency_stats", "/proc/timer_list",
		"/proc/timer_stats", "/proc/sched_debug",   "/proc/scsi",
		"/sys/firmware",     "/proc/interrupts",    "/sys/devices/virtual/powercap"
	};
	static const char *const readonly[] = { "/proc/bus", "/proc/fs", "/proc/irq",
						"/proc/sys", "/proc/sysrq-trigger" };
	size_t count = sizeof(masked) / sizeof(masked[0]) - (is_oci ? 2 : 0);

	for (size_t i = 0; i < count; i++)
		mask(masked[i]);
	for (size_t i = 0; i < sizeof(readonly) / sizeof(readonly[0]); i++) {
		if (mount(readonly[i], readonly[i], NULL, MS_BIND | MS_REC, NULL) < 0) {
			if (errno == ENOENT)
				continue;
			fail("bind", readonly[i]);
		}
		do_mount(NULL, readonly[i], NULL,
			 BIND_READONLY | MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL);
	}
	if (is_oci)
		do_mount(NULL, "/", NULL, BIND_READONLY, NULL);
}

static void load_filter(int fd)
{
	static struct sock_filter code[FLOOR_FILTER_MAX / sizeof(struct sock_filter)];
	ssize_t len = read(fd, code, sizeof(code));
	struct sock_fprog program = { .len = (unsigned short)((size_t)len / sizeof(code[0])),
				      .filter = code };

	if (len <= 0 || (size_t)len == sizeof(code))
		fail("read", "the filter");
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		fail("load", "the filter");
}

static void drop_privileges(uint64_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = (uint32_t)keep,
						    .permitted = (uint32_t)keep },
						  { .effective = 0, .permitted = 0 } };

	for (int capability = 0; capability <= 40; capability++)
		if (!(keep >> capability & 1) && prctl(PR_CAPBSET_DROP, capability) < 0)
			fail("drop", "a capability");
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		fail("become", "root");
	if (syscall(SYS_capset, &header, data) < 0)
		fail("set", "the capabilities");
}

static void await_network(const char *number)
{
	char byte;

	if (number[0] != '-' && read(atoi(number), &byte, 1) != 1)
		fail("wait for", "the network");
}

int main(int argc, char **argv)
{
	char *const program[] = { "true", NULL };
	char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL
	};
	const struct rlimit files = { 1024, 1024 };
	const char *mode, *dir, *self;
	bool is_oci, has_overlay;

	if (argc != FLOOR_ARG_COUNT)
		return 2;
	mode = argv[FLOOR_ARG_MODE];
	dir = argv[FLOOR_ARG_DIR];
	self = argv[FLOOR_ARG_SELF];
	is_oci = strcmp(mode, "oci") == 0;
	has_overlay = strcmp(mode, "run") == 0;
	join_cgroups(argv);
	mount_root(dir, self, has_overlay);
	mount_all(is_oci ? NULL : has_overlay ? self : dir);
	pivot();
	if (strcmp(mode, "docker") == 0)
		set_sysctls();
	mask_all(is_oci);
	if (sethostname("floor", 5) < 0)
		fail("set", "the host name");
	if (is_oci && (setrlimit(RLIMIT_NOFILE, &files) < 0 ||
		       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0))
		fail("set", "limits");
	if (argv[FLOOR_ARG_FILTER][0] != '-')
		load_filter(atoi(argv[FLOOR_ARG_FILTER]));
	drop_privileges(is_oci ? runc_capabilities : docker_capabilities);
	await_network(argv[FLOOR_ARG_NETWORK]);
	(void)execve("/bin/true", program, env);
	fail("execve", "/bin/true");
}
