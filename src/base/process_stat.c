/*
 * See process_stat.h.
 *
 * Runs in: cli, runtime.
 */
#include "base/process_stat.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"

enum { STAT_TEXT_MAX = 1024, FIELD_STATE = 3, FIELD_START = 22 };

int process_stat_read(pid_t pid, struct process_stat *ret)
{
	char text[STAT_TEXT_MAX];
	char path[64];
	ssize_t len;
	char *at;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (len <= 0)
		return -ESRCH;
	text[len] = '\0';
	/* The second field is the command's name in parentheses and may hold anything,
	 * parentheses too. */
	at = strrchr(text, ')');
	if (!at || strlen(at) < 3)
		return -ESRCH;
	ret->state = at[2];
	for (int field = FIELD_STATE - 1; field < FIELD_START && at; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return -ESRCH;
	ret->start_ticks = strtoull(at + 1, NULL, 10);
	return 0;
}
