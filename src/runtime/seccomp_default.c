/*
 * See seccomp_default.h. The table holds facts of docker's profile of August 2026: 33 rules,
 * 426 names, 361 of them allowed without condition. Everything else gives EPERM; clone3 gives
 * ENOSYS, so that a libc falls back to clone, whose flags can be looked at.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/seccomp_default.h"

#include <linux/capability.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#define CAP_BIT(capability) (1ull << (capability))

/* Lists of names are separated by one space. */
struct default_rule {
	const char *names;
	uint32_t errno_ret; /* 0: allowed */
	bool has_arg;
	uint32_t index;
	uint64_t value;
	const char *op;
	uint64_t with;		   /* applies with all of these capabilities */
	uint64_t without;	   /* and none of those */
	unsigned int kernel_major; /* from this kernel on; 0: any */
	unsigned int kernel_minor;
	const char *arches; /* on these only; NULL: any */
	const char *not_arches;
};

static const struct default_rule rules[] = {
	{ .names =
		  "accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir "
		  "chmod "
		  "chown chown32 clock_adjtime clock_adjtime64 clock_getres "
		  "clock_getres_time64 "
		  "clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 close "
		  "close_range connect copy_file_range creat dup dup2 dup3 epoll_create "
		  "epoll_create1 "
		  "epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old "
		  "eventfd "
		  "eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 "
		  "fadvise64_64 "
		  "fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 "
		  "fchownat "
		  "fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr "
		  "fsetxattr fstat "
		  "fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex "
		  "futex_requeue "
		  "futex_time64 futex_wait futex_waitv futex_wake futimesat getcpu getcwd "
		  "getdents "
		  "getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups "
		  "getgroups32 "
		  "getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom "
		  "getresgid "
		  "getresgid32 getresuid getresuid32 getrlimit get_robust_list getrusage "
		  "getsid "
		  "getsockname getsockopt get_thread_area gettid gettimeofday getuid getuid32 "
		  "getxattr "
		  "getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch "
		  "io_cancel "
		  "ioctl io_destroy io_getevents io_pgetevents io_pgetevents_time64 ioprio_get "
		  "ioprio_set io_setup io_submit ipc kill landlock_add_rule "
		  "landlock_create_ruleset "
		  "landlock_restrict_self lchown lchown32 lgetxattr link linkat listen "
		  "listmount "
		  "listxattr listxattrat llistxattr _llseek lremovexattr lseek lsetxattr lstat "
		  "lstat64 "
		  "madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir "
		  "mkdirat "
		  "mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr "
		  "mq_notify "
		  "mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend "
		  "mq_timedsend_time64 "
		  "mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall "
		  "munmap "
		  "name_to_handle_at nanosleep newfstatat _newselect open openat openat2 pause "
		  "pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect "
		  "poll "
		  "ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease "
		  "pselect6 "
		  "pselect6_time64 pwrite64 pwritev pwritev2 read readahead readlink "
		  "readlinkat readv "
		  "recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr "
		  "removexattrat rename renameat renameat2 restart_syscall riscv_hwprobe rmdir "
		  "rseq "
		  "rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn "
		  "rt_sigsuspend "
		  "rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_getaffinity "
		  "sched_getattr sched_getparam sched_get_priority_max sched_get_priority_min "
		  "sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 "
		  "sched_setaffinity sched_setattr sched_setparam sched_setscheduler "
		  "sched_yield "
		  "seccomp select semctl semget semop semtimedop semtimedop_time64 send "
		  "sendfile "
		  "sendfile64 sendmmsg sendmsg sendto setfsgid setfsgid32 setfsuid setfsuid32 "
		  "setgid "
		  "setgid32 setgroups setgroups32 setitimer setpgid setpriority setregid "
		  "setregid32 "
		  "setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit "
		  "set_robust_list setsid setsockopt set_thread_area set_tid_address setuid "
		  "setuid32 "
		  "setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd "
		  "signalfd4 sigprocmask sigreturn socketcall socketpair splice stat stat64 "
		  "statfs "
		  "statfs64 statmount statx symlink symlinkat sync sync_file_range syncfs "
		  "sysinfo tee "
		  "tgkill time timer_create timer_delete timer_getoverrun timer_gettime "
		  "timer_gettime64 "
		  "timer_settime timer_settime64 timerfd_create timerfd_gettime "
		  "timerfd_gettime64 "
		  "timerfd_settime timerfd_settime64 times tkill truncate truncate64 "
		  "ugetrlimit umask "
		  "uname unlink unlinkat uretprobe utime utimensat utimensat_time64 utimes "
		  "vfork "
		  "vmsplice wait4 waitid waitpid write writev" },
	{ .names = "process_vm_readv process_vm_writev ptrace",
	  .kernel_major = 4,
	  .kernel_minor = 8 },
	{ .names = "socket", .has_arg = true, .value = 38, .op = "SCMP_CMP_LT" },
	{ .names = "socket", .has_arg = true, .value = 39, .op = "SCMP_CMP_EQ" },
	{ .names = "socket", .has_arg = true, .value = 40, .op = "SCMP_CMP_GT" },
	{ .names = "personality", .has_arg = true, .value = 0, .op = "SCMP_CMP_EQ" },
	{ .names = "personality", .has_arg = true, .value = 8, .op = "SCMP_CMP_EQ" },
	{ .names = "personality", .has_arg = true, .value = 0x20000, .op = "SCMP_CMP_EQ" },
	{ .names = "personality", .has_arg = true, .value = 0x20008, .op = "SCMP_CMP_EQ" },
	{ .names = "personality", .has_arg = true, .value = 0xffffffff, .op = "SCMP_CMP_EQ" },
	{ .names = "sync_file_range2 swapcontext", .arches = "ppc64le" },
	{ .names = "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint "
		   "cacheflush set_tls",
	  .arches = "arm arm64" },
	{ .names = "arch_prctl", .arches = "amd64 x32" },
	{ .names = "modify_ldt", .arches = "amd64 x32 x86" },
	{ .names = "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr",
	  .arches = "s390 s390x" },
	{ .names = "riscv_flush_icache", .arches = "riscv64" },
	{ .names = "open_by_handle_at", .with = CAP_BIT(CAP_DAC_READ_SEARCH) },
	{ .names = "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick "
		   "lookup_dcookie "
		   "lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr "
		   "move_mount "
		   "open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname "
		   "setns "
		   "syslog umount umount2 unshare",
	  .with = CAP_BIT(CAP_SYS_ADMIN) },
	{ .names = "clone",
	  .has_arg = true,
	  .value = 0x7e020000,
	  .op = "SCMP_CMP_MASKED_EQ",
	  .without = CAP_BIT(CAP_SYS_ADMIN),
	  .not_arches = "s390 s390x" },
	{ .names = "clone",
	  .has_arg = true,
	  .index = 1,
	  .value = 0x7e020000,
	  .op = "SCMP_CMP_MASKED_EQ",
	  .arches = "s390 s390x",
	  .without = CAP_BIT(CAP_SYS_ADMIN) },
	{ .names = "clone3", .errno_ret = 38, .without = CAP_BIT(CAP_SYS_ADMIN) },
	{ .names = "reboot", .with = CAP_BIT(CAP_SYS_BOOT) },
	{ .names = "chroot", .with = CAP_BIT(CAP_SYS_CHROOT) },
	{ .names = "delete_module init_module finit_module", .with = CAP_BIT(CAP_SYS_MODULE) },
	{ .names = "acct", .with = CAP_BIT(CAP_SYS_PACCT) },
	{ .names = "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace",
	  .with = CAP_BIT(CAP_SYS_PTRACE) },
	{ .names = "iopl ioperm", .with = CAP_BIT(CAP_SYS_RAWIO) },
	{ .names = "settimeofday stime clock_settime clock_settime64",
	  .with = CAP_BIT(CAP_SYS_TIME) },
	{ .names = "vhangup", .with = CAP_BIT(CAP_SYS_TTY_CONFIG) },
	{ .names = "get_mempolicy mbind set_mempolicy set_mempolicy_home_node",
	  .with = CAP_BIT(CAP_SYS_NICE) },
	{ .names = "syslog", .with = CAP_BIT(CAP_SYSLOG) },
	{ .names = "bpf", .with = CAP_BIT(CAP_BPF) },
	{ .names = "perf_event_open", .with = CAP_BIT(CAP_PERFMON) },
};
enum { RULE_COUNT = sizeof(rules) / sizeof(rules[0]), NAME_MAX_LEN = 64, PERMISSION_ERRNO = 1 };

