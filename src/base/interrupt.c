/*
 * See interrupt.h.
 *
 * Runs in: cli.
 */
#include "base/interrupt.h"

#include <poll.h>
#include <stddef.h>
#include <sys/signalfd.h>

#include "base/fd.h"

void interrupt_begin(struct interrupt *interrupt)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t wanted;

	(void)sigemptyset(&wanted);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction now;

		/* An ignored one (nohup) would wait in the descriptor all the same. */
		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			(void)sigaddset(&wanted, signals[i]);
	}
	interrupt->fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	if (interrupt->fd >= 0)
		(void)sigprocmask(SIG_BLOCK, &wanted, &interrupt->old_mask);
}

bool interrupt_has_come(const struct interrupt *interrupt)
{
	struct pollfd poll_fd = { .fd = interrupt->fd, .events = POLLIN };

	return interrupt->fd >= 0 && poll(&poll_fd, 1, 0) > 0;
}

void interrupt_end(struct interrupt *interrupt)
{
	if (interrupt->fd < 0)
		return;
	interrupt->fd = fd_close(interrupt->fd);
	(void)sigprocmask(SIG_SETMASK, &interrupt->old_mask, NULL);
}
