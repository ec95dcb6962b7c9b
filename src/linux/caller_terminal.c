/*
 * See caller_terminal.h.
 *
 * Runs in: cli, runtime.
 */
#include "linux/caller_terminal.h"

#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Also when we are in the background, where it would stop us. */
static int set_attributes(int fd, int when, const struct termios *attributes)
{
	sigset_t stop;
	sigset_t old;
	int r;

	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTTOU);
	(void)sigprocmask(SIG_BLOCK, &stop, &old);
	r = tcsetattr(fd, when, attributes) < 0 ? -errno : 0;
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

/* Returns 0 or -errno. */
static int terminal_save(struct terminal *terminal, int fd)
{
	*terminal = (struct terminal){ .fd = fd };
	if (tcgetattr(fd, &terminal->saved) < 0)
		return -errno;
	terminal->raw = terminal->saved;
	return 0;
}

static int terminal_set_raw(struct terminal *terminal)
{
	int r = set_attributes(terminal->fd, TCSANOW, &terminal->raw);

	terminal->is_raw = r == 0;
	return r;
}

int terminal_raw(struct terminal *terminal, int fd)
{
	int r = terminal_save(terminal, fd);

	if (r < 0)
		return r;
	cfmakeraw(&terminal->raw);
	return terminal_set_raw(terminal);
}

int terminal_raw_output(struct terminal *terminal, int fd)
{
	int r = terminal_save(terminal, fd);

	if (r < 0)
		return r;
	terminal->raw.c_oflag &= ~(tcflag_t)OPOST;
	return terminal_set_raw(terminal);
}

void terminal_raw_again(const struct terminal *terminal)
{
	if (terminal->is_raw)
		(void)set_attributes(terminal->fd, TCSANOW, &terminal->raw);
}

void terminal_restore(struct terminal *terminal)
{
	if (terminal->is_raw)
		(void)set_attributes(terminal->fd, TCSADRAIN, &terminal->saved);
	terminal->is_raw = false;
}

uint32_t terminal_size(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 &&
	    ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return (uint32_t)size.ws_row << 16 | size.ws_col;
}
