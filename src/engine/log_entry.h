/*
 * One entry of a container's log, read: {"log":"text\n","stream":"stdout","time":"..."}.
 *
 * Runs in: cli.
 * See: monitor/log_line.h, which writes it; RFC 8259.
 */
#ifndef HOY_ENGINE_LOG_ENTRY_H
#define HOY_ENGINE_LOG_ENTRY_H

#include <stddef.h>
#include <stdint.h>

struct log_entry {
	int stream; /* 1 or 2 */
	uint64_t time_ns;
	const char *text; /* inside the line; with the newline if the entry ends a line */
	size_t len;
};

/*
 * Read the entry in `line` (`len` bytes, without the newline), which is used up: text is
 * unescaped in place. Members in any order, unknown ones are skipped if they are strings.
 * Returns 0 or -EBADMSG.
 */
int log_entry_parse(char *line, size_t len, struct log_entry *ret);

#endif
