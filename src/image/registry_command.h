/*
 * Commands to hoy-fetch and its answers: what the files of registry.h share, and nobody else sees.
 *
 * Runs in: cli (engine).
 * See: proto/fetch.h.
 */
#ifndef HOY_IMAGE_REGISTRY_COMMAND_H
#define HOY_IMAGE_REGISTRY_COMMAND_H

#include <stdint.h>

#include "base/err.h"
#include "image/registry_news.h"
#include "image/registry_process.h"
#include "proto/fetch.h"

struct registry {
	struct registry_process process;
	int interrupt_fd;
	uint32_t last_id;
	struct registry_news news;
	struct fetch_frame frame; /* the last one that was received */
};

/* What a command that is waited for comes to. */
struct registry_answer {
	uint64_t size;
	const char *first; /* printable; both until the next frame is received */
	const char *second;
};

/* Send a command, with an id of its own in head->id. Returns 0, -EPIPE (it is gone) or -errno. */
int registry_command_send(struct registry *registry, struct fetch_header *head,
			  const struct fetch_parts *parts, struct err *e);
/* Say that nobody waits for a command any more. */
void registry_command_cancel(struct registry *registry, uint32_t id);
/* One frame, waiting at most `timeout_ms`; warnings of registries are said on the way. Returns 1,
 * 0 (none), -EINTR, -EPIPE or -errno. */
int registry_command_receive(struct registry *registry, int timeout_ms, struct err *e);
/* A command, and what it comes to; what is said of blobs meanwhile is kept. Returns 0, what
 * hoy-fetch says that went wrong, or as registry_command_receive. */
int registry_command_ask(struct registry *registry, struct fetch_header *head,
			 const struct fetch_parts *parts, struct registry_answer *ret,
			 struct err *e);

#endif
