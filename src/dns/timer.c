/*
 * See timer.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/timer.h"

#include <stddef.h>

void timer_stop(struct timer_list *list, struct timer *timer)
{
	if (!timer->is_set)
		return;
	*(timer->earlier ? &timer->earlier->later : &list->first) = timer->later;
	*(timer->later ? &timer->later->earlier : &list->last) = timer->earlier;
	timer->is_set = false;
}

void timer_set(struct timer_list *list, struct timer *timer, uint64_t now_ns)
{
	timer_stop(list, timer);
	timer->end_ns = now_ns + list->duration_ns;
	timer->earlier = list->last;
	timer->later = NULL;
	*(list->last ? &list->last->later : &list->first) = timer;
	list->last = timer;
	timer->is_set = true;
}

struct timer *timer_ended(struct timer_list *list, uint64_t now_ns)
{
	struct timer *timer = list->first;

	if (!timer || timer->end_ns > now_ns)
		return NULL;
	timer_stop(list, timer);
	return timer;
}

uint64_t timer_next(const struct timer_list *list)
{
	return list->first ? list->first->end_ns : UINT64_MAX;
}
