/*
 * Merging a container's configuration with its image's: see container_config.h.
 *
 * Runs in: cli (engine).
 * See: moby daemon/commit.go, merge().
 */
#include "spec/container_config.h"

#include <string.h>

static size_t name_len(const char *assignment)
{
	return strcspn(assignment, "=");
}

/* Is there an item of the same name, with or without a value? */
static bool has_name(const struct strv *v, const char *assignment)
{
	size_t len = name_len(assignment);

	for (size_t i = 0; i < v->count; i++)
		if (name_len(v->items[i]) == len && strncmp(v->items[i], assignment, len) == 0)
			return true;
	return false;
}

static void merge_assignments(struct strv *to, struct arena *arena, const struct strv *from)
{
	for (size_t i = 0; i < from->count; i++)
		if (!has_name(to, from->items[i]))
			strv_add(to, arena, from->items[i]);
}

static void merge_text(char **to, struct arena *arena, const char *from)
{
	if (str_is_empty(*to) && !str_is_empty(from))
		*to = arena_copy(arena, from);
}

static void copy_strings(struct strv *to, struct arena *arena, const struct strv *from)
{
	*to = (struct strv){ 0 };
	for (size_t i = 0; i < from->count; i++)
		strv_add(to, arena, from->items[i]);
}

/* An entrypoint of the user's, even an empty one, also drops the image's Cmd. */
static void merge_command(struct container_config *config, struct arena *arena,
			  const struct image_config *image)
{
	if (config->has_entrypoint)
		return;
	if (config->cmd.count == 0) {
		copy_strings(&config->cmd, arena, &image->cmd);
		config->has_cmd = image->has_cmd;
	}
	copy_strings(&config->entrypoint, arena, &image->entrypoint);
	config->has_entrypoint = image->has_entrypoint;
}

static bool has_mount(const struct container_config *config, const char *destination)
{
	for (size_t i = 0; i < config->mount_count; i++)
		if (strcmp(config->mounts[i].destination, destination) == 0)
			return true;
	return false;
}

static void merge_volumes(struct container_config *config, struct arena *arena,
			  const struct image_config *image)
{
	size_t room = config->mount_count + image->volumes.count;
	struct mount_request *mounts;

	if (image->volumes.count == 0)
		return;
	mounts = arena_array(arena, room, sizeof(*mounts));
	if (!mounts)
		return;
	if (config->mount_count > 0)
		memcpy(mounts, config->mounts, config->mount_count * sizeof(*mounts));
	config->mounts = mounts;
	for (size_t i = 0; i < image->volumes.count; i++) {
		if (has_mount(config, image->volumes.items[i]))
			continue;
		mounts[config->mount_count++] = (struct mount_request){
			.kind = MOUNT_VOLUME,
			.destination = arena_copy(arena, image->volumes.items[i]),
			.is_anonymous = true,
		};
	}
}

void container_config_merge(struct container_config *config, struct arena *arena,
			    const struct image_config *image)
{
	merge_text(&config->user, arena, image->user);
	merge_text(&config->working_dir, arena, image->working_dir);
	merge_text(&config->stop_signal, arena, image->stop_signal);
	merge_assignments(&config->env, arena, &image->env);
	merge_assignments(&config->labels, arena, &image->labels);
	merge_assignments(&config->exposed_ports, arena, &image->exposed_ports);
	merge_command(config, arena, image);
	merge_volumes(config, arena, image);
}
