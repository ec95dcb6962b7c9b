/*
 * See prompt.h.
 *
 * A secret is read with the terminal in raw mode, key by key. What would end us meanwhile waits
 * until the terminal is as it was.
 *
 * Runs in: cli.
 * See: signalfd(2), termios(3).
 */
#include "cli/prompt.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/caller_terminal.h"

enum { KEY_INTERRUPT = 3, KEY_END = 4, KEY_BACK = 8, KEY_KILL = 21, KEY_DELETE = 127 };

int prompt_line(const char *question, struct str *answer, struct err *e)
{
	int c;

	(void)printf("%s", question);
	(void)fflush(stdout);
	while ((c = getc(stdin)) != EOF && c != '\n') {
		if (answer->len == PROMPT_MAX)
			return err_set(e, ERR_INVALID, -EFBIG, "more than %d bytes in a line",
				       PROMPT_MAX);
		str_add_char(answer, (char)c);
	}
	return c == EOF && answer->len == 0
		       ? err_set(e, ERR_INVALID, -EPIPE, "the input ends without an answer")
		       : 0;
}

/* The last character, which may be several bytes. */
static void take_back(struct str *answer)
{
	while (answer->len > 0) {
		unsigned char c = (unsigned char)answer->data[--answer->len];

		answer->data[answer->len] = '\0';
		if ((c & 0xc0) != 0x80)
			return;
	}
}

/* Returns 1: there is more to come, 0: that was all, or -errno. */
static int take_key(struct str *answer, char key, struct err *e)
{
	switch (key) {
	case '\r':
	case '\n':
		return 0;
	case KEY_INTERRUPT:
		return err_set(e, ERR_INVALID, -EINTR, "interrupted");
	case KEY_END:
		return answer->len > 0 ? 0
				       : err_set(e, ERR_INVALID, -EPIPE,
						 "the input ends without an answer");
	case KEY_BACK:
	case KEY_DELETE:
		take_back(answer);
		return 1;
	case KEY_KILL:
		while (answer->len > 0)
			take_back(answer);
		return 1;
	default:
		if (answer->len == PROMPT_MAX)
			return err_set(e, ERR_INVALID, -EFBIG, "more than %d bytes in a line",
				       PROMPT_MAX);
		str_add_char(answer, key);
		return 1;
	}
}

static int read_keys(int signal_fd, struct str *answer, struct err *e)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = signal_fd, .events = POLLIN } };
	int r = 1;

	while (r > 0) {
		char key;
		ssize_t n;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return err_sys(e, errno, "wait for the terminal");
		if (fds[1].revents)
			return err_set(e, ERR_INVALID, -EINTR, "interrupted");
		n = read(STDIN_FILENO, &key, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "read from the terminal");
		r = take_key(answer, n == 1 ? key : KEY_END, e);
	}
	return r;
}

int prompt_secret(const char *question, struct str *answer, struct err *e)
{
	struct terminal terminal = { 0 };
	sigset_t ending;
	sigset_t before;
	AUTO_CLOSE int signal_fd = -EBADF;
	int r;

	(void)sigemptyset(&ending);
	(void)sigaddset(&ending, SIGINT);
	(void)sigaddset(&ending, SIGTERM);
	(void)sigaddset(&ending, SIGHUP);
	(void)sigaddset(&ending, SIGQUIT);
	signal_fd = signalfd(-1, &ending, SFD_CLOEXEC);
	if (signal_fd < 0)
		return err_sys(e, errno, "wait for signals");
	(void)printf("%s", question);
	(void)fflush(stdout);
	(void)sigprocmask(SIG_BLOCK, &ending, &before);
	r = terminal_raw(&terminal, STDIN_FILENO);
	if (r == 0)
		r = read_keys(signal_fd, answer, e);
	else
		r = err_sys(e, r, "hide what is typed");
	terminal_restore(&terminal);
	(void)printf("\n");
	(void)fflush(stdout);
	/* One that came meanwhile ends us here. */
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
