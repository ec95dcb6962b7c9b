/*
 * Which images and layers containers need: what image/ asks before it removes anything.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_IMAGE_USERS_H
#define HOY_ENGINE_IMAGE_USERS_H

#include "engine/record_list.h"

struct image_user_list {
	struct engine *engine;
	bool is_read;
	struct arena arena;
	struct record_list records;
};

/*
 * As image_store.h wants them; `list` is borrowed, to be done after use. The records of
 * published containers and of those that are being made are read at the first question, which
 * is asked with the images locked: whoever held them before has its record by then. When they
 * cannot be read, everything is in use.
 */
struct image_users image_users_of(struct image_user_list *list, struct engine *engine);
void image_users_done(struct image_user_list *list);

#endif