/* An architecture and those whose programs it also runs. */
static const struct {
	const char *native;
	const char *others;
} architectures[] = {
	{ "SCMP_ARCH_X86_64", "SCMP_ARCH_X86 SCMP_ARCH_X32" },
	{ "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM" },
	{ "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS SCMP_ARCH_MIPS64N32" },
	{ "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPS SCMP_ARCH_MIPS64" },
	{ "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL SCMP_ARCH_MIPSEL64N32" },
	{ "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_MIPSEL SCMP_ARCH_MIPSEL64" },
	{ "SCMP_ARCH_S390X", "SCMP_ARCH_S390" },
	{ "SCMP_ARCH_RISCV64", "" },
	{ "SCMP_ARCH_LOONGARCH64", "" },
};

static const struct {
	uint32_t token;
	const char *name;
	const char *scmp_name;
} hosts[] = {
	{ SCMP_ARCH_X86_64, "amd64", "SCMP_ARCH_X86_64" },
	{ SCMP_ARCH_AARCH64, "arm64", "SCMP_ARCH_AARCH64" },
	{ SCMP_ARCH_X86, "x86", "SCMP_ARCH_X86" },
	{ SCMP_ARCH_ARM, "arm", "SCMP_ARCH_ARM" },
	{ SCMP_ARCH_PPC64LE, "ppc64le", "SCMP_ARCH_PPC64LE" },
	{ SCMP_ARCH_S390X, "s390x", "SCMP_ARCH_S390X" },
	{ SCMP_ARCH_RISCV64, "riscv64", "SCMP_ARCH_RISCV64" },
};

