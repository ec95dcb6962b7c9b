/*
 * The other side of --console-socket and --pidfd-socket: take one descriptor from a unix socket, and use it.
 *
 *   receive PATH console	print what came with it and a newline, then what the terminal prints, until nobody has it open
 *   receive PATH pidfd		print what came with it and the process's pid, then wait for the process's end
 *
 * PATH is made, and there is a listener on it as soon as it is there. The exit status is 0, or 1 with a sentence on stderr.
 *
 * Runs in: tests.
 * See: unix(7) SCM_RIGHTS, pidfd_open(2).
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAIT_MS = 40000, COPY_SIZE = 4096, TEXT_SIZE = 256 };

static void await(int fd, const char *what)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, WAIT_MS) != 1)
		errx(1, "%s: nothing came", what);
}

/* Under another name first: whoever sees the path can connect. */
static int listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (snprintf(address.sun_path, sizeof(address.sun_path), "%s.new", path) >=
	    (int)sizeof(address.sun_path))
		errx(1, "%s: too long", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 1) < 0)
		err(1, "listen on %s", path);
	if (rename(address.sun_path, path) < 0)
		err(1, "rename to %s", path);
	return fd;
}

/* Returns the descriptor. */
static int receive(int socket_fd, char text[TEXT_SIZE])
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { text, TEXT_SIZE - 1 };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *header = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	int fd;

	if (!header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(int)))
		errx(1, "no descriptor came");
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	text[n] = '\0';
	return fd;
}

static void show_terminal(int fd)
{
	char data[COPY_SIZE];
	ssize_t n;

	for (;;) {
		await(fd, "the terminal");
		n = read(fd, data, sizeof(data));
		if (n < 0 && errno == EIO)
			return;
		if (n <= 0 || fwrite(data, 1, (size_t)n, stdout) != (size_t)n ||
		    fflush(stdout) != 0)
			err(1, "copy from the terminal");
	}
}

static void show_process(int fd)
{
	char path[64];
	char line[TEXT_SIZE];
	FILE *info;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "re");
	if (!info)
		err(1, "open %s", path);
	while (fgets(line, sizeof(line), info))
		if (strncmp(line, "Pid:\t", 5) == 0)
			(void)fputs(line + 5, stdout);
	(void)fclose(info);
	(void)fflush(stdout);
	await(fd, "the end of the process");
}

int main(int argc, char **argv)
{
	char text[TEXT_SIZE];
	int listener;
	int connection;
	int fd;

	if (argc != 3 || (strcmp(argv[2], "console") != 0 && strcmp(argv[2], "pidfd") != 0))
		errx(1, "usage: receive PATH console|pidfd");
	listener = listen_on(argv[1]);
	await(listener, argv[1]);
	connection = accept(listener, NULL, NULL);
	if (connection < 0)
		err(1, "accept");
	await(connection, argv[1]);
	fd = receive(connection, text);
	(void)printf("%s\n", text);
	(void)fflush(stdout);
	if (argv[2][0] == 'c')
		show_terminal(fd);
	else
		show_process(fd);
	return 0;
}
