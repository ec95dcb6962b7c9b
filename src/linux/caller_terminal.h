/*
 * The caller's terminal: raw while a container's terminal is shown on it, and as it was
 * afterwards.
 *
 * Life cycle: terminal_raw, then terminal_restore on every way out; restoring what was not made
 * raw does nothing.
 *
 * Runs in: cli, runtime.
 * See: termios(3), moby/term.
 */
#ifndef HOY_LINUX_CALLER_TERMINAL_H
#define HOY_LINUX_CALLER_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

struct terminal {
	bool is_raw;
	int fd; /* borrowed */
	struct termios saved;
	struct termios raw;
};

/* Make `fd` raw. Returns 0 or -errno (-ENOTTY: it is no terminal). */
int terminal_raw(struct terminal *terminal, int fd);
/* Only its output: what a container's terminal wrote has its CR already. Keys still mean what
 * they mean. */
int terminal_raw_output(struct terminal *terminal, int fd);
/* Raw once more, after somebody else had the terminal. */
void terminal_raw_again(const struct terminal *terminal);
void terminal_restore(struct terminal *terminal);

/* Rows << 16 | columns of our standard output, or else input; 0: unknown. */
uint32_t terminal_size(void);

#endif