/* The next name of a list, cut out into `name`; false at the end. */
static bool name_next(const char **list, char name[NAME_MAX_LEN])
{
	size_t len = strcspn(*list, " ");

	if (len == 0 || len >= NAME_MAX_LEN)
		return false;
	memcpy(name, *list, len);
	name[len] = '\0';
	*list += len + ((*list)[len] == ' ');
	return true;
}

static bool list_has(const char *list, const char *wanted)
{
	char name[NAME_MAX_LEN];

	while (name_next(&list, name)) {
		if (strcmp(name, wanted) == 0)
			return true;
	}
	return false;
}

void seccomp_host_read(struct seccomp_host *ret)
{
	struct utsname system;

	*ret = (struct seccomp_host){ .arch = "", .arch_token = seccomp_arch_native() };
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		if (hosts[i].token == ret->arch_token)
			ret->arch = hosts[i].name;
	}
	if (uname(&system) == 0)
		(void)sscanf(system.release, "%u.%u", &ret->kernel_major, &ret->kernel_minor);
}

bool seccomp_host_has_kernel(const struct seccomp_host *host, unsigned int major,
			     unsigned int minor)
{
	return host->kernel_major > major ||
	       (host->kernel_major == major && host->kernel_minor >= minor);
}

static bool rule_applies(const struct default_rule *rule, uint64_t capabilities,
			 const struct seccomp_host *host)
{
	return (capabilities & rule->with) == rule->with &&
	       (capabilities & rule->without) == 0 &&
	       seccomp_host_has_kernel(host, rule->kernel_major, rule->kernel_minor) &&
	       (!rule->arches || list_has(rule->arches, host->arch)) &&
	       (!rule->not_arches || !list_has(rule->not_arches, host->arch));
}

static void names_add(const char *list, struct strv *names, struct arena *arena)
{
	char name[NAME_MAX_LEN];

	while (name_next(&list, name))
		strv_add(names, arena, name);
}

static void rule_fill(const struct default_rule *rule, struct arena *arena,
		      struct spec_seccomp_rule *ret)
{
	names_add(rule->names, &ret->names, arena);
	ret->action = arena_copy(arena, rule->errno_ret ? "SCMP_ACT_ERRNO" : "SCMP_ACT_ALLOW");
	ret->has_errno = rule->errno_ret != 0;
	ret->errno_ret = rule->errno_ret;
	if (!rule->has_arg)
		return;
	ret->args = arena_array(arena, 1, sizeof(*ret->args));
	if (!ret->args)
		return;
	ret->arg_count = 1;
	ret->args[0] = (struct spec_seccomp_arg){
		.index = rule->index,
		.value = rule->value,
		.op = arena_copy(arena, rule->op),
	};
}

static void architectures_fill(const struct seccomp_host *host, struct arena *arena,
			       struct strv *ret)
{
	const char *native = NULL;

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		if (hosts[i].token == host->arch_token)
			native = hosts[i].scmp_name;
	}
	for (size_t i = 0; native && i < sizeof(architectures) / sizeof(architectures[0]);
	     i++) {
		if (strcmp(architectures[i].native, native) != 0)
			continue;
		strv_add(ret, arena, native);
		names_add(architectures[i].others, ret, arena);
	}
}

int seccomp_default(uint64_t capabilities, const struct seccomp_host *host, struct arena *arena,
		    struct spec_seccomp *ret, struct err *e)
{
	*ret = (struct spec_seccomp){
		.default_action = arena_copy(arena, "SCMP_ACT_ERRNO"),
		.has_default_errno = true,
		.default_errno_ret = PERMISSION_ERRNO,
		.rules = arena_array(arena, RULE_COUNT, sizeof(*ret->rules)),
	};
	architectures_fill(host, arena, &ret->architectures);
	for (size_t i = 0; i < RULE_COUNT && ret->rules; i++) {
		if (rule_applies(&rules[i], capabilities, host))
			rule_fill(&rules[i], arena, &ret->rules[ret->rule_count++]);
	}
	return arena_ok(arena) < 0 ? err_sys(e, ENOMEM, "seccomp profile") : 0;
}

void seccomp_default_count(struct seccomp_default_counts *ret)
{
	char name[NAME_MAX_LEN];

	*ret = (struct seccomp_default_counts){ .rules = RULE_COUNT };
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct default_rule *rule = &rules[i];
		const char *list = rule->names;
		bool is_conditional = rule->has_arg || rule->errno_ret || rule->with ||
				      rule->without || rule->kernel_major || rule->arches ||
				      rule->not_arches;

		while (name_next(&list, name)) {
			bool is_known = false;

			for (size_t k = 0; k < i && !is_known; k++)
				is_known = list_has(rules[k].names, name);
			ret->names += !is_known;
			ret->unconditional += !is_conditional;
		}
	}
}
