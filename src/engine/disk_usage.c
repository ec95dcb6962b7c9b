/*
 * See disk_usage.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/disk_usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/tree_usage.h"
#include "image/image_parts.h"
#include "image/partial.h"
#include "store/container_dir.h"

struct measuring {
	struct engine *engine;
	struct arena *arena;
	struct disk_usage *ret;
	struct tree_usage tree; /* all of ROOT, each part once */
	struct err *e;
};

static uint64_t measure(struct measuring *m, const char *path)
{
	return tree_usage_add(&m->tree, m->engine->state.root_fd, path);
}

static int no_memory(struct measuring *m)
{
	return err_set(m->e, ERR_INTERNAL, -ENOMEM, "no memory for what is on the disk");
}

/* --- containers -------------------------------------------------------------------------- */

static bool is_running(const struct container *container)
{
	enum container_status status = container->liveness.status;

	return status == STATUS_RUNNING || status == STATUS_PAUSED ||
	       status == STATUS_RESTARTING;
}

/* The log's files begin with the id (log_files.h); the rest of the directory is the container's. */
static void measure_container(struct measuring *m, struct usage_container *item)
{
	char path[CONTAINER_PATH_SIZE];
	struct dirent *entry;
	DIR *dir;
	int fd;

	container_path(path, DIR_CONTAINERS, item->container.record.id, NULL);
	fd = openat(m->engine->state.root_fd, path,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		bool is_log = str_starts(entry->d_name, item->container.record.id);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		*(is_log ? &item->log_bytes : &item->bytes) +=
			tree_usage_add(&m->tree, dirfd(dir), entry->d_name);
	}
	(void)closedir(dir);
	/* The directory itself. */
	item->bytes += measure(m, path);
}

static int measure_containers(struct measuring *m)
{
	struct disk_usage *ret = m->ret;
	struct container *containers;
	size_t count;
	int r = engine_list(m->engine, m->arena, &containers, &count, m->e);

	if (r < 0)
		return r;
	ret->container_items = arena_array(m->arena, count, sizeof(ret->container_items[0]));
	if (!ret->container_items)
		return no_memory(m);
	ret->containers.total = ret->logs.total = count;
	for (size_t i = 0; i < count; i++) {
		struct usage_container *item = &ret->container_items[i];
		bool is_active = is_running(&containers[i]);

		item->container = containers[i];
		measure_container(m, item);
		ret->containers.bytes += item->bytes;
		ret->containers.active += is_active;
		ret->logs.bytes += item->log_bytes;
		ret->logs.active += is_active;
		if (is_active)
			continue;
		ret->containers.reclaimable += item->bytes;
		ret->logs.reclaimable += item->log_bytes;
	}
	ret->containers.bytes += measure(m, DIR_CONTAINERS);
	return 0;
}

/* --- images ------------------------------------------------------------------------------ */

static size_t count_users(const struct measuring *m, const char *image_id)
{
	size_t count = 0;

	for (size_t i = 0; i < m->ret->containers.total; i++)
		count += str_equal(m->ret->container_items[i].container.record.image_id,
				   image_id);
	return count;
}

/* Layers of containers stay though their image may have gone. */
static void hold_layers(const struct measuring *m, struct image_parts *parts)
{
	for (size_t i = 0; i < m->ret->containers.total; i++) {
		const struct strv *layers = &m->ret->container_items[i].container.record.layers;

		for (size_t n = 0; n < layers->count; n++)
			image_parts_hold(parts, layers->items[n]);
	}
}

static int measure_image(struct measuring *m, struct image_parts *parts,
			 struct usage_image *item)
{
	item->containers = count_users(m, item->image.id);
	m->ret->images.active += item->containers > 0;
	return image_parts_add(parts, item->image.id, item->containers > 0, m->arena, m->e);
}

