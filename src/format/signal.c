/*
 * See signal.h.
 *
 * Runs in: cli.
 */
#include "format/signal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>

#include "base/str.h"

enum { SIGNAL_MAX = 64, SIGNAL_RTMIN = 34, SIGNAL_RTMAX = 64, SIGNAL_STACK_FAULT = 16 };

static const char *const signal_names[] = {
	[SIGHUP] = "SIGHUP",   [SIGINT] = "SIGINT",
	[SIGQUIT] = "SIGQUIT", [SIGILL] = "SIGILL",
	[SIGTRAP] = "SIGTRAP", [SIGABRT] = "SIGABRT",
	[SIGBUS] = "SIGBUS",   [SIGFPE] = "SIGFPE",
	[SIGKILL] = "SIGKILL", [SIGUSR1] = "SIGUSR1",
	[SIGSEGV] = "SIGSEGV", [SIGUSR2] = "SIGUSR2",
	[SIGPIPE] = "SIGPIPE", [SIGALRM] = "SIGALRM",
	[SIGTERM] = "SIGTERM", [SIGNAL_STACK_FAULT] = "SIGSTKFLT",
	[SIGCHLD] = "SIGCHLD", [SIGCONT] = "SIGCONT",
	[SIGSTOP] = "SIGSTOP", [SIGTSTP] = "SIGTSTP",
	[SIGTTIN] = "SIGTTIN", [SIGTTOU] = "SIGTTOU",
	[SIGURG] = "SIGURG",   [SIGXCPU] = "SIGXCPU",
	[SIGXFSZ] = "SIGXFSZ", [SIGVTALRM] = "SIGVTALRM",
	[SIGPROF] = "SIGPROF", [SIGWINCH] = "SIGWINCH",
	[SIGIO] = "SIGIO",     [SIGPWR] = "SIGPWR",
	[SIGSYS] = "SIGSYS",
};

static const struct {
	const char *name;
	int number;
} signal_synonyms[] = {
	{ "IOT", SIGABRT }, { "CLD", SIGCHLD }, { "POLL", SIGIO }, { "UNUSED", SIGSYS }
};

const char *signal_name(int number)
{
	if (number < 1 || (size_t)number >= sizeof(signal_names) / sizeof(signal_names[0]))
		return NULL;
	return signal_names[number];
}

/* "RTMIN", "RTMIN+3", "RTMAX-2" */
static int signal_parse_real_time(const char *name, int *ret_signal)
{
	bool is_min = strncasecmp(name, "RTMIN", 5) == 0;
	uint64_t distance = 0;
	const char *rest = name + 5;

	if (!is_min && strncasecmp(name, "RTMAX", 5) != 0)
		return -EINVAL;
	if (*rest && (*rest != (is_min ? '+' : '-') ||
		      parse_u64(rest + 1, 0, SIGNAL_RTMAX - SIGNAL_RTMIN, &distance) < 0))
		return -EINVAL;
	*ret_signal = is_min ? SIGNAL_RTMIN + (int)distance : SIGNAL_RTMAX - (int)distance;
	return 0;
}

int signal_parse(const char *text, int *ret_signal)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	uint64_t number;

	if (parse_u64(text, 1, SIGNAL_MAX, &number) == 0) {
		*ret_signal = (int)number;
		return 0;
	}
	for (int i = 1; i < (int)(sizeof(signal_names) / sizeof(signal_names[0])); i++) {
		if (signal_names[i] && strcasecmp(signal_names[i] + 3, name) == 0) {
			*ret_signal = i;
			return 0;
		}
	}
	for (size_t i = 0; i < sizeof(signal_synonyms) / sizeof(signal_synonyms[0]); i++) {
		if (strcasecmp(signal_synonyms[i].name, name) == 0) {
			*ret_signal = signal_synonyms[i].number;
			return 0;
		}
	}
	return signal_parse_real_time(name, ret_signal);
}
