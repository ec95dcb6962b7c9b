/*
 * The memory that a command needs: run it once and print two numbers, in kB.
 *
 *   peak [CGROUP] COMMAND [ARGUMENT...]      CGROUP: a path that begins with /sys/fs/cgroup/memory/
 *
 * First the largest resident set of the command or of any descendant that was waited for (ru_maxrss). Then, with CGROUP, the
 * most that a new memory cgroup of that name was charged with while the command was in it: with a kernel's own memory for it,
 * but without what lies in the page cache already. The cgroup is removed.
 *
 * Static and small, because the kernel counts the memory of whoever calls execve into the program's maximum.
 *
 * Runs in: the benchmark only.
 * See: getrusage(2), cgroups(7) version 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void __attribute__((noreturn)) fail(const char *what, const char *name)
{
	fprintf(stderr, "peak: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

static int cgroup_file(const char *cgroup, const char *name, int flags)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", cgroup, name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		fail("open", path);
	return fd;
}

static unsigned long long cgroup_peak_kb(const char *cgroup)
{
	int fd = cgroup_file(cgroup, "memory.max_usage_in_bytes", O_RDONLY);
	char text[32] = { 0 };

	if (read(fd, text, sizeof(text) - 1) <= 0)
		fail("read", "memory.max_usage_in_bytes");
	close(fd);
	return strtoull(text, NULL, 10) / 1024;
}

static pid_t start(const char *cgroup, char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork", argv[0]);
	if (pid > 0)
		return pid;
	if (cgroup) {
		int fd = cgroup_file(cgroup, "tasks", O_WRONLY);

		if (write(fd, "0", 1) != 1)
			fail("join", cgroup);
	}
	(void)execvp(argv[0], argv);
	fail("execute", argv[0]);
}

int main(int argc, char **argv)
{
	const char *cgroup = NULL;
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc > 1 && strncmp(argv[1], "/sys/fs/cgroup/memory/", 22) == 0) {
		cgroup = argv[1];
		argv++;
		argc--;
	}
	if (argc < 2)
		return 2;
	if (cgroup && mkdir(cgroup, 0755) < 0)
		fail("make", cgroup);
	pid = start(cgroup, argv + 1);
	if (wait4(pid, &status, 0, &usage) < 0)
		fail("wait for", argv[1]);
	printf("%ld", usage.ru_maxrss);
	if (cgroup) {
		printf(" %llu", cgroup_peak_kb(cgroup));
		if (rmdir(cgroup) < 0)
			fail("remove", cgroup);
	}
	putchar('\n');
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
