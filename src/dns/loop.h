/*
 * Descriptors that are waited for, and what is called when one is ready.
 *
 * An object with a watch may go while events of the same turn are still to be handed out: its watch
 * is closed at once, which no event survives, and its memory goes at the end of the turn.
 *
 * Runs in: hoy-dns.
 * See: epoll(7).
 */
#ifndef HOY_DNS_LOOP_H
#define HOY_DNS_LOOP_H

#include <stdint.h>

struct watch {
	int fd; /* -EBADF: not waited for (zeroed memory is no watch) */
	void (*ready)(struct watch *watch, void *context, uint32_t events);
};

/* The first member of an object that has a watch. */
struct grave {
	struct grave *next;
};

struct loop {
	int fd;
	void *context;	      /* handed to `ready` */
	struct grave *buried; /* freed at the end of the turn */
};

/* Returns 0 or -errno. */
int loop_open(struct loop *loop, void *context);

/* Wait for EPOLL* `events` of `take_fd`, which is the watch's from now on; on failure it is
 * closed. Returns 0 or -errno. */
int loop_watch(struct loop *loop, struct watch *watch, int take_fd, uint32_t events,
	       void (*ready)(struct watch *, void *, uint32_t));
int loop_change(struct loop *loop, struct watch *watch, uint32_t events);
/* Close the descriptor; one that is closed is fine. */
void loop_forget(struct loop *loop, struct watch *watch);

/* Free the object, which begins with `grave` and was made by malloc, when this turn is over. */
void loop_bury(struct loop *loop, struct grave *grave);

/* One turn: wait at most until `end_ns` (of the monotonic clock; UINT64_MAX: for ever), and call
 * what is ready. Returns 0 or -errno. */
int loop_turn(struct loop *loop, uint64_t end_ns);

#endif
