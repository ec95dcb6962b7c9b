/*
 * See queue.h.
 *
 * Runs in: monitor.
 */
#include "monitor/queue.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int queue_put(struct queue *queue, const void *data, size_t len)
{
	if (len > queue_room(queue))
		return -ENOBUFS;
	if (!queue->data) {
		void *memory = mmap(NULL, QUEUE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			return -ENOMEM;
		queue->data = memory;
		queue->start = 0;
	}
	if (QUEUE_SIZE - queue->start - queue->len < len) {
		memmove(queue->data, queue->data + queue->start, queue->len);
		queue->start = 0;
	}
	memcpy(queue->data + queue->start + queue->len, data, len);
	queue->len += (uint32_t)len;
	return 0;
}

void queue_skip(struct queue *queue, size_t len)
{
	if (len >= queue->len) {
		queue->start = 0;
		queue->len = 0;
		return;
	}
	queue->start += (uint32_t)len;
	queue->len -= (uint32_t)len;
}

void queue_shrink(struct queue *queue)
{
	if (queue->len == 0)
		queue_done(queue);
}

void queue_done(struct queue *queue)
{
	if (queue->data)
		(void)munmap(queue->data, QUEUE_SIZE);
	*queue = (struct queue){ 0 };
}
