/*
 * One attached client: its output that waits, its input that waits.
 *
 * Life cycle: a zeroed client with fd -EBADF and empty queues is a free place. A client that
 * goes away may leave input behind, which the program still gets; its place is free when that
 * is written.
 *
 * Runs in: monitor.
 * See: proto/attach.h for the frames and who is held up by whom.
 */
#ifndef HOY_MONITOR_CLIENT_H
#define HOY_MONITOR_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor/queue.h"
#include "proto/attach.h"

struct client {
	int fd;
	uint16_t flags;	      /* enum attach_flags */
	bool is_starter;      /* it started the container */
	bool is_greeted;      /* HELLO came */
	bool is_mute;	      /* nothing can be sent to it any more */
	bool is_input_ended;  /* INPUT_END, or it went away */
	uint32_t input_taken; /* bytes written to the program, not yet told */
	uint32_t dropped;     /* bytes of output lost at the head of `output`, not yet told */
	struct queue output;  /* frames: struct queued_frame and its data */
	struct queue input;   /* bytes */
};

/* Take a connected socket over; it becomes non-blocking. */
void client_init(struct client *client, int take_fd, bool is_starter);
/* The connection is over. The input that waits is kept. */
void client_leave(struct client *client);

static inline bool client_is_there(const struct client *client)
{
	return client->fd >= 0;
}
bool client_is_free(const struct client *client);
/* Frames wait for room in its socket. */
bool client_is_waiting(const struct client *client);

/* Send output, or queue it, or drop the oldest for it. `type` is ATTACH_OUTPUT or ATTACH_ERROR.
 */
void client_output(struct client *client, enum attach_type type, const char *data, size_t len);
/* `len` bytes of its input were written or thrown away: tell it. */
void client_take_input(struct client *client, size_t len);
/* Send what waits, as far as there is room. */
void client_flush(struct client *client);
/*
 * The container has ended: let the socket hold everything that is still to come, so that the
 * monitor need not wait for a slow client. Without CAP_NET_ADMIN it is twice net.core.wmem_max.
 */
void client_widen(struct client *client);
/* The last frame, behind all output; what found no room even so is dropped and said. The client
 * is let go. */
void client_exit(struct client *client, uint32_t code);

#endif
