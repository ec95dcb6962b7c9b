/*
 * A program that is confined as hoy-image or hoy-fetch is and then tries one thing that it must not be able
 * to do:
 *
 *	confined THING [bytes|fetch]
 *
 * bytes: confined as what has no directory, like the writer of an EROFS image. fetch: as hoy-fetch.
 *
 * Runs in: tests/attack/c_tar.bats, c_registry.bats.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fetch/confine.h"
#include "image/tool_confine.h"

static void say(const char *what, const char *text)
{
	dprintf(1, "%s: %s\n", what, text);
}

static void try_open(const char *what, const char *path)
{
	say(what, openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC) < 0 ? "out of reach" : "OPEN");
}

static void show_inside(const char *what)
{
	char text[32] = "";
	int fd = openat(3, "file", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	if (n > 0)
		text[n - 1] = '\0';
	say(what, text);
}

/* Something new, where there is no directory: neither below the root nor below descriptor 3. */
static void try_make(const char *what)
{
	bool is_made = mkdirat(AT_FDCWD, "/new", 0700) == 0 || mkdirat(3, "new", 0700) == 0 ||
		       openat(AT_FDCWD, "/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;

	say(what, is_made ? "MADE" : "out of reach");
}

static void show_root(const char *what)
{
	char names[4096];
	int fd = openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long len = syscall(SYS_getdents64, fd, names, sizeof(names));

	/* "." and "..", of 24 bytes each. */
	say(what, fd >= 0 && len == 48 ? "empty" : "NOT EMPTY");
}

/* Sockets that lead to this machine's own services. */
static void try_sockets(const char *what)
{
	static const int families[] = { AF_UNIX, AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG };
	bool is_open = false;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		is_open |= socket(families[i], SOCK_DGRAM, 0) >= 0 ||
			   socket(families[i], SOCK_STREAM, 0) >= 0;
	say(what, is_open || socket(AF_INET, SOCK_STREAM, 0) < 0 ? "OPEN" : "out of reach");
}

static void forbidden(const char *what)
{
	if (strcmp(what, "socket") == 0)
		(void)socket(AF_INET, SOCK_STREAM, 0);
	if (strcmp(what, "exec") == 0)
		(void)execl("/file", "file", NULL);
	if (strcmp(what, "mount") == 0)
		(void)mount("none", "/", "tmpfs", 0, NULL);
	if (strcmp(what, "ptrace") == 0)
		(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	if (strcmp(what, "fork") == 0)
		(void)fork();
	if (strcmp(what, "kill") == 0)
		(void)kill(1, 0);
	if (strcmp(what, "open") == 0)
		(void)syscall(SYS_open, "/file", O_RDONLY);
	if (strcmp(what, "ioctl") == 0)
		(void)ioctl(1, TIOCSTI, "x");
	if (strcmp(what, "bpf") == 0)
		(void)syscall(SYS_bpf, 0, NULL, 0);
	if (strcmp(what, "unshare") == 0)
		(void)unshare(CLONE_NEWUSER);
}

/* Before the confinement, because /proc is out of reach behind it. */
static FILE *status;

static void show_capabilities(const char *what, bool is_nobody)
{
	unsigned int uid = 0;
	unsigned int gid = 0;
	unsigned long long bounding = 0;
	char line[256];
	int nnp = 0;

	while (fgets(line, sizeof(line), status)) {
		(void)sscanf(line, "Uid: %u", &uid);
		(void)sscanf(line, "Gid: %u", &gid);
		(void)sscanf(line, "CapBnd: %llx", &bounding);
		(void)sscanf(line, "NoNewPrivs: %d", &nnp);
	}
	if (is_nobody)
		dprintf(1, "%s: %llx nnp %d uid %u gid %u\n", what, bounding, nnp, uid, gid);
	else
		dprintf(1, "%s: %llx nnp %d\n", what, bounding, nnp);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	bool is_fetch = argc > 2 && strcmp(argv[2], "fetch") == 0;
	struct err e = { 0 };
	enum confine_kind kind =
		argc > 2 && strcmp(argv[2], "bytes") == 0 ? CONFINE_BYTES : CONFINE_WRITE;

	if (strcmp(what, "capabilities") == 0) {
		status = fopen("/proc/self/status", "re");
		/* Where confinement lets it live on. */
		(void)dup3(fileno(status), 5, O_CLOEXEC);
		status = fdopen(5, "r");
	}
	if ((is_fetch ? fetch_confine(&e) : tool_confine(kind, &e)) < 0) {
		say("confine", e.text);
		return 1;
	}
	if (strcmp(what, "host") == 0)
		try_open(what, "/etc/passwd");
	else if (strcmp(what, "dotdot") == 0)
		try_open(what, "../../../../../../../etc/passwd");
	else if (strcmp(what, "proc") == 0)
		try_open(what, "/proc/self/root/etc/passwd");
	else if (strcmp(what, "descriptors") == 0)
		say(what, openat(9, "secret", O_RDONLY | O_CLOEXEC) < 0 &&
					  openat(3, "../../canary/secret", O_RDONLY) < 0
				  ? "out of reach"
				  : "OPEN");
	else if (strcmp(what, "make") == 0)
		try_make(what);
	else if (strcmp(what, "root") == 0)
		show_root(what);
	else if (strcmp(what, "inside") == 0)
		show_inside(what);
	else if (strcmp(what, "capabilities") == 0)
		show_capabilities(what, is_fetch);
	else if (strcmp(what, "sockets") == 0)
		try_sockets(what);
	else
		forbidden(what);
	return 0;
}
