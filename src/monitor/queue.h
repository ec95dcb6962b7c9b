/*
 * Bytes on their way to somebody who is slower than we are: what is put first comes out first.
 *
 * The memory is mapped when the first byte comes and given back when the monitor is idle, so
 * that a queue that is never needed costs a few words. The bytes lie in one piece.
 *
 * Life cycle: zeroed memory is an empty queue; queue_done gives its memory back.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_QUEUE_H
#define HOY_MONITOR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUEUE_SIZE = 40960 };

struct queue {
	char *data; /* QUEUE_SIZE bytes; NULL: none mapped */
	uint32_t start;
	uint32_t len;
};

/* How many bytes fit in. */
static inline size_t queue_room(const struct queue *queue)
{
	return QUEUE_SIZE - queue->len;
}

/* The bytes, queue->len of them; NULL when none were ever put. */
static inline const char *queue_bytes(const struct queue *queue)
{
	return queue->data ? queue->data + queue->start : NULL;
}

/* Returns 0, -ENOBUFS when they do not fit, or -ENOMEM. */
int queue_put(struct queue *queue, const void *data, size_t len);
/* Forget the first `len` bytes, at most all. */
void queue_skip(struct queue *queue, size_t len);
/* Give the memory back if the queue is empty. */
void queue_shrink(struct queue *queue);
void queue_done(struct queue *queue);

#endif
