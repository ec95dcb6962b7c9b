/*
 * See host_servers.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/host_servers.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "dns/confine.h"
#include "dns/server_address.h"

#define LOOK_AGAIN_NS (UINT64_C(1) * 1000000000)
#define WAIT_NS	      (50 * 1000000)

enum { WORD_MAX = 80 };

/* --- the file ---------------------------------------------------------------------------- */

/* The word behind "nameserver" and its space. */
static bool line_parse(const char *line, size_t len, struct sockaddr_storage *ret)
{
	static const char keyword[] = "nameserver";
	size_t at = sizeof(keyword) - 1;
	char word[WORD_MAX];
	size_t end;

	if (len <= at || memcmp(line, keyword, at) != 0 ||
	    (line[at] != ' ' && line[at] != '\t'))
		return false;
	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	for (end = at; end < len && !strchr(" \t\r#;", line[end]); end++)
		;
	if (end == at || end - at >= sizeof(word))
		return false;
	memcpy(word, line + at, end - at);
	word[end - at] = '\0';
	return server_address_parse(word, ret) == 0;
}

void host_servers_parse(const char *text, struct server_list *ret)
{
	*ret = (struct server_list){ 0 };
	while (*text && ret->count < DNS_SERVERS_MAX) {
		size_t len = strcspn(text, "\n");

		if (line_parse(text, len, &ret->items[ret->count]))
			ret->count++;
		text += len + (text[len] == '\n');
	}
	if (ret->count == 0)
		ret->count = server_address_parse("127.0.0.1", &ret->items[0]) == 0;
}

/* --- the reader -------------------------------------------------------------------------- */

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* While the file cannot be read, what it said last holds. */
static void look(const char *path, struct stat *seen, struct host_servers *servers)
{
	AUTO_CLOSE int fd =
		openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct server_list list;
	AUTO_FREE char *text = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || is_same_file(&st, seen) ||
	    fd_read_all(fd, HOST_FILE_MAX, &text, NULL) < 0)
		return;
	*seen = st;
	host_servers_parse(text, &list);
	if (memcmp(&list, &servers->list, sizeof(list)) == 0)
		return;
	servers->list = list;
	servers->version += 2;
}

static _Noreturn void reader_run(const char *path, int fd)
{
	struct host_servers servers = { 0 };
	struct stat seen = { 0 };
	char byte;

	if (confine_reader(NULL) < 0)
		_exit(EXIT_FAILURE);
	while (recv(fd, &byte, 1, 0) > 0) {
		look(path, &seen, &servers);
		if (send(fd, &servers, sizeof(servers), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(EXIT_SUCCESS);
}

int host_servers_start(const char *path, struct err *e)
{
	int ends[2];
	pid_t pid;

	FAULT("socketpair");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, errno, "make a socket pair");
	pid = fork();
	if (pid == 0) {
		(void)fd_close(ends[0]);
		reader_run(path, ends[1]);
	}
	(void)fd_close(ends[1]);
	if (pid < 0) {
		int r = err_sys(e, errno, "fork");

		(void)fd_close(ends[0]);
		return r;
	}
	return ends[0];
}

/* --- hoy-dns ----------------------------------------------------------------------------- */

static bool wait_for_reader(int fd)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	struct timespec most = { .tv_nsec = WAIT_NS };

	return ppoll(&waiting, 1, &most, NULL) > 0;
}

void host_servers_look(struct server *server)
{
	uint64_t now_ns = clock_monotonic_ns();
	struct host_servers servers;
	ssize_t n;

	if (!server->is_host_silent) {
		if (server->host_looked_ns != 0 &&
		    now_ns - server->host_looked_ns < LOOK_AGAIN_NS)
			return;
		if (send(server->host_fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			server->is_over = true;
		/* One that hangs with the host's file system is waited for once. */
		(void)wait_for_reader(server->host_fd);
		server->is_host_silent = true;
	}
	n = recv(server->host_fd, &servers, sizeof(servers), MSG_DONTWAIT);
	if (n == 0)
		server->is_over = true;
	if (n != (ssize_t)sizeof(servers))
		return;
	server->is_host_silent = false;
	server->host_looked_ns = now_ns;
	server->host_version = servers.version;
	server->host_servers = servers.list;
}
