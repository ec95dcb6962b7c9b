/*
 * See resolver.h.
 *
 * Runs in: monitor.
 */
#include "monitor/resolver.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "monitor/internal.h"
#include "monitor/monitor.h"

#define MS_NS	       UINT64_C(1000000)
#define PAUSE_FIRST_NS (100 * MS_NS)
#define PAUSE_MOST_NS  (30000 * MS_NS)
/* Who has lived so long has not ended because of us. */
#define STEADY_NS (60000 * MS_NS)

static uint64_t pause_left(const struct resolver *resolver)
{
	uint64_t end_ns = resolver->tried_ns + resolver->pause_ns;
	uint64_t now_ns;

	if (resolver->life_fd < 0 || resolver->tried_ns == 0)
		return 0;
	now_ns = clock_monotonic_ns();
	return end_ns > now_ns ? end_ns - now_ns : 0;
}

int resolver_wait_fd(const struct resolver *resolver)
{
	return pause_left(resolver) > 0 ? -1 : resolver->life_fd;
}

int resolver_wait_ms(const struct resolver *resolver)
{
	uint64_t left_ns = pause_left(resolver);

	return left_ns == 0 ? -1 : (int)(left_ns / MS_NS) + 1;
}

static _Noreturn void become_registrar(struct monitor *monitor)
{
	(void)syscall(SYS_close_range, 3U, ~0U, 0U);
	internal_execute(monitor, (char[]){ "resolver" });
	_exit(1);
}

/* Not our child: we wait for init alone. */
static void registrar_start(struct monitor *monitor)
{
	pid_t pid = FAULT_OR("fork", fork());

	if (pid == 0) {
		pid = fork();
		if (pid == 0)
			become_registrar(monitor);
		_exit(pid < 0);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void resolver_lost(struct monitor *monitor)
{
	struct resolver *resolver = &monitor->resolver;
	uint64_t now_ns = clock_monotonic_ns();

	if (resolver->tried_ns == 0 || now_ns - resolver->tried_ns > STEADY_NS)
		resolver->pause_ns = PAUSE_FIRST_NS;
	else if (resolver->pause_ns < PAUSE_MOST_NS)
		resolver->pause_ns *= 2;
	resolver->tried_ns = now_ns;
	registrar_start(monitor);
}
