/*
 * Execute a program as if the kernel had not been built with something that networks need.
 *
 *   without nfnetlink|nf_tables|bridge|veth PROGRAM [ARGUMENT ...]
 *
 * Its system calls are stopped, and what asks for that thing is changed into a question for one that no kernel has: the kernel's
 * own answer is what the program sees. Of what it forks nothing is changed. The exit code is the program's.
 *
 * Runs in: tests, on x86-64.
 * See: ptrace(2); netlink(7).
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BAD_USAGE = 2,
	STOPPED_BY_CALL = SIGTRAP | 0x80,
	NO_PROTOCOL = 31,
	NO_SUBSYSTEM = 60, /* of nfnetlink */
	NFT_SUBSYSTEM = 10,
	MESSAGE_MAX = 64 * 1024,
	KILLED = 128
};

/* "veth" becomes "vet?": with the length in front of it, so that no name of an interface is meant. */
static bool hide_kind(char *message, size_t len, const char *kind)
{
	struct nlattr attribute = { .nla_type = IFLA_INFO_KIND };
	size_t kind_len = strlen(kind);
	bool is_found = false;

	attribute.nla_len = (uint16_t)(sizeof(attribute) + kind_len + 1);
	for (size_t i = 0; i + attribute.nla_len <= len; i += NLA_ALIGNTO) {
		if (memcmp(message + i, &attribute, sizeof(attribute)) != 0 ||
		    memcmp(message + i + sizeof(attribute), kind, kind_len + 1) != 0)
			continue;
		message[i + sizeof(attribute) + kind_len - 1] = '?';
		is_found = true;
	}
	return is_found;
}

static bool hide_subsystem(char *message, size_t len)
{
	struct nlmsghdr header;

	if (len < sizeof(header))
		return false;
	memcpy(&header, message, sizeof(header));
	if (header.nlmsg_type >> 8 != NFT_SUBSYSTEM)
		return false;
	header.nlmsg_type = (uint16_t)(NO_SUBSYSTEM << 8 | (header.nlmsg_type & 0xff));
	memcpy(message, &header, sizeof(header));
	return true;
}

static void change_message(pid_t pid, const struct user_regs_struct *regs, const char *what)
{
	static char message[MESSAGE_MAX];
	size_t len = regs->rdx < sizeof(message) ? regs->rdx : sizeof(message);
	struct iovec here = { message, len };
	struct iovec there = { (void *)regs->rsi, len };

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)len)
		return;
	if (strcmp(what, "nf_tables") == 0 ? hide_subsystem(message, len)
					   : hide_kind(message, len, what))
		(void)process_vm_writev(pid, &here, 1, &there, 1, 0);
}

static void change_call(pid_t pid, const char *what)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return;
	if (regs.orig_rax == SYS_sendto) {
		change_message(pid, &regs, what);
	} else if (regs.orig_rax == SYS_socket && regs.rdi == AF_NETLINK &&
		   regs.rdx == NETLINK_NETFILTER && strcmp(what, "nfnetlink") == 0) {
		regs.rdx = NO_PROTOCOL;
		(void)ptrace(PTRACE_SETREGS, pid, NULL, &regs);
	}
}

static int watch(pid_t pid, const char *what)
{
	bool is_entered = false;
	int status;

	if (waitpid(pid, &status, 0) < 0 ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		return BAD_USAGE;
	for (long signal = 0; ptrace(PTRACE_SYSCALL, pid, NULL, signal) == 0;) {
		while (waitpid(pid, &status, 0) < 0)
			if (errno != EINTR)
				return BAD_USAGE;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return KILLED + WTERMSIG(status);
		signal = WSTOPSIG(status) == STOPPED_BY_CALL || WSTOPSIG(status) == SIGTRAP
				 ? 0
				 : WSTOPSIG(status);
		if (WSTOPSIG(status) != STOPPED_BY_CALL)
			continue;
		is_entered = !is_entered;
		if (is_entered)
			change_call(pid, what);
	}
	return BAD_USAGE;
}

int main(int argc, char **argv)
{
	pid_t pid;

	if (argc < 3)
		return BAD_USAGE;
	pid = fork();
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			(void)execv(argv[2], argv + 2);
		perror(argv[2]);
		_exit(BAD_USAGE);
	}
	return pid < 0 ? BAD_USAGE : watch(pid, argv[1]);
}
