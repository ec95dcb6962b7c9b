/*
 * A registry's blobs (registry.h): several at once on their way, in either direction.
 *
 * Runs in: cli (engine).
 */
#include <assert.h>

#include "image/registry.h"
#include "image/registry_command.h"

static int start(struct registry *registry, struct fetch_header *head,
		 const struct fetch_parts *parts, uint32_t *ret_id, struct err *e)
{
	struct registry_slot *slot = registry_news_find(&registry->news, 0);
	int r;

	if (!slot)
		return err_set(e, ERR_INTERNAL, -EBUSY, "%d blobs are on their way already",
			       REGISTRY_BLOBS_MAX);
	r = registry_command_send(registry, head, parts, e);
	if (r < 0)
		return r;
	*slot = (struct registry_slot){ .id = head->id };
	*ret_id = head->id;
	return 0;
}

int registry_fetch(struct registry *registry, const struct descriptor *descriptor,
		   uint64_t offset, int fd, uint32_t *ret_id, struct err *e)
{
	const char *const texts[] = { descriptor->digest };
	const struct fetch_parts parts = {
		.texts = texts, .text_count = 1, .fds = &fd, .fd_count = 1
	};
	struct fetch_header head = { .kind = FETCH_BLOB,
				     .size = descriptor->size,
				     .offset = offset };

	assert(offset <= descriptor->size);
	return start(registry, &head, &parts, ret_id, e);
}

int registry_download(struct registry *registry, int fd, uint32_t *ret_id, struct err *e)
{
	const struct fetch_parts parts = { .fds = &fd, .fd_count = 1 };
	struct fetch_header head = { .kind = FETCH_DOWNLOAD };

	return start(registry, &head, &parts, ret_id, e);
}

int registry_upload(struct registry *registry, const struct descriptor *descriptor, int fd,
		    const char *mount_from, uint32_t *ret_id, struct err *e)
{
	const char *const texts[] = { descriptor->digest, mount_from };
	const struct fetch_parts parts = {
		.texts = texts, .text_count = 2, .fds = &fd, .fd_count = 1
	};
	struct fetch_header head = { .kind = FETCH_UPLOAD, .size = descriptor->size };

	return start(registry, &head, &parts, ret_id, e);
}

void registry_cancel(struct registry *registry, uint32_t id)
{
	struct registry_slot *slot = id ? registry_news_find(&registry->news, id) : NULL;

	if (slot)
		*slot = (struct registry_slot){ 0 };
	registry_command_cancel(registry, id);
}

int registry_fd(const struct registry *registry)
{
	return registry->process.socket_fd;
}

int registry_next(struct registry *registry, int timeout_ms, struct registry_event *ret,
		  struct err *e)
{
	for (;;) {
		int r;

		if (registry_news_take(&registry->news, ret))
			return 1;
		r = registry_command_receive(registry, timeout_ms, e);
		if (r <= 0)
			return r;
		registry_news_keep(&registry->news, &registry->frame);
	}
}
