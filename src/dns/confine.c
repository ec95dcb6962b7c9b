/*
 * See confine.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/confine.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"
#include "linux/namespace.h"
#include "linux/nobody.h"
#include "linux/process.h"
#include "linux/seccomp_allow.h"

/* Three descriptors for a container, three for a question at others. */
enum { DESCRIPTORS = 1 << 18 };

static const struct seccomp_rule service_rules[] = {
	{ .number = SYS_epoll_create1 },
	{ .number = SYS_epoll_pwait },
	{ .number = SYS_epoll_ctl },
	{ .number = SYS_ppoll },
	{ .number = SYS_recvfrom },
	{ .number = SYS_sendto },
	{ .number = SYS_recvmsg },
	{ .number = SYS_sendmsg },
	{ .number = SYS_accept4 },
	{ .number = SYS_connect },
	{ .number = SYS_getrandom },
	{ .number = SYS_socket, .has_values = true, .values = { AF_INET, AF_INET6 } },
};

/* ioctl and AF_UNIX: the number of an interface by its name, for fe80::1%eth0. */
static const struct seccomp_rule reader_rules[] = {
	{ .number = SYS_recvfrom },
	{ .number = SYS_sendto },
	{ .number = SYS_openat },
	{ .number = SYS_fstat },
	{ .number = SYS_read },
	{ .number = SYS_socket, .has_values = true, .values = { AF_UNIX, AF_UNIX } },
	{ .number = SYS_ioctl },
};

void confine_settle(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2 };
	struct rlimit files;

	(void)setsid();
	(void)!chdir("/");
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	if (files.rlim_max < DESCRIPTORS)
		files.rlim_max = DESCRIPTORS;
	files.rlim_cur = files.rlim_max;
	if (process_set_limit(RLIMIT_NOFILE, files.rlim_cur, files.rlim_max) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0)
		(void)process_set_limit(RLIMIT_NOFILE, files.rlim_max, files.rlim_max);
}

/* A copy of the host's mounts would keep alive what the host unmounts, so they all go. */
static int leave_files(void)
{
	AUTO_CLOSE int root = -EBADF;
	AUTO_CLOSE int fs = -EBADF;
	int r = namespace_unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS);

	if (r == 0)
		r = mount_change_all(MS_PRIVATE);
	if (r < 0)
		return r;
	fs = filesystem_open("tmpfs");
	if (fs < 0)
		return fs;
	root = filesystem_mount(fs, ABI_MOUNT_ATTR_RDONLY | ABI_MOUNT_ATTR_NOSUID |
					    ABI_MOUNT_ATTR_NODEV | ABI_MOUNT_ATTR_NOEXEC);
	if (root < 0)
		return root;
	r = mount_attach_root(root, "/");
	if (r == 0 && fchdir(root) < 0)
		r = -errno;
	return r < 0 ? r : mount_pivot();
}

static int confine(bool has_files, const struct seccomp_rule *rules, size_t count,
		   struct err *e)
{
	int r = has_files ? 0 : leave_files();

	if (r < 0)
		return err_sys(e, r, "leave the host's files");
	r = nobody_become();
	if (r < 0)
		return err_sys(e, r, "become nobody");
	/* Another process of nobody's could look into this one. */
	r = process_set_dumpable(false);
	if (r == 0)
		r = process_set_no_new_privileges();
	if (r == 0)
		r = seccomp_allow_only(rules, count);
	return r < 0 ? err_sys(e, r, "forbid system calls") : 0;
}

int confine_service(struct err *e)
{
	return confine(false, service_rules, sizeof(service_rules) / sizeof(service_rules[0]),
		       e);
}

int confine_reader(struct err *e)
{
	return confine(true, reader_rules, sizeof(reader_rules) / sizeof(reader_rules[0]), e);
}