static int measure_images(struct measuring *m)
{
	struct disk_usage *ret = m->ret;
	struct image_parts parts;
	struct image *images;
	size_t count;
	int r = image_list(&m->engine->state, false, m->arena, &images, &count, m->e);

	if (r == 0)
		r = image_parts_begin(&m->engine->state, &m->tree, m->arena, &parts, m->e);
	if (r < 0)
		return r;
	ret->image_items = arena_array(m->arena, count, sizeof(ret->image_items[0]));
	if (!ret->image_items)
		return no_memory(m);
	ret->images.total = count;
	hold_layers(m, &parts);
	for (size_t i = 0; i < count && r == 0; i++) {
		ret->image_items[i].image = images[i];
		r = measure_image(m, &parts, &ret->image_items[i]);
	}
	for (size_t i = 0; i < count && r == 0; i++)
		r = image_parts_sum(&parts, images[i].id, m->arena, &ret->image_items[i].bytes,
				    &ret->image_items[i].shared, m->e);
	ret->images.bytes =
		parts.bytes + measure(m, "layers") + measure(m, "blobs") + measure(m, "images");
	ret->images.reclaimable = image_parts_unheld(&parts);
	return r;
}

/* --- volumes and the rest ---------------------------------------------------------------- */

static size_t count_links(const struct measuring *m, const char *volume)
{
	size_t count = 0;

	for (size_t i = 0; i < m->ret->containers.total; i++) {
		const struct container_config *config =
			&m->ret->container_items[i].container.record.config;
		bool is_mounted = false;

		for (size_t n = 0; n < config->mount_count; n++)
			is_mounted |= config->mounts[n].kind == MOUNT_VOLUME &&
				      str_equal(config->mounts[n].source, volume);
		count += is_mounted;
	}
	return count;
}

static int measure_volumes(struct measuring *m)
{
	struct disk_usage *ret = m->ret;
	struct volume *volumes;
	size_t count;
	int r = engine_volume_list(m->engine, m->arena, &volumes, &count, m->e);

	if (r < 0)
		return r;
	ret->volume_items = arena_array(m->arena, count, sizeof(ret->volume_items[0]));
	if (!ret->volume_items)
		return no_memory(m);
	ret->volumes.total = count;
	for (size_t i = 0; i < count; i++) {
		struct usage_volume *item = &ret->volume_items[i];
		char path[sizeof(item->volume.name) + 16];

		item->volume = volumes[i];
		item->links = count_links(m, volumes[i].name);
		(void)snprintf(path, sizeof(path), "volumes/%s", volumes[i].name);
		item->bytes = measure(m, path);
		ret->volumes.active += item->links > 0;
		ret->volumes.bytes += item->bytes;
		ret->volumes.reclaimable += item->links > 0 ? 0 : item->bytes;
	}
	ret->volumes.bytes += measure(m, "volumes");
	return 0;
}

static int measure_downloads(struct measuring *m)
{
	struct usage_row *row = &m->ret->downloads;
	struct partial_usage partial;
	int r = partial_measure(&m->engine->state, &partial, m->e);

	row->total = partial.count;
	row->bytes = measure(m, "partial");
	row->reclaimable = partial.bytes;
	return r;
}

int engine_disk_usage(struct engine *engine, struct arena *arena, struct disk_usage *ret,
		      struct err *e)
{
	struct measuring m = { .engine = engine, .arena = arena, .ret = ret, .e = e };
	int r;

	*ret = (struct disk_usage){ 0 };
	r = measure_containers(&m);
	if (r == 0)
		r = measure_images(&m);
	if (r == 0)
		r = measure_volumes(&m);
	if (r == 0)
		r = measure_downloads(&m);
	if (r == 0)
		ret->other.bytes = measure(&m, ".");
	if (r == 0 && m.tree.is_broken)
		r = no_memory(&m);
	tree_usage_done(&m.tree);
	return r;
}

/* --- one thing --------------------------------------------------------------------------- */

static uint64_t bytes_of(struct engine *engine, const char *path)
{
	struct tree_usage tree = { 0 };
	uint64_t bytes = tree_usage_add(&tree, engine->state.root_fd, path);

	tree_usage_done(&tree);
	return bytes;
}

uint64_t engine_container_bytes(struct engine *engine, const char *id)
{
	char path[CONTAINER_PATH_SIZE];

	container_path(path, DIR_CONTAINERS, id, NULL);
	return bytes_of(engine, path);
}

uint64_t engine_volume_bytes(struct engine *engine, const char *name)
{
	char path[RECORD_NAME_SIZE + 16];

	(void)snprintf(path, sizeof(path), "volumes/%s", name);
	return bytes_of(engine, path);
}
