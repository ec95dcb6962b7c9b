/*
 * What hostile programs do from inside a container, one verb each; the exit status is 0 when the attack worked.
 *
 *   probe exchange A B SECONDS	swap two names with renameat2(RENAME_EXCHANGE) until the time is over
 *   probe socket FAMILY TYPE		socket(2); prints the errno's name when refused
 *   probe tiocsti [HIGH]		push a byte into the terminal on descriptor 0 (HIGH: with high bits in the request)
 *   probe setgroups			whether a supplementary group of the host is left; prints them
 *   probe syscalls			numbers 0..470 that are not refused with EPERM or ENOSYS, called in forks with bad arguments
 *   probe watch SECONDS		look at the descriptors of every other process; prints links that are not pipes or null
 *   probe keyctl			keyctl(2); prints the errno
 *   probe keyring		prints the number of the session keyring
 *
 * Runs in: tests, inside a container; static.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int exchange(const char *a, const char *b, int seconds)
{
	time_t end = time(NULL) + seconds;

	while (time(NULL) < end)
		for (int i = 0; i < 1000; i++)
			(void)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2);
	return 0;
}

static int say_errno(long r)
{
	if (r >= 0)
		return puts("allowed"), 0;
	return puts(strerrorname_np(errno)), 1;
}

static int push(int argc)
{
	unsigned long request = 0x5412; /* TIOCSTI */
	char c = 'X';

	if (argc > 2)
		request |= 1UL << 32;
	return say_errno(syscall(SYS_ioctl, 0, request, &c));
}

static int groups(void)
{
	gid_t list[64];
	int n = getgroups(64, list);

	for (int i = 0; i < n; i++)
		printf("%u\n", list[i]);
	return 0;
}

/* Calls that would end or stop the probe itself are told as they are without being made. */
static int is_dangerous(int n)
{
	static const int list[] = { SYS_exit,	       SYS_exit_group,	 SYS_pause,
				    SYS_rt_sigsuspend, SYS_rt_sigreturn, SYS_vfork,
				    SYS_fork,	       SYS_select,	 SYS_poll,
				    SYS_wait4,	       SYS_kill,	 SYS_read,
				    SYS_sigaltstack };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == n)
			return 1;
	return 0;
}

static int syscalls(void)
{
	for (int n = 0; n <= 470; n++) {
		int status;
		pid_t pid;

		if (is_dangerous(n))
			continue;
		pid = fork();
		if (pid == 0) {
			(void)alarm(1);
			errno = 0;
			(void)syscall(n, -1L, -1L, -1L, -1L, -1L, -1L);
			_exit(errno == EPERM ? 1 : errno == ENOSYS ? 2 : 0);
		}
		if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		    WEXITSTATUS(status) != 0)
			printf("%d %s\n", n, WEXITSTATUS(status) == 1 ? "EPERM" : "ENOSYS");
	}
	return 0;
}

/*
 * Is what the link names, looked up by its name here, the very file? Then it is the container's
 * own, which every program of it may open; a file of the host's with the same name is another.
 */
static int is_ours(const char *path, const char *link)
{
	struct stat held, named;
	int fd = open(path, O_PATH | O_CLOEXEC);
	int r;

	if (fd < 0)
		return 1; /* closed meanwhile: nobody gets through it any more */
	r = fstat(fd, &held) == 0 && stat(link, &named) == 0 && held.st_dev == named.st_dev &&
	    held.st_ino == named.st_ino;
	(void)close(fd);
	return r;
}

static void look(const char *pid)
{
	char path[512], link[512];
	struct dirent *entry;
	DIR *d;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		(void)snprintf(path, sizeof(path), "/proc/%s/fd/%.200s", pid, entry->d_name);
		n = readlink(path, link, sizeof(link) - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		if (strncmp(link, "pipe:", 5) != 0 && strcmp(link, "/dev/null") != 0 &&
		    strncmp(link, "/dev/pts", 8) != 0 && !is_ours(path, link))
			printf("%s fd %s -> %s\n", pid, entry->d_name, link);
	}
	if (d)
		(void)closedir(d);
	(void)snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	n = readlink(path, link, sizeof(link) - 1);
	if (n > 0) {
		int fd = open(path, O_WRONLY | O_CLOEXEC);

		link[n] = '\0';
		if (fd >= 0 && strstr(link, "hoy"))
			printf("%s exe %s is writable\n", pid, link);
		if (fd >= 0)
			(void)close(fd);
	}
}

static int watch(int seconds)
{
	time_t end = time(NULL) + seconds;
	char self[16];

	(void)snprintf(self, sizeof(self), "%d", (int)getpid());
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	puts("watching");
	while (time(NULL) < end) {
		DIR *d = opendir("/proc");
		struct dirent *entry;

		while (d && (entry = readdir(d)))
			if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			    strcmp(entry->d_name, "1") != 0 && strcmp(entry->d_name, self) != 0)
				look(entry->d_name);
		if (d)
			(void)closedir(d);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (strcmp(verb, "exchange") == 0 && argc == 5)
		return exchange(argv[2], argv[3], atoi(argv[4]));
	if (strcmp(verb, "socket") == 0 && argc == 4)
		return say_errno(socket(atoi(argv[2]), atoi(argv[3]), 0));
	if (strcmp(verb, "tiocsti") == 0)
		return push(argc);
	if (strcmp(verb, "setgroups") == 0)
		return groups();
	if (strcmp(verb, "syscalls") == 0)
		return syscalls();
	if (strcmp(verb, "watch") == 0 && argc == 3)
		return watch(atoi(argv[2]));
	if (strcmp(verb, "keyring") == 0)
		return printf("%ld\n", syscall(SYS_keyctl, 0, -3, 0)) < 0;
	if (strcmp(verb, "keyctl") == 0)
		return say_errno(syscall(SYS_keyctl, 0, -3, 0));
	return 2;
}
