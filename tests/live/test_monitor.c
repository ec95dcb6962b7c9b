/*
 * hoy-monitor, alive, without a container: each test forks a shell as "init", leaves the
 * descriptors of proto/handover.h and becomes build/hoy-monitor, and is its client.
 *
 * As root, in a mount namespace of its own (one test mounts a tiny tmpfs). The program's path
 * is in HOY_MONITOR, or build/hoy-monitor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "engine/log_entry.h"
#include "engine/log_reader.h"
#include "format/sha256.h"
#include "proto/attach.h"
#include "proto/exit_file.h"
#include "proto/handover.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ALL   (ATTACH_WANT_OUTPUT | ATTACH_WANT_ERROR)
#define INPUT (ALL | ATTACH_WANT_INPUT)

enum { WAIT_MS = 60000, MEGABYTES = 8 * 1024 * 1024, COLLECT_MAX = 32 * 1024 * 1024 };

struct fixture {
	char path[64]; /* the container's directory */
	int dir_fd;
	int alive_fd; /* another opening of the file that the monitor has locked */
	int client;   /* the starter's; -1 */
	pid_t monitor;
	pid_t init;
};

/* What a test wants of the start. */
struct start {
	const char *script; /* of init */
	uint32_t flags;
	uint64_t log_max_bytes;
	uint32_t log_max_files;
	int client_flags; /* 0: no starter's client */
	bool has_terminal;
};

static uint64_t deadline_ns(void)
{
	return clock_monotonic_ns() + (uint64_t)WAIT_MS * 1000000;
}

static void path_in(const struct fixture *f, const char *name, char path[160])
{
	(void)snprintf(path, 160, "%s/%s", f->path, name);
}

/* --- starting
 * -------------------------------------------------------------------------------------------------------
 */

/* The descriptors of a start, before they get their fixed numbers. */
struct ends {
	int to_input[2], from_output[2], from_error[2], console[2], client[2];
	int listen, alive, table;
};

static int listen_at(const struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/attach", f->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 64), 0);
	return fd;
}

static int table_of(const struct start *start, pid_t init)
{
	struct handover table = {
		.magic = HANDOVER_MAGIC,
		.version = HANDOVER_VERSION,
		.flags = start->flags,
		.init_pid = init,
		.run = 3,
		.started_ns = 1000000007,
		.log_max_bytes = start->log_max_bytes,
		.log_max_files = start->log_max_files ? start->log_max_files : 1,
	};
	int fd = memfd_create("handover", MFD_CLOEXEC);

	assert_int_equal(write(fd, &table, sizeof(table)), sizeof(table));
	return fd;
}

static void send_fd(int socket, int fd)
{
	char byte = 'x';
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (sendmsg(socket, &message, 0) != 1)
		_exit(101);
}

static int make_terminal(int console)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int peer;

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		_exit(102);
	(void)setsid();
	peer = ioctl(master, TIOCGPTPEER, O_RDWR);
	if (peer < 0 || ioctl(peer, TIOCSCTTY, 0) < 0)
		_exit(103);
	send_fd(console, master);
	return peer;
}

static _Noreturn void become_init(const struct start *start, const struct ends *ends)
{
	int peer = start->has_terminal ? make_terminal(ends->console[1]) : -1;

	(void)dup2(peer >= 0 ? peer : ends->to_input[0], 0);
	(void)dup2(peer >= 0 ? peer : ends->from_output[1], 1);
	(void)dup2(peer >= 0 ? peer : ends->from_error[1], 2);
	(void)syscall(SYS_close_range, 3U, ~0U, 0U);
	execl("/bin/sh", "sh", "-c", start->script, (char *)NULL);
	_exit(104);
}

static void place(int fd, int number)
{
	if (fd >= 0)
		(void)dup2(fd, number);
}

static _Noreturn void become_monitor(const struct fixture *f, const struct start *start,
				     struct ends *ends, int pid_out)
{
	const char *program =
		getenv("HOY_MONITOR") ? getenv("HOY_MONITOR") : "build/hoy-monitor";
	int program_fd = fcntl(open(program, O_PATH | O_CLOEXEC), F_DUPFD_CLOEXEC, 200);
	bool has_pipes = !start->has_terminal;
	char hoy[160];
	pid_t init = fork();
	int pidfd;

	if (init == 0)
		become_init(start, ends);
	pidfd = (int)syscall(SYS_pidfd_open, init, 0);
	(void)!write(pid_out, &init, sizeof(init));
	/* All of them are above 50, see fixture_start. */
	place(fcntl(pidfd, F_DUPFD, 50), MONITOR_FD_PIDFD);
	place(table_of(start, init), MONITOR_FD_TABLE);
	place(ends->alive, MONITOR_FD_ALIVE);
	place(f->dir_fd, MONITOR_FD_CONTAINER);
	(void)close(MONITOR_FD_STDIN);
	for (int fd = MONITOR_FD_STDIN; fd < MONITOR_FD_COUNT; fd++)
		(void)close(fd);
	place(has_pipes && (start->flags & HANDOVER_OPEN_STDIN) ? ends->to_input[1] : -1,
	      MONITOR_FD_STDIN);
	place(has_pipes ? ends->from_output[0] : -1, MONITOR_FD_STDOUT);
	place(has_pipes ? ends->from_error[0] : -1, MONITOR_FD_STDERR);
	place(has_pipes ? -1 : ends->console[0], MONITOR_FD_CONSOLE);
	place(ends->listen, MONITOR_FD_LISTEN);
	place(start->client_flags ? ends->client[0] : -1, MONITOR_FD_CLIENT);
	for (int fd = MONITOR_FD_MEMORY; fd < 200; fd++)
		(void)close(fd);
	path_in(f, "hoy", hoy);
	char *args[] = { "hoy-monitor", ID, hoy, "/root-of-it", "/runroot-of-it", NULL };

	(void)syscall(SYS_execveat, program_fd, "", args, environ, AT_EMPTY_PATH);
	_exit(105);
}

static void high_pair(int pair[2])
{
	for (int i = 0; i < 2; i++) {
		int high = fcntl(pair[i], F_DUPFD_CLOEXEC, 50);

		(void)close(pair[i]);
		pair[i] = high;
	}
}

