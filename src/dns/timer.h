/*
 * What is to happen later. All timers of one list have the same duration, so the one that was set
 * first ends first: setting, stopping and finding the next cost the same with any number.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_TIMER_H
#define HOY_DNS_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct timer {
	struct timer *earlier;
	struct timer *later;
	uint64_t end_ns;
	bool is_set;
};

struct timer_list {
	uint64_t duration_ns;
	struct timer *first;
	struct timer *last;
};

/* Set it anew, or for the first time (zeroed). A timer is always of the same list. */
void timer_set(struct timer_list *list, struct timer *timer, uint64_t now_ns);
/* One that is not set is fine. */
void timer_stop(struct timer_list *list, struct timer *timer);
/* The first one that has ended, stopped; NULL: none has. */
struct timer *timer_ended(struct timer_list *list, uint64_t now_ns);
/* When the next of the list ends; UINT64_MAX: none is set. */
uint64_t timer_next(const struct timer_list *list);

#endif
