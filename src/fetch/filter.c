/*
 * See filter.h.
 *
 * What libcurl, OpenSSL and the C library's resolver need, and nothing with processes, mounts,
 * names in the file system that are changed, or signals to others. Sockets are of the internet
 * alone: the C library asks for others (a name service cache, the kernel's addresses) and does
 * without. clone3's flags cannot be seen, so it "is not there", and the resolver's thread comes
 * from clone.
 *
 * Runs in: fetch.
 */
#include "fetch/filter.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "linux/seccomp_allow.h"

static const struct seccomp_rule filter_rules[] = {
	/* bytes, of what is open */
	{ .number = SYS_read },
	{ .number = SYS_write },
	{ .number = SYS_readv },
	{ .number = SYS_writev },
	{ .number = SYS_pread64 },
	{ .number = SYS_lseek },
	{ .number = SYS_fstat },
	{ .number = SYS_poll },
	{ .number = SYS_ppoll },
	/* the few files that the root has */
	{ .number = SYS_openat },
	{ .number = SYS_newfstatat },
	{ .number = SYS_statx },
	/* the network */
	{ .number = SYS_socket,
	  .has_values = 1,
	  .values = { AF_INET, AF_INET6 },
	  .error = EAFNOSUPPORT },
	{ .number = SYS_socketpair },
	{ .number = SYS_pipe2 },
	{ .number = SYS_eventfd2 },
	{ .number = SYS_connect },
	{ .number = SYS_bind },
	{ .number = SYS_sendto },
	{ .number = SYS_recvfrom },
	{ .number = SYS_sendmsg },
	{ .number = SYS_recvmsg },
	{ .number = SYS_sendmmsg },
	{ .number = SYS_shutdown },
	{ .number = SYS_getsockopt },
	{ .number = SYS_setsockopt },
	{ .number = SYS_getsockname },
	{ .number = SYS_getpeername },
	{ .number = SYS_ioctl,
	  .has_values = 1,
	  .argument = 1,
	  .values = { FIONREAD, FIONBIO },
	  .error = ENOTTY },
	{ .number = SYS_uname },
	/* threads, time, randomness */
	{ .number = SYS_clone, .bits = CLONE_THREAD | CLONE_VM },
	{ .number = SYS_clone3, .error = ENOSYS },
	{ .number = SYS_futex },
	{ .number = SYS_set_robust_list },
	{ .number = SYS_rseq },
	{ .number = SYS_sched_yield },
	{ .number = SYS_sched_getaffinity },
	{ .number = SYS_sigaltstack },
	{ .number = SYS_clock_nanosleep },
	{ .number = SYS_getrandom },
	{ .number = SYS_getpid },
	{ .number = SYS_gettid },
	{ .number = SYS_getuid },
	{ .number = SYS_geteuid },
};

int fetch_filter_load(struct err *e)
{
	int r = seccomp_allow_only(filter_rules,
				   sizeof(filter_rules) / sizeof(filter_rules[0]));

	return r < 0 ? err_sys(e, r, "load the seccomp filter") : 0;
}
