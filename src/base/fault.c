/*
 * See fault.h.
 *
 * Runs in: every program, in test builds only.
 */
#include "base/fault.h"

#ifdef HOY_FAULTS

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

/* Out of the way of descriptors with fixed numbers. */
enum { LOG_FD_FROM = 700, LOG_FD_MAX = 1 << 20, LOG_LINE_MAX = 128 };

#define LOG_FD_VARIABLE "HOY_FAULT_LOG_FD"

extern char *program_invocation_short_name;

struct fault_plan {
	bool is_read;
	bool is_kill;
	uint64_t at; /* 0: none */
	uint64_t passed;
	const char *log;
	int log_fd; /* 0: not open */
};

/* State that must survive between calls and is inherited by forked children: the only global of
 * this kind, tests only. */
static struct fault_plan plan;

static void plan_read(void)
{
	const char *text = getenv("HOY_FAULT");
	const char *colon = text ? strchr(text, ':') : NULL;
	const char *inherited = getenv(LOG_FD_VARIABLE);
	uint64_t fd;

	plan.is_read = true;
	plan.log = getenv("HOY_FAULT_LOG");
	if (plan.log && !plan.log[0])
		plan.log = NULL;
	if (plan.log && inherited && parse_u64(inherited, LOG_FD_FROM, LOG_FD_MAX, &fd) == 0)
		plan.log_fd = (int)fd;
	if (!colon ||
	    strncmp(text, program_invocation_short_name, (size_t)(colon - text)) != 0 ||
	    program_invocation_short_name[colon - text] != '\0')
		return;
	plan.is_kill = str_starts(colon + 1, "kill:");
	if (plan.is_kill || str_starts(colon + 1, "fail:"))
		(void)parse_u64(colon + 6, 1, UINT64_MAX, &plan.at);
}

/* Kept open and handed on, because init has no root where the file is; and opened again where
 * somebody has closed what he does not know. */
static void log_open(void)
{
	char number[16];
	int fd = open(plan.log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	plan.log_fd = fd < 0 ? 0 : fcntl(fd, F_DUPFD, LOG_FD_FROM);
	(void)fd_close(fd);
	(void)snprintf(number, sizeof(number), "%d", plan.log_fd);
	(void)setenv(LOG_FD_VARIABLE, number, 1);
}

int fault_log_fd(void)
{
	if (!plan.is_read)
		plan_read();
	return plan.log_fd > 0 ? plan.log_fd : -1;
}

static void plan_log(const char *what)
{
	char line[LOG_LINE_MAX];
	int len = snprintf(line, sizeof(line), "%s %llu %s\n", program_invocation_short_name,
			   (unsigned long long)plan.passed, what);

	for (int i = 0; i < 2; i++) {
		if (plan.log_fd > 0 && write(plan.log_fd, line, (size_t)len) >= 0)
			return;
		log_open();
	}
}

char *const *fault_environment(void)
{
	return environ;
}

int fault_point(const char *name)
{
	if (!plan.is_read)
		plan_read();
	plan.passed++;
	if (plan.log)
		plan_log(name);
	if (plan.at == 0 || plan.passed != plan.at)
		return 0;
	if (plan.log)
		plan_log("FIRED");
	if (plan.is_kill)
		(void)kill(getpid(), SIGKILL);
	return -EIO;
}

#else

char *const *fault_environment(void)
{
	static char *const nothing[] = { 0 };

	return nothing;
}

#endif
