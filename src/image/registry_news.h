/*
 * The blobs on their way, and what hoy-fetch has said of them and nobody has asked for yet.
 *
 * Of each blob only the latest is kept: progress replaces progress, and the end is the last word.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_REGISTRY_NEWS_H
#define HOY_IMAGE_REGISTRY_NEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "image/registry.h"
#include "proto/fetch.h"

struct registry_slot {
	uint32_t id; /* of the command; 0: free */
	bool has_news;
	struct registry_event news; /* the latest progress, or the end */
};

/* Zeroed: no blob is on its way. */
struct registry_news {
	struct registry_slot slots[REGISTRY_BLOBS_MAX];
};

/* The slot of a command, `id` 0: a free one. NULL: there is none. */
struct registry_slot *registry_news_find(struct registry_news *news, uint32_t id);
/* What a frame says of a blob; of one that nobody waits for it says nothing. */
void registry_news_keep(struct registry_news *news, const struct fetch_frame *frame);
/* Give out one that is kept; after its end a blob's slot is free. Returns whether there was one. */
bool registry_news_take(struct registry_news *news, struct registry_event *ret);

#endif
