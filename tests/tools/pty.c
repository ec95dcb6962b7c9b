/*
 * Drive a program on a pseudo terminal as a person would: send, wait for what must appear, change the size.
 *
 *   pty STEP [ARGUMENT] ... -- PROGRAM [ARGUMENT ...]
 *
 *	expect TEXT	wait until TEXT appears in what has not been matched yet (fails after 40 s or at the end)
 *	refuse TEXT	fails when TEXT has appeared anywhere so far
 *	send TEXT	type it; \r \n \t \e \\ and ^X (a control character) are understood
 *	size ROWSxCOLS	set the size; given first it is the size at the start
 *	raw | cooked	wait until the terminal is in this mode
 *	signal NUMBER	to the program
 *	end		wait for the program's end; what it printed meanwhile is read
 *	hangup		close the terminal
 *
 * What the program printed goes to stdout at the end. Then, if it is still there, its end is waited for. The exit status is the
 * program's (128 + n for a signal); 99 when a step failed, with a sentence on stderr; 98 when the program left the terminal's
 * settings changed.
 *
 * Runs in: tests.
 * See: pty(7), termios(3).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MAX = 64 * 1024 * 1024, WAIT_MS = 40000, STATUS_STEP = 99, STATUS_TERMIOS = 98 };

struct driver {
	int master;
	int slave; /* kept open, so that the settings can be read after the program's end */
	pid_t pid;
	int status; /* of waitpid, -1 while it runs */
	char *output;
	size_t len;
	size_t matched;
	struct termios before;
};

static void __attribute__((noreturn))
fail(const struct driver *d, const char *step, const char *text)
{
	fprintf(stderr, "pty: %s '%s': not so; the output was:\n", step, text);
	fwrite(d->output, 1, d->len, stderr);
	fputs("\n", stderr);
	if (d->status < 0)
		kill(d->pid, SIGKILL);
	exit(STATUS_STEP);
}

static long now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Read what is there, waiting at most `ms` for it. False: nothing came. */
static bool read_some(struct driver *d, int ms)
{
	struct pollfd p = { .fd = d->master, .events = POLLIN };
	ssize_t n;

	if (d->len == OUTPUT_MAX || poll(&p, 1, ms) <= 0 || !(p.revents & POLLIN))
		return false;
	n = read(d->master, d->output + d->len, OUTPUT_MAX - d->len);
	if (n <= 0)
		return false;
	d->len += (size_t)n;
	return true;
}

static bool has_ended(struct driver *d)
{
	if (d->status < 0 && waitpid(d->pid, &d->status, WNOHANG) != d->pid)
		d->status = -1;
	return d->status >= 0;
}

static void step_expect(struct driver *d, const char *text)
{
	long end = now_ms() + WAIT_MS;
	char *found;

	while (!(found = memmem(d->output + d->matched, d->len - d->matched, text,
				strlen(text)))) {
		bool is_over = has_ended(d);

		if (!read_some(d, 50) && (is_over || now_ms() > end))
			fail(d, "expect", text);
	}
	d->matched = (size_t)(found - d->output) + strlen(text);
}

static void step_send(struct driver *d, const char *text)
{
	for (const char *p = text; *p; p++) {
		char c = *p;

		if (c == '^' && p[1])
			c = (char)(*++p & 0x1f);
		else if (c == '\\' && p[1])
			switch (*++p) {
			case 'r':
				c = '\r';
				break;
			case 'n':
				c = '\n';
				break;
			case 't':
				c = '\t';
				break;
			case 'e':
				c = '\033';
				break;
			default:
				c = *p;
				break;
			}
		if (write(d->master, &c, 1) != 1)
			fail(d, "send", text);
	}
}

static void step_size(const struct driver *d, const char *text)
{
	struct winsize size = { 0 };

	if (sscanf(text, "%hux%hu", &size.ws_row, &size.ws_col) != 2 ||
	    ioctl(d->master, TIOCSWINSZ, &size) < 0)
		fail(d, "size", text);
}

