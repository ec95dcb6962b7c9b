/*
 * See process_signals.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/process_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"

enum { STATUS_TEXT_MAX = 8192 };

static const char *field(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? at + strlen(key) : NULL;
}

static int mask(const char *text, const char *key, uint64_t *ret)
{
	const char *at = field(text, key);

	if (!at)
		return -EINVAL;
	*ret = strtoull(at, NULL, 16);
	return 0;
}

int process_signals_parse(const char *text, struct process_signals *ret)
{
	const char *pids = field(text, "\nNSpid:");
	struct process_signals signals = { 0 };

	if (mask(text, "\nSigCgt:", &signals.caught) < 0 ||
	    mask(text, "\nSigIgn:", &signals.ignored) < 0 ||
	    mask(text, "\nSigBlk:", &signals.blocked) < 0 || !pids)
		return -EINVAL;
	/* "NSpid:\t4711\t1": its pid in each namespace, the innermost last. */
	pids += strspn(pids, "\t");
	const char *end = strchr(pids, '\n');
	const char *last = end;

	while (last && last > pids && last[-1] != '\t')
		last--;
	signals.is_namespace_init = last && last > pids && end - last == 1 && *last == '1';
	*ret = signals;
	return 0;
}

int process_signals_read(pid_t pid, struct process_signals *ret)
{
	AUTO_CLOSE int fd = -EBADF;
	char text[STATUS_TEXT_MAX];
	char path[64];
	ssize_t len;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (len <= 0)
		return -ESRCH;
	text[len] = '\0';
	return process_signals_parse(text, ret);
}

bool process_signals_are_lost(const struct process_signals *signals, int signal)
{
	uint64_t bit = UINT64_C(1) << (signal - 1);

	return signals->is_namespace_init && signal != SIGKILL && signal != SIGSTOP &&
	       !((signals->caught | signals->ignored | signals->blocked) & bit);
}
