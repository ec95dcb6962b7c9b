/*
 * See push_mount.h.
 *
 * Runs in: cli (engine).
 */
#include "image/push_mount.h"

#include <string.h>

#include "image/image_record.h"

static bool has_blob(const struct state *state, const struct ref *ref, const char *blob,
		     struct arena *arena)
{
	const struct image_record_manifest *manifest;
	struct image_record record;

	if (image_record_read(state, ref->id, arena, &record, NULL) < 0)
		return false;
	manifest = image_record_manifest(&record, ref->manifest);
	for (size_t i = 0; i < record.layer_count; i++)
		if (strcmp(manifest->layers[i].blob, blob) == 0)
			return true;
	return false;
}

const char *push_mount_find(const struct state *state, const struct ref *refs, size_t count,
			    const struct reference *target, const char *blob,
			    struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_ARENA struct arena record_arena = { 0 };
		struct reference other;

		if (reference_parse(refs[i].name, &other, NULL) < 0 || !other.digest[0] ||
		    strcmp(other.registry, target->registry) != 0 ||
		    strcmp(other.repository, target->repository) == 0)
			continue;
		if (has_blob(state, &refs[i], blob, &record_arena))
			return arena_copy(arena, other.repository);
	}
	return NULL;
}
