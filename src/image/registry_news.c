/*
 * See registry_news.h.
 *
 * Runs in: cli (engine).
 */
#include "image/registry_news.h"

#include "image/registry_failure.h"

struct registry_slot *registry_news_find(struct registry_news *news, uint32_t id)
{
	for (size_t i = 0; i < REGISTRY_BLOBS_MAX; i++)
		if (news->slots[i].id == id)
			return &news->slots[i];
	return NULL;
}

static enum registry_how take_how(int32_t code)
{
	return code == FETCH_EXISTED   ? REGISTRY_EXISTED
	       : code == FETCH_MOUNTED ? REGISTRY_MOUNTED
				       : REGISTRY_TRANSFERRED;
}

void registry_news_keep(struct registry_news *news, const struct fetch_frame *frame)
{
	struct registry_slot *slot =
		frame->head.id ? registry_news_find(news, frame->head.id) : NULL;
	struct registry_event event = { .kind = REGISTRY_PROGRESS,
					.id = frame->head.id,
					.bytes = frame->head.size };

	if (!slot || (slot->has_news && slot->news.kind == REGISTRY_END))
		return;
	if (frame->head.kind == FETCH_DONE) {
		event.kind = REGISTRY_END;
		event.how = take_how(frame->head.code);
	} else if (frame->head.kind == FETCH_FAILED) {
		event.kind = REGISTRY_END;
		event.result = registry_failure(frame, &event.err);
	} else if (frame->head.kind == FETCH_PROGRESS) {
		event.size = frame->head.offset;
	} else {
		return;
	}
	slot->news = event;
	slot->has_news = true;
}

bool registry_news_take(struct registry_news *news, struct registry_event *ret)
{
	for (size_t i = 0; i < REGISTRY_BLOBS_MAX; i++) {
		struct registry_slot *slot = &news->slots[i];

		if (!slot->id || !slot->has_news)
			continue;
		*ret = slot->news;
		slot->has_news = false;
		if (slot->news.kind == REGISTRY_END)
			slot->id = 0;
		return true;
	}
	return false;
}