static int high(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, 50);

	(void)close(fd);
	return moved;
}

static void say_hello(int fd, int flags)
{
	struct attach_header hello = { .type = ATTACH_HELLO, .flags = (uint16_t)flags };

	assert_int_equal(attach_send(fd, &hello, NULL, 0), 0);
}

static void fixture_start(struct fixture *f, const struct start *start)
{
	struct ends ends;
	char alive[160];
	int pids[2];

	assert_int_equal(pipe2(ends.to_input, O_CLOEXEC) | pipe2(ends.from_output, O_CLOEXEC) |
				 pipe2(ends.from_error, O_CLOEXEC) | pipe2(pids, O_CLOEXEC),
			 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.client), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.console),
			 0);
	high_pair(ends.to_input);
	high_pair(ends.from_output);
	high_pair(ends.from_error);
	high_pair(ends.client);
	high_pair(ends.console);
	path_in(f, "alive", alive);
	ends.alive = high(open(alive, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(flock(ends.alive, LOCK_EX | LOCK_NB), 0);
	ends.listen = high(listen_at(f));
	if (start->client_flags)
		say_hello(ends.client[1], start->client_flags);
	f->monitor = fork();
	if (f->monitor == 0)
		become_monitor(f, start, &ends, high(dup(pids[1])));
	(void)close(pids[1]);
	assert_int_equal(read(pids[0], &f->init, sizeof(f->init)), sizeof(f->init));
	(void)close(pids[0]);
	f->client = start->client_flags ? fd_take(&ends.client[1]) : -1;
	f->alive_fd = open(alive, O_RDWR | O_CLOEXEC);
	int all[] = { ends.to_input[0],	   ends.to_input[1],   ends.from_output[0],
		      ends.from_output[1], ends.from_error[0], ends.from_error[1],
		      ends.client[0],	   ends.client[1],     ends.console[0],
		      ends.console[1],	   ends.listen,	       ends.alive };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		(void)fd_close(all[i]);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)snprintf(f->path, sizeof(f->path), "/tmp/hoy-monitor-test.XXXXXX");
	if (!mkdtemp(f->path))
		return -1;
	f->dir_fd = high(open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	f->client = -1;
	f->alive_fd = -1;
	(void)alarm(180); /* a test that hangs ends them all */
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	/* A test that failed left them behind. */
	if (f->init > 0)
		(void)kill(f->init, SIGKILL);
	if (f->monitor > 0) {
		(void)kill(f->monitor, SIGKILL);
		(void)waitpid(f->monitor, NULL, 0);
	}
	(void)fd_close(f->client);
	(void)fd_close(f->alive_fd);
	(void)fd_close(f->dir_fd);
	(void)umount2(f->path, MNT_DETACH);
	(void)dir_remove(AT_FDCWD, f->path);
	free(f);
	return 0;
}

/* --- being a client
 * -----------------------------------------------------------------------------------------------------
 */

struct collected {
	struct str output;
	struct str error;
	uint64_t dropped;
	uint64_t taken;
	int exit_code; /* -1: no EXIT */
	bool is_over;  /* end of file */
};

static int try_connect(const struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/attach", f->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static int attach_to(const struct fixture *f, int flags)
{
	int fd = try_connect(f);

	say_hello(fd, flags);
	return fd;
}

static void collect_init(struct collected *c)
{
	*c = (struct collected){ .exit_code = -1 };
}

static void collected_done(struct collected *c)
{
	str_done(&c->output);
	str_done(&c->error);
}

/* Take one frame, waiting for it. */
static void collect_one(int fd, struct collected *c)
{
	static char data[ATTACH_DATA_MAX];
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	struct attach_header header;
	ssize_t len;

	assert_false(c->is_over);
	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
	len = attach_receive(fd, &header, data);
	if (len == -EPIPE) {
		c->is_over = true;
		return;
	}
	assert_true(len >= 0);
	assert_int_equal(c->exit_code, -1); /* nothing follows EXIT */
	if (header.type == ATTACH_OUTPUT)
		str_add_bytes(&c->output, data, (size_t)len);
	else if (header.type == ATTACH_ERROR)
		str_add_bytes(&c->error, data, (size_t)len);
	else if (header.type == ATTACH_DROPPED)
		c->dropped += header.value;
	else if (header.type == ATTACH_INPUT_TAKEN)
		c->taken += header.value;
	else if (header.type == ATTACH_EXIT)
		c->exit_code = (int)header.value;
	else
		fail_msg("a frame of type %d", header.type);
}

static void collect_all(int fd, struct collected *c)
{
	collect_init(c);
	while (!c->is_over)
		collect_one(fd, c);
}

static void collect_until(int fd, struct collected *c, const char *text)
{
	while (!strstr(str_text(&c->output), text)) {
		assert_false(c->is_over);
		collect_one(fd, c);
	}
}

static void send_frame(int fd, int type, uint32_t value, const void *data, size_t len)
{
	struct attach_header header = { .type = (uint8_t)type, .value = value };

	assert_int_equal(attach_send(fd, &header, data, len), 0);
}

/* --- the end
 * -------------------------------------------------------------------------------------------------------------
 */

/* Wait for the monitor and read the exit file. */
static struct exit_file await_end(struct fixture *f)
{
	struct exit_file exit = { 0 };
	AUTO_FREE char *text = NULL;
	int status;

	assert_int_equal(waitpid(f->monitor, &status, 0), f->monitor);
	f->monitor = 0;
	f->init = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(file_read(f->dir_fd, EXIT_FILE_NAME, EXIT_FILE_MAX, &text, NULL), 0);
	assert_int_equal(exit_file_parse(text, &exit), 0);
	return exit;
}

/* The log's entries of stream 1 or 2, put together. */
static void read_log(const struct fixture *f, int stream, struct str *out)
{
	struct log_reader reader;
	struct log_entry entry;
	char *line;
	size_t len;

	assert_int_equal(log_reader_open(&reader, f->dir_fd, ID, -1), 0);
	while (log_reader_next(&reader, &line, &len) > 0) {
		assert_int_equal(log_entry_parse(line, len, &entry), 0);
		if (entry.stream == stream)
			str_add_bytes(out, entry.text, entry.len);
	}
	log_reader_close(&reader);
}

static void write_data(const struct fixture *f, const char *name, size_t len,
		       char hash[2 * SHA256_LEN + 1])
{
	char *data = malloc(len);
	uint64_t seed = 88172645463325252U;
	uint8_t sum[SHA256_LEN];
	char path[160];
	int fd;

	for (size_t i = 0; i < len; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		data[i] = (char)seed;
	}
	path_in(f, name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(fd_write_all(fd, data, len), 0);
	(void)close(fd);
	sha256(data, len, sum);
	for (size_t i = 0; i < sizeof(sum); i++)
		(void)snprintf(hash + 2 * i, 3, "%02x", sum[i]);
	free(data);
}

static void assert_has_hash(const struct str *text, const char *hash)
{
	char found[2 * SHA256_LEN + 1];
	uint8_t sum[SHA256_LEN];

	sha256(text->data, text->len, sum);
	for (size_t i = 0; i < sizeof(sum); i++)
		(void)snprintf(found + 2 * i, 3, "%02x", sum[i]);
	assert_string_equal(found, hash);
}

/* A number in a file of /proc, by its key. */
static long proc_number(pid_t pid, const char *file, const char *key)
{
	char path[64];
	char line[256];
	long number = -1;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	in = fopen(path, "re");
	assert_non_null(in);
	while (number < 0 && fgets(line, sizeof(line), in)) {
		if (str_starts(line, key))
			number = strtol(line + strlen(key), NULL, 10);
	}
	(void)fclose(in);
	return number;
}

static bool exists(const struct fixture *f, const char *name)
{
	return faccessat(f->dir_fd, name, F_OK, 0) == 0;
}

/* --- tests
 * ---------------------------------------------------------------------------------------------------------------
 */

static void the_exit_file_has_code_run_and_times(void **state)
{
	struct fixture *f = *state;
	uint64_t before = clock_wall_ns();
	struct exit_file exit;

	fixture_start(f, &(struct start){ .script = "exit 42",
					  .flags = HANDOVER_LOG | HANDOVER_EXIT_DURABLE });
	exit = await_end(f);
	assert_int_equal(exit.code, 42);
	assert_int_equal(exit.run, 3);
	assert_int_equal(exit.started_ns, 1000000007);
	assert_true(exit.finished_ns >= before && exit.finished_ns <= clock_wall_ns());
	assert_false(exit.is_oom_killed);
	assert_false(exists(f, "." EXIT_FILE_NAME ".new"));
	assert_false(exists(f, ID HANDOVER_LOG_SUFFIX)); /* it said nothing */
}

static void a_signal_gives_128_and_its_number(void **state)
{
	struct fixture *f = *state;

	fixture_start(f, &(struct start){ .script = "kill -9 $$" });
	assert_int_equal(await_end(f).code, 137);
}

static void output_and_error_stay_apart(void **state)
{
	struct fixture *f = *state;
	struct str log[2] = { 0 };
	struct collected c;

	fixture_start(
		f,
		&(struct start){
			.script =
				"echo out; echo err >&2; printf rest; printf more >&2; exit 5",
			.flags = HANDOVER_LOG,
			.client_flags = ALL });
	collect_all(f->client, &c);
	assert_string_equal(str_text(&c.output), "out\nrest");
	assert_string_equal(str_text(&c.error), "err\nmore");
	assert_int_equal(c.exit_code, 5);
	assert_int_equal(await_end(f).code, 5);
	for (int i = 0; i < 2; i++)
		read_log(f, i + 1, &log[i]);
	assert_string_equal(str_text(&log[0]), "out\nrest");
	assert_string_equal(str_text(&log[1]), "err\nmore");
	str_done(&log[0]);
	str_done(&log[1]);
	collected_done(&c);
}

static void when_exit_arrives_log_and_exit_file_are_complete(void **state)
{
	struct fixture *f = *state;
	struct str log = { 0 };
	struct collected c;

	fixture_start(f, &(struct start){ .script = "seq 100000",
					  .flags = HANDOVER_LOG,
					  .client_flags = ALL });
	collect_init(&c);
	while (c.exit_code < 0)
		collect_one(f->client, &c);
	assert_true(exists(f, EXIT_FILE_NAME));
	read_log(f, 1, &log);
	assert_string_equal(str_text(&log), str_text(&c.output));
	assert_true(str_ends(str_text(&log), "\n100000\n"));
	/* And then the lock is let go, while the exit file is there. */
	assert_int_equal(flock(f->alive_fd, LOCK_EX), 0);
	(void)await_end(f);
	str_done(&log);
	collected_done(&c);
}

static void megabytes_come_out_intact_however_slow_the_starter_is(void **state)
{
	struct fixture *f = *state;
	char hash[2 * SHA256_LEN + 1];
	struct pollfd wait;
	struct collected c;
	char script[256];

	write_data(f, "data", MEGABYTES, hash);
	(void)snprintf(script, sizeof(script),
		       "mkfifo %s/done; cat %s/data; echo x >%s/finished", f->path, f->path,
		       f->path);
	fixture_start(f, &(struct start){ .script = script, .client_flags = ALL });
	/* Nobody reads: the program is held up, nothing is thrown away. */
	wait = (struct pollfd){ .fd = f->client, .events = POLLIN };
	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
	assert_int_equal(poll(NULL, 0, 300), 0);
	assert_false(exists(f, "finished"));
	collect_all(f->client, &c);
	assert_int_equal(c.dropped, 0);
	assert_int_equal(c.output.len, MEGABYTES);
	assert_has_hash(&c.output, hash);
	assert_int_equal(c.exit_code, 0);
	(void)await_end(f);
	collected_done(&c);
}

static void what_was_written_last_is_not_lost_on_a_starter_that_stalls(void **state)
{
	struct fixture *f = *state;
	struct collected c;

	/* In small pieces more than its socket holds, less than socket, queue and pipe together
	 * even when the monitor takes every piece by itself: that many more would rightly hold
	 * the program up for ever. */
	fixture_start(
		f, &(struct start){ .script = "dd if=/dev/zero bs=1000 count=130 2>/dev/null",
				    .client_flags = ALL });
	assert_int_equal(await_end(f).code, 0);
	collect_all(f->client, &c);
	assert_int_equal(c.dropped, 0);
	assert_int_equal(c.output.len, 130000);
	assert_int_equal(c.exit_code, 0);
	collected_done(&c);
}

/* Send a file's bytes as input, within the window, and collect meanwhile. */
static void send_file(int fd, const struct fixture *f, const char *name, struct collected *c)
{
	char data[16384];
	uint64_t sent = 0;
	ssize_t n;
	int in = openat(f->dir_fd, name, O_RDONLY | O_CLOEXEC);

	while ((n = read(in, data, sizeof(data))) > 0) {
		while (sent - c->taken + (uint64_t)n > ATTACH_INPUT_WINDOW)
			collect_one(fd, c);
		send_frame(fd, ATTACH_INPUT, 0, data, (size_t)n);
		sent += (uint64_t)n;
	}
	(void)close(in);
}

static void megabytes_go_in_intact_and_the_end_of_input_arrives(void **state)
{
	struct fixture *f = *state;
	char hash[2 * SHA256_LEN + 1];
	struct collected c;

	write_data(f, "data", MEGABYTES, hash);
	fixture_start(f, &(struct start){ .script = "sha256sum; exit 6",
					  .flags = HANDOVER_OPEN_STDIN | HANDOVER_STDIN_ONCE,
					  .client_flags = INPUT });
	collect_init(&c);
	send_file(f->client, f, "data", &c);
	send_frame(f->client, ATTACH_INPUT_END, 0, NULL, 0);
	while (!c.is_over)
		collect_one(f->client, &c);
	assert_memory_equal(str_text(&c.output), hash, strlen(hash));
	assert_int_equal(c.exit_code, 6);
	assert_int_equal(c.taken, MEGABYTES);
	(void)await_end(f);
	collected_done(&c);
}

static void input_stays_open_without_stdin_once(void **state)
{
	struct fixture *f = *state;
	struct collected c;
	int other;

	fixture_start(f, &(struct start){
				 .script = "read a; echo got $a; read b; echo got $b; exit 7",
				 .flags = HANDOVER_OPEN_STDIN,
				 .client_flags = INPUT });
	send_frame(f->client, ATTACH_INPUT, 0, "one\n", 4);
	send_frame(f->client, ATTACH_INPUT_END, 0, NULL, 0);
	f->client = fd_close(f->client);
	other = attach_to(f, INPUT);
	send_frame(other, ATTACH_INPUT, 0, "two\n", 4);
	collect_all(other, &c);
	assert_non_null(strstr(str_text(&c.output), "got two"));
	assert_int_equal(c.exit_code, 7);
	(void)await_end(f);
	collected_done(&c);
	(void)close(other);
}

static void a_starter_that_goes_ends_input_with_stdin_once(void **state)
{
	struct fixture *f = *state;

	fixture_start(f, &(struct start){ .script = "test \"$(cat)\" = bye && exit 9",
					  .flags = HANDOVER_OPEN_STDIN | HANDOVER_STDIN_ONCE,
					  .client_flags = INPUT });
	send_frame(f->client, ATTACH_INPUT, 0, "bye\n", 4);
	f->client = fd_close(f->client);
	assert_int_equal(await_end(f).code, 9);
}

static void a_signal_does_not_wait_behind_input(void **state)
{
	struct fixture *f = *state;
	static char data[ATTACH_INPUT_WINDOW];
	struct collected c;

	fixture_start(
		f,
		&(struct start){
			.script =
				"trap 'exit 11' USR1; echo ready; while :; do sleep 0.01; done",
			.flags = HANDOVER_OPEN_STDIN,
			.client_flags = INPUT });
	collect_init(&c);
	collect_until(f->client, &c, "ready");
	/* The pipe takes the first 64 KiB; then a window's worth stays on its way. */
	for (int sent = 0; sent < 3; sent++) {
		while (c.taken < (uint64_t)sent * sizeof(data) && sent < 3)
			collect_one(f->client, &c);
		send_frame(f->client, ATTACH_INPUT, 0, data, sizeof(data));
	}
	send_frame(f->client, ATTACH_SIGNAL, SIGUSR1, NULL, 0);
	while (!c.is_over)
		collect_one(f->client, &c);
	assert_int_equal(c.exit_code, 11);
	(void)await_end(f);
	collected_done(&c);
}

static void a_client_that_breaks_the_protocol_is_cut_off_alone(void **state)
{
	struct fixture *f = *state;
	static char data[ATTACH_INPUT_WINDOW];
	struct collected c;
	struct collected starter;
	char script[200];
	int bad[3];

	(void)snprintf(script, sizeof(script), "echo ready; read x <%s/go; exit 12", f->path);
	assert_int_equal(mkfifoat(f->dir_fd, "go", 0600), 0);
	fixture_start(f, &(struct start){ .script = script,
					  .flags = HANDOVER_OPEN_STDIN,
					  .client_flags = ALL });
	for (int i = 0; i < 3; i++)
		bad[i] = try_connect(f);
	assert_int_equal(send(bad[0], "?", 1, 0), 1);
	send_frame(bad[1], ATTACH_INPUT, 0, "x", 1); /* before HELLO */
	say_hello(bad[2], INPUT);
	for (int i = 0; i < 5;
	     i++) { /* over the window; the last ones may find the socket closed */
		struct attach_header header = { .type = ATTACH_INPUT };

		(void)attach_send(bad[2], &header, data, sizeof(data));
	}
	for (int i = 0; i < 3; i++) {
		collect_all(bad[i], &c);
		assert_int_equal(c.exit_code, -1);
		collected_done(&c);
		(void)close(bad[i]);
	}
	path_in(f, "go", script);
	int go = open(script, O_WRONLY | O_CLOEXEC);

	assert_int_equal(write(go, "\n", 1), 1);
	(void)close(go);
	collect_all(f->client, &starter);
	assert_int_equal(starter.exit_code, 12);
	(void)await_end(f);
	collected_done(&starter);
}

static void many_attachers_all_get_everything(void **state)
{
	enum { ATTACHERS = 20 };
	struct fixture *f = *state;
	int fds[ATTACHERS];
	struct collected c[ATTACHERS];
	struct collected starter;
	int open_count = ATTACHERS;

	fixture_start(f, &(struct start){ .script = "read x; seq 1 50000; exit 3",
					  .flags = HANDOVER_OPEN_STDIN,
					  .client_flags = INPUT });
	for (int i = 0; i < ATTACHERS; i++) {
		collect_init(&c[i]);
		fds[i] = attach_to(f, INPUT);
		/* It is let in when the monitor answers: input that nobody reads yet is taken
		 * into the pipe. */
		send_frame(fds[i], ATTACH_INPUT, 0, i == ATTACHERS - 1 ? "\n" : "x", 1);
		while (i < ATTACHERS - 1 && c[i].taken == 0)
			collect_one(fds[i], &c[i]);
	}
	while (open_count > 0) {
		for (int i = 0; i < ATTACHERS; i++) {
			if (c[i].is_over)
				continue;
			collect_one(fds[i], &c[i]);
			open_count -= c[i].is_over;
		}
	}
	collect_all(f->client, &starter);
	assert_int_equal(starter.exit_code, 3);
	for (int i = 0; i < ATTACHERS; i++) {
		assert_int_equal(c[i].exit_code, 3);
		/* Each was there from the first byte on, and read all the time; one may still
		 * have been slower for a moment. */
		if (c[i].dropped == 0)
			assert_true(c[i].output.len == 288894);
		assert_true(str_ends(str_text(&c[i].output), "\n50000\n"));
		collected_done(&c[i]);
		(void)close(fds[i]);
	}
	(void)await_end(f);
	collected_done(&starter);
}

static void more_clients_than_places_wait_their_turn(void **state)
{
	enum { FIRST = 40 };
	struct fixture *f = *state;
	int fds[FIRST];
	struct collected c;

	fixture_start(f, &(struct start){ .script = "read x; echo hello $x",
					  .flags = HANDOVER_OPEN_STDIN });
	for (int i = 0; i < FIRST; i++)
		fds[i] = attach_to(f, INPUT);
	for (int i = 0; i < FIRST - 1; i++)
		(void)close(fds[i]);
	send_frame(fds[FIRST - 1], ATTACH_INPUT, 0, "you\n", 4);
	collect_all(fds[FIRST - 1], &c);
	assert_string_equal(str_text(&c.output), "hello you\n");
	assert_int_equal(c.exit_code, 0);
	(void)close(fds[FIRST - 1]);
	(void)await_end(f);
	collected_done(&c);
}

static void an_attacher_that_stalls_holds_nobody_up_and_is_told_what_it_lost(void **state)
{
	struct fixture *f = *state;
	struct collected starter;
	struct collected stalled;
	int fd;

	fixture_start(f, &(struct start){ .script = "read x; seq 1 2000000; echo the end",
					  .flags = HANDOVER_OPEN_STDIN | HANDOVER_LOG,
					  .log_max_bytes = 1000000,
					  .log_max_files = 2,
					  .client_flags = ALL });
	fd = attach_to(f, INPUT);
	send_frame(fd, ATTACH_INPUT, 0, "\n", 1);
	/* `fd` is not read until everything is over. */
	collect_all(f->client, &starter);
	assert_int_equal(starter.exit_code, 0);
	assert_true(str_ends(str_text(&starter.output), "\n2000000\nthe end\n"));
	assert_int_equal(await_end(f).code, 0);
	collect_all(fd, &stalled);
	assert_true(stalled.dropped > 0);
	assert_int_equal(stalled.dropped + stalled.output.len,
			 starter.dropped + starter.output.len);
	assert_true(str_ends(str_text(&stalled.output), "\nthe end\n"));
	assert_int_equal(stalled.exit_code, 0);
	(void)close(fd);
	collected_done(&starter);
	collected_done(&stalled);
}

static void a_killed_client_is_forgotten(void **state)
{
	struct fixture *f = *state;
	struct collected c;
	int ready[2];
	pid_t victim;

	fixture_start(f, &(struct start){ .script = "read x; seq 1 300000; exit 8",
					  .flags = HANDOVER_OPEN_STDIN,
					  .client_flags = INPUT });
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	victim = fork();
	if (victim == 0) {
		(void)attach_to(f, ALL);
		(void)!write(ready[1], "x", 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &(char){ 0 }, 1), 1);
	assert_int_equal(kill(victim, SIGKILL), 0);
	assert_int_equal(waitpid(victim, NULL, 0), victim);
	send_frame(f->client, ATTACH_INPUT, 0, "\n", 1);
	collect_all(f->client, &c);
	assert_int_equal(c.exit_code, 8);
	assert_int_equal(c.dropped, 0);
	assert_true(str_ends(str_text(&c.output), "\n300000\n"));
	(void)await_end(f);
	(void)close(ready[0]);
	(void)close(ready[1]);
	collected_done(&c);
}

static void the_container_outlives_a_starter_that_is_killed(void **state)
{
	struct fixture *f = *state;

	fixture_start(f, &(struct start){ .script = "seq 1 300000; exit 4",
					  .flags = HANDOVER_LOG,
					  .client_flags = ALL });
	f->client = fd_close(f->client);
	assert_int_equal(await_end(f).code, 4);
}

static void the_log_is_bounded_and_whole_under_a_flood(void **state)
{
	enum { LIMIT = 65536 };
	struct fixture *f = *state;
	struct str log = { 0 };
	char name[100];
	struct stat st;
	char *rest;
	long last;

	fixture_start(f, &(struct start){ .script = "seq 1 100000",
					  .flags = HANDOVER_LOG,
					  .log_max_bytes = LIMIT,
					  .log_max_files = 3 });
	(void)await_end(f);
	for (int i = 0; i < 5; i++) {
		(void)snprintf(name, sizeof(name),
			       i ? ID HANDOVER_LOG_SUFFIX ".%d" : ID HANDOVER_LOG_SUFFIX, i);
		assert_int_equal(exists(f, name), i < 3);
		if (i < 3) {
			assert_int_equal(fstatat(f->dir_fd, name, &st, 0), 0);
			assert_true(st.st_size <= LIMIT);
			assert_true(i == 0 || st.st_size > LIMIT - 200);
		}
	}
	read_log(f, 1, &log);
	last = strtol(str_text(&log), &rest, 10);
	assert_true(last > 1);
	while (rest[1]) {
		assert_int_equal(strtol(rest + 1, &rest, 10), last + 1);
		last++;
	}
	assert_int_equal(last, 100000);
	str_done(&log);
}

static void one_log_file_is_bounded_too(void **state)
{
	struct fixture *f = *state;
	struct str log = { 0 };

	fixture_start(f, &(struct start){ .script = "seq 1 10000",
					  .flags = HANDOVER_LOG,
					  .log_max_bytes = 5000 });
	(void)await_end(f);
	read_log(f, 1, &log);
	assert_true(str_ends(str_text(&log), "\n10000\n"));
	assert_false(exists(f, ID HANDOVER_LOG_SUFFIX ".1"));
	str_done(&log);
}

static void a_reader_that_follows_across_rotation_sees_each_line_once(void **state)
{
	struct fixture *f = *state;
	uint64_t deadline = deadline_ns();
	struct log_reader reader;
	struct log_entry entry;
	long expected = 1;
	char *line;
	size_t len;
	int r;

	fixture_start(f, &(struct start){ .script = "seq 1 30000",
					  .flags = HANDOVER_LOG,
					  .log_max_bytes = 8192,
					  .log_max_files = 999 });
	assert_int_equal(log_reader_open(&reader, f->dir_fd, ID, -1), 0);
	while (expected <= 30000) {
		r = log_reader_next(&reader, &line, &len);
		assert_true(r >= 0);
		assert_true(clock_monotonic_ns() < deadline);
		if (r == 0) {
			(void)sched_yield();
			continue;
		}
		assert_int_equal(log_entry_parse(line, len, &entry), 0);
		assert_int_equal(strtol(entry.text, NULL, 10), expected);
		expected++;
	}
	(void)await_end(f);
	assert_int_equal(log_reader_next(&reader, &line, &len), 0);
	log_reader_close(&reader);
}

static void a_full_disk_drops_lines_says_so_and_stops_nobody(void **state)
{
	struct fixture *f = *state;
	struct str error = { 0 };
	struct str log = { 0 };
	char script[300];
	char path[160];
	struct collected c;
	int fd;

	assert_int_equal(mount("none", f->path, "tmpfs", 0, "size=256k"), 0);
	(void)fd_close(f->dir_fd);
	f->dir_fd = high(open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	fixture_start(
		f,
		&(struct start){
			.script = "read x; seq 1 5000; echo middle; read x; echo later; exit 2",
			.flags = HANDOVER_LOG | HANDOVER_OPEN_STDIN,
			.client_flags = INPUT });
	path_in(f, "filler", path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	memset(script, 'x', sizeof(script));
	for (int i = 0; i < 640; i++)
		(void)!write(fd, script, sizeof(script));
	(void)close(fd);
	collect_init(&c);
	send_frame(f->client, ATTACH_INPUT, 0, "\n", 1);
	collect_until(f->client, &c, "middle");
	/* One round later the log has tried to write it. */
	send_frame(f->client, ATTACH_INPUT, 0, "x", 1);
	while (c.taken < 2)
		collect_one(f->client, &c);
	assert_int_equal(unlink(path), 0);
	send_frame(f->client, ATTACH_INPUT, 0, "\n", 1);
	while (!c.is_over)
		collect_one(f->client, &c);
	assert_int_equal(c.exit_code, 2);
	assert_int_equal(await_end(f).code, 2);
	read_log(f, 1, &log);
	read_log(f, 2, &error);
	assert_true(str_ends(str_text(&log), "later\n"));
	assert_true(log.len < c.output.len);
	assert_non_null(strstr(str_text(&error),
			       "lines of output are missing here: No space left on device"));
	str_done(&log);
	str_done(&error);
	collected_done(&c);
}

static void on_a_full_disk_the_log_makes_room_for_the_exit_file(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mount("none", f->path, "tmpfs", 0, "size=64k"), 0);
	(void)fd_close(f->dir_fd);
	f->dir_fd = high(open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	fixture_start(f, &(struct start){ .script = "seq 1 5000; exit 21",
					  .flags = HANDOVER_LOG,
					  .log_max_bytes = 30000,
					  .log_max_files = 3 });
	assert_int_equal(await_end(f).code, 21);
}

static void signals_do_not_end_the_monitor_and_term_goes_to_init(void **state)
{
	struct fixture *f = *state;
	static const int signals[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGPIPE, SIGUSR1,
				       SIGUSR2, SIGALRM, SIGTSTP, SIGTTOU };
	struct collected c;

	fixture_start(f, &(struct start){ .script = "trap 'exit 31' TERM; read x; echo ready; "
						    "while :; do sleep 0.01; done",
					  .flags = HANDOVER_OPEN_STDIN,
					  .client_flags = INPUT });
	collect_init(&c);
	send_frame(f->client, ATTACH_INPUT, 0, "\n", 1);
	collect_until(f->client, &c, "ready"); /* the monitor has settled: it copies */
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		assert_int_equal(kill(f->monitor, signals[i]), 0);
	assert_int_equal(kill(f->monitor, SIGTERM), 0);
	while (!c.is_over)
		collect_one(f->client, &c);
	assert_int_equal(c.exit_code, 31);
	assert_int_equal(await_end(f).code, 31);
	collected_done(&c);
}

static void a_terminal_comes_by_socket_and_can_be_resized(void **state)
{
	struct fixture *f = *state;
	struct str log = { 0 };
	struct collected c;

	fixture_start(f, &(struct start){ .script = "stty -echo; trap 'stty size; exit 13' "
						    "WINCH; tty; read x; echo got $x; "
						    "while :; do sleep 0.01; done",
					  .flags = HANDOVER_TERMINAL | HANDOVER_OPEN_STDIN |
						   HANDOVER_LOG,
					  .client_flags = INPUT,
					  .has_terminal = true });
	collect_init(&c);
	collect_until(f->client, &c, "/dev/pts/");
	send_frame(f->client, ATTACH_INPUT, 0, "word\r", 5);
	send_frame(f->client, ATTACH_INPUT_END, 0, NULL, 0);
	collect_until(f->client, &c, "got word\r\n");
	send_frame(f->client, ATTACH_RESIZE, 41U << 16 | 123, NULL, 0);
	while (!c.is_over)
		collect_one(f->client, &c);
	assert_non_null(strstr(str_text(&c.output), "41 123\r\n"));
	assert_int_equal(c.error.len, 0);
	assert_int_equal(c.exit_code, 13);
	(void)await_end(f);
	read_log(f, 1, &log);
	assert_non_null(strstr(str_text(&log), "41 123\r\n"));
	str_done(&log);
	collected_done(&c);
}

static void a_size_that_is_asked_for_before_the_terminal_comes_is_set(void **state)
{
	struct fixture *f = *state;
	struct collected c;

	fixture_start(f, &(struct start){ .script = "read x; stty size",
					  .flags = HANDOVER_TERMINAL | HANDOVER_OPEN_STDIN,
					  .client_flags = INPUT,
					  .has_terminal = true });
	send_frame(f->client, ATTACH_RESIZE, 17U << 16 | 71, NULL, 0);
	send_frame(f->client, ATTACH_INPUT, 0, "\r", 1);
	collect_all(f->client, &c);
	assert_non_null(strstr(str_text(&c.output), "17 71\r\n"));
	(void)await_end(f);
	collected_done(&c);
}

static void a_terminal_outlives_that_nobody_has_it_open(void **state)
{
	struct fixture *f = *state;
	struct collected c;

	/* For a moment no process has the terminal open, as when a getty goes and another
	 * comes. */
	fixture_start(f, &(struct start){ .script = "t=$(tty); echo first; trap '' HUP; exec "
						    "0</dev/null 1>/dev/null 2>/dev/null; "
						    "sleep 0.1; exec 1>$t; echo second",
					  .flags = HANDOVER_TERMINAL,
					  .client_flags = ALL,
					  .has_terminal = true });
	collect_all(f->client, &c);
	assert_non_null(strstr(str_text(&c.output), "first"));
	assert_non_null(strstr(str_text(&c.output), "second"));
	(void)await_end(f);
	collected_done(&c);
}

static void all_that_was_written_to_a_terminal_arrives(void **state)
{
	struct fixture *f = *state;
	struct collected c;

	fixture_start(f, &(struct start){ .script = "seq 1 20000; :",
					  .flags = HANDOVER_TERMINAL,
					  .client_flags = ALL,
					  .has_terminal = true });
	collect_all(f->client, &c);
	assert_true(str_ends(str_text(&c.output), "\r\n20000\r\n"));
	assert_int_equal(c.output.len, 108894 + 20000);
	(void)await_end(f);
	collected_done(&c);
}

static void an_orphan_that_keeps_the_output_open_holds_nobody_up(void **state)
{
	struct fixture *f = *state;
	struct collected c;
	long orphan;

	fixture_start(f, &(struct start){ .script = "sleep 1000 & echo $!; exit 14",
					  .flags = HANDOVER_LOG,
					  .client_flags = ALL });
	collect_all(f->client, &c);
	assert_int_equal(c.exit_code, 14);
	orphan = strtol(str_text(&c.output), NULL, 10);
	assert_true(orphan > 1);
	assert_int_equal(kill((pid_t)orphan, SIGKILL), 0);
	assert_int_equal(await_end(f).code, 14);
	collected_done(&c);
}

static void long_lines_are_cut_and_the_rest_is_flushed(void **state)
{
	struct fixture *f = *state;
	struct log_reader reader;
	struct log_entry entry;
	size_t lens[4];
	int count = 0;
	char *line;
	size_t len;

	fixture_start(
		f, &(struct start){
			   .script = "head -c 40000 /dev/zero | tr '\\0' x; echo; printf end",
			   .flags = HANDOVER_LOG });
	(void)await_end(f);
	assert_int_equal(log_reader_open(&reader, f->dir_fd, ID, -1), 0);
	for (; count < 4 && log_reader_next(&reader, &line, &len) > 0; count++) {
		assert_int_equal(log_entry_parse(line, len, &entry), 0);
		lens[count] = entry.len;
	}
	assert_int_equal(count, 4);
	assert_int_equal(lens[0], 16384);
	assert_int_equal(lens[1], 16384);
	assert_int_equal(lens[2], 40000 - 2 * 16384 + 1);
	assert_int_equal(lens[3], 3);
	log_reader_close(&reader);
}

static void the_monitor_becomes_the_reaper_with_nothing_open(void **state)
{
	struct fixture *f = *state;
	static const char reaper[] =
		"#!/bin/sh\ncd ${0%/hoy}\necho \"$@\" >reaped\nls -l /proc/$$/fd >fds\n"
		"grep SigIgn /proc/$$/status >ignored\n";
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *fds = NULL;
	AUTO_FREE char *ignored = NULL;

	assert_int_equal(
		file_replace(f->dir_fd, "hoy", reaper, strlen(reaper), 0700, FILE_FAST), 0);
	fixture_start(f, &(struct start){ .script = "exit 1", .flags = HANDOVER_REAP });
	assert_int_equal(await_end(f).code, 1);
	assert_int_equal(file_read(f->dir_fd, "reaped", 1000, &text, NULL), 0);
	assert_string_equal(
		text, "--root /root-of-it --runroot /runroot-of-it internal reap " ID "\n");
	assert_int_equal(file_read(f->dir_fd, "fds", 4000, &fds, NULL), 0);
	assert_null(strstr(fds, "socket:"));
	assert_null(strstr(fds, "pipe:"));
	assert_null(strstr(fds, "alive"));
	assert_int_equal(file_read(f->dir_fd, "ignored", 100, &ignored, NULL), 0);
	/* But for 32 and 33, which the C library keeps for itself: those are as whoever runs
	 * the test left them. */
	assert_int_equal(strtoull(ignored + strlen("SigIgn:"), NULL, 16) & ~0x180000000ULL, 0);
}

static void a_detached_exec_leaves_no_exit_file(void **state)
{
	struct fixture *f = *state;
	int status;

	fixture_start(f, &(struct start){ .script = "seq 1 30000; exit 1",
					  .flags = HANDOVER_NO_EXIT_FILE });
	assert_int_equal(waitpid(f->monitor, &status, 0), f->monitor);
	f->monitor = 0;
	assert_int_equal(status, 0);
	assert_false(exists(f, EXIT_FILE_NAME));
	assert_false(exists(f, ID HANDOVER_LOG_SUFFIX));
}

static void wait_until_asleep(pid_t pid)
{
	uint64_t deadline = deadline_ns();
	long before = -1;

	/* Two looks, 50 ms apart, without a switch between them. */
	for (;;) {
		long now = proc_number(pid, "status", "voluntary_ctxt_switches:");

		if (now == before)
			return;
		before = now;
		assert_true(clock_monotonic_ns() < deadline);
		(void)poll(NULL, 0, 50);
	}
}

static void it_sleeps_while_nothing_happens(void **state)
{
	struct fixture *f = *state;
	struct collected c;
	long ticks[2];

	/* Closed streams and a client that has closed its half must not make it spin. */
	fixture_start(f, &(struct start){ .script = "exec 1>&- 2>&- 0<&-; exec sleep 1000",
					  .flags = HANDOVER_OPEN_STDIN | HANDOVER_LOG,
					  .client_flags = INPUT });
	send_frame(f->client, ATTACH_INPUT, 0, "x", 1);
	collect_init(&c);
	while (c.taken == 0)
		collect_one(f->client, &c);
	(void)shutdown(f->client, SHUT_RD);
	(void)poll(NULL, 0, 600);
	for (int i = 0; i < 2; i++) {
		ticks[i] = proc_number(f->monitor, "status", "voluntary_ctxt_switches:") +
			   proc_number(f->monitor, "status", "nonvoluntary_ctxt_switches:");
		if (i == 0)
			(void)poll(NULL, 0, 300);
	}
	assert_true(ticks[1] - ticks[0] <= 1);
	assert_int_equal(kill(f->init, SIGKILL), 0);
	assert_int_equal(await_end(f).code, 137);
	collected_done(&c);
}

static void it_costs_less_than_100_kB(void **state)
{
	struct fixture *f = *state;
	struct collected c;
	long idle;
	long after;

	fixture_start(f, &(struct start){
				 .script = "read x; seq 1 100000; echo done; exec sleep 1000",
				 .flags = HANDOVER_OPEN_STDIN | HANDOVER_LOG,
				 .log_max_bytes = 100000,
				 .log_max_files = 3,
				 .client_flags = INPUT });
	wait_until_asleep(f->monitor);
	idle = proc_number(f->monitor, "smaps_rollup", "Pss:");
	collect_init(&c);
	send_frame(f->client, ATTACH_INPUT, 0, "\n", 1);
	collect_until(f->client, &c, "done");
	(void)poll(NULL, 0, 700); /* the buffers are given back after half a second of quiet */
	wait_until_asleep(f->monitor);
	after = proc_number(f->monitor, "smaps_rollup", "Pss:");
	print_message("monitor: %ld kB PSS at first, %ld kB after a flood\n", idle, after);
	assert_true(idle > 0 && idle <= 100);
	assert_true(after > 0 && after <= 100);
	assert_int_equal(kill(f->init, SIGKILL), 0);
	(void)await_end(f);
	collected_done(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_exit_file_has_code_run_and_times),
		TEST(a_signal_gives_128_and_its_number),
		TEST(output_and_error_stay_apart),
		TEST(when_exit_arrives_log_and_exit_file_are_complete),
		TEST(megabytes_come_out_intact_however_slow_the_starter_is),
		TEST(what_was_written_last_is_not_lost_on_a_starter_that_stalls),
		TEST(megabytes_go_in_intact_and_the_end_of_input_arrives),
		TEST(input_stays_open_without_stdin_once),
		TEST(a_starter_that_goes_ends_input_with_stdin_once),
		TEST(a_signal_does_not_wait_behind_input),
		TEST(a_client_that_breaks_the_protocol_is_cut_off_alone),
		TEST(many_attachers_all_get_everything),
		TEST(more_clients_than_places_wait_their_turn),
		TEST(an_attacher_that_stalls_holds_nobody_up_and_is_told_what_it_lost),
		TEST(a_killed_client_is_forgotten),
		TEST(the_container_outlives_a_starter_that_is_killed),
		TEST(the_log_is_bounded_and_whole_under_a_flood),
		TEST(one_log_file_is_bounded_too),
		TEST(a_reader_that_follows_across_rotation_sees_each_line_once),
		TEST(a_full_disk_drops_lines_says_so_and_stops_nobody),
		TEST(on_a_full_disk_the_log_makes_room_for_the_exit_file),
		TEST(signals_do_not_end_the_monitor_and_term_goes_to_init),
		TEST(a_terminal_comes_by_socket_and_can_be_resized),
		TEST(a_size_that_is_asked_for_before_the_terminal_comes_is_set),
		TEST(a_terminal_outlives_that_nobody_has_it_open),
		TEST(all_that_was_written_to_a_terminal_arrives),
		TEST(an_orphan_that_keeps_the_output_open_holds_nobody_up),
		TEST(long_lines_are_cut_and_the_rest_is_flushed),
		TEST(the_monitor_becomes_the_reaper_with_nothing_open),
		TEST(a_detached_exec_leaves_no_exit_file),
		TEST(it_sleeps_while_nothing_happens),
		TEST(it_costs_less_than_100_kB),
	};

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		print_error("a mount namespace of our own: %s\n", strerror(errno));
		return 1;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