static void step_mode(struct driver *d, bool is_raw)
{
	long end = now_ms() + WAIT_MS;
	struct termios now;

	for (;;) {
		(void)tcgetattr(d->slave, &now);
		if (!(now.c_lflag & ICANON) == is_raw)
			return;
		(void)read_some(d, 5);
		if (now_ms() > end)
			fail(d, "mode", is_raw ? "raw" : "cooked");
	}
}

static void step_end(struct driver *d)
{
	long end = now_ms() + WAIT_MS;

	while (!has_ended(d)) {
		(void)read_some(d, 20);
		if (now_ms() > end)
			fail(d, "end", "");
	}
	while (read_some(d, 0))
		;
}

static void program_start(struct driver *d, const char *size, char **argv)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) {
		perror("pty: open a terminal");
		exit(STATUS_STEP);
	}
	d->master = master;
	d->slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (d->slave < 0 || tcgetattr(d->slave, &d->before) < 0) {
		perror("pty: open the terminal's other side");
		exit(STATUS_STEP);
	}
	d->status = -1;
	if (size)
		step_size(d, size);
	d->pid = fork();
	if (d->pid == 0) {
		(void)setsid();
		(void)ioctl(d->slave, TIOCSCTTY, 0);
		(void)dup2(d->slave, 0);
		(void)dup2(d->slave, 1);
		(void)dup2(d->slave, 2);
		(void)execvp(argv[0], argv);
		_exit(127);
	}
}

static bool is_restored(const struct driver *d)
{
	struct termios now;

	return d->slave < 0 ||
	       (tcgetattr(d->slave, &now) == 0 && now.c_iflag == d->before.c_iflag &&
		now.c_oflag == d->before.c_oflag && now.c_lflag == d->before.c_lflag &&
		now.c_cflag == d->before.c_cflag);
}

/* Returns how many words the step takes. */
static int step_run(struct driver *d, char **words)
{
	const char *name = words[0], *text = words[1];

	if (strcmp(name, "expect") == 0)
		step_expect(d, text);
	else if (strcmp(name, "refuse") == 0) {
		if (memmem(d->output, d->len, text, strlen(text)))
			fail(d, "refuse", text);
	} else if (strcmp(name, "send") == 0)
		step_send(d, text);
	else if (strcmp(name, "size") == 0)
		step_size(d, text);
	else if (strcmp(name, "signal") == 0)
		(void)kill(d->pid, atoi(text));
	else if (strcmp(name, "raw") == 0 || strcmp(name, "cooked") == 0)
		return step_mode(d, name[0] == 'r'), 1;
	else if (strcmp(name, "end") == 0)
		return step_end(d), 1;
	else if (strcmp(name, "hangup") == 0) {
		(void)close(d->slave);
		(void)close(d->master);
		d->slave = d->master = -1;
		return 1;
	} else
		fail(d, "no such step", name);
	return 2;
}

int main(int argc, char **argv)
{
	struct driver d = { .output = malloc(OUTPUT_MAX) };
	int split = 1, at = 1;

	while (split < argc && strcmp(argv[split], "--") != 0)
		split++;
	if (split + 1 >= argc || !d.output) {
		fputs("usage: pty STEP [ARGUMENT] ... -- PROGRAM [ARGUMENT ...]\n", stderr);
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	d.master = -1;
	/* The size at the start is set before the program is there to look at it. */
	if (strcmp(argv[1], "size") == 0)
		at = 3;
	program_start(&d, at == 3 ? argv[2] : NULL, argv + split + 1);
	while (at < split)
		at += step_run(&d, argv + at);
	if (d.master >= 0)
		step_end(&d);
	else
		(void)waitpid(d.pid, &d.status, 0);
	fwrite(d.output, 1, d.len, stdout);
	if (!is_restored(&d)) {
		fputs("pty: the terminal's settings were left changed\n", stderr);
		return STATUS_TERMIOS;
	}
	return WIFEXITED(d.status) ? WEXITSTATUS(d.status) : 128 + WTERMSIG(d.status);
}
