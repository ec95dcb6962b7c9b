/*
 * ^C and its kin as a descriptor: for work that takes long and must be tidied up.
 *
 * Between interrupt_begin and interrupt_end the signals wait. Whoever polls sees that one has
 * come, stops, tidies up and ends; interrupt_end then lets the signal do what it does, so that a
 * shell sees that it ended us.
 *
 * Runs in: cli.
 * See: signalfd(2).
 */
#ifndef HOY_BASE_INTERRUPT_H
#define HOY_BASE_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

struct interrupt {
	int fd; /* poll it for POLLIN, do not read it; -EBADF: not begun */
	sigset_t old_mask;
};

/* Never fails: without a descriptor the signals end us at once, as always. */
void interrupt_begin(struct interrupt *interrupt);
bool interrupt_has_come(const struct interrupt *interrupt);
void interrupt_end(struct interrupt *interrupt);

#define AUTO_INTERRUPT __attribute__((cleanup(interrupt_end)))

#endif
