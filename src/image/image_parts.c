/*
 * See image_parts.h.
 *
 * Runs in: cli (engine).
 */
#include "image/image_parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "image/image_record.h"

struct gathering {
	struct image_parts *parts;
	struct tree_usage *tree;
	struct arena *arena;
	size_t room;
};

static int part_add(struct gathering *g, char kind, int dir_fd, const char *name)
{
	struct image_parts *parts = g->parts;
	struct image_part *part;

	if (parts->count == g->room) {
		size_t room = g->room ? 2 * g->room : 64;
		struct image_part *more = arena_array(g->arena, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		if (parts->count > 0)
			memcpy(more, parts->items, parts->count * sizeof(*more));
		parts->items = more;
		g->room = room;
	}
	part = &parts->items[parts->count++];
	*part = (struct image_part){ .kind = kind };
	memcpy(part->hex, name, sizeof(part->hex));
	part->bytes = tree_usage_add(g->tree, dir_fd, name);
	parts->bytes += part->bytes;
	return 0;
}

static int gather(struct gathering *g, char kind, const char *path, struct err *e)
{
	const struct state *state = g->parts->state;
	int fd = openat(state->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, errno, "open %s/%s", state->root, path);
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a directory");
	}
	while (r == 0 && (entry = readdir(dir)))
		if (strlen(entry->d_name) == DIGEST_HEX_LEN)
			r = part_add(g, kind, dirfd(dir), entry->d_name);
	(void)closedir(dir);
	return r < 0 ? err_sys(e, r, "list %s/%s", state->root, path) : 0;
}

static int part_compare(const void *a, const void *b)
{
	const struct image_part *x = a;
	const struct image_part *y = b;

	return x->kind != y->kind ? x->kind - y->kind : strcmp(x->hex, y->hex);
}

int image_parts_begin(const struct state *state, struct tree_usage *tree, struct arena *arena,
		      struct image_parts *ret, struct err *e)
{
	struct gathering g = { .parts = ret, .tree = tree, .arena = arena };
	int r;

	*ret = (struct image_parts){ .state = state };
	r = gather(&g, 'l', "layers", e);
	if (r == 0)
		r = gather(&g, 'b', "blobs/sha256", e);
	if (r == 0 && ret->count > 1)
		qsort(ret->items, ret->count, sizeof(ret->items[0]), part_compare);
	return r;
}

static struct image_part *part_find(const struct image_parts *parts, char kind,
				    const char *digest)
{
	struct image_part key = { .kind = kind };

	(void)str_copy(key.hex, sizeof(key.hex), digest_hex(digest));
	return parts->count == 0 ? NULL
				 : bsearch(&key, parts->items, parts->count,
					   sizeof(parts->items[0]), part_compare);
}

void image_parts_hold(struct image_parts *parts, const char *diff_id)
{
	struct image_part *part =
		digest_is_valid(diff_id) ? part_find(parts, 'l', diff_id) : NULL;

	if (part)
		part->is_held = true;
}

/* Each part of an image, perhaps several times. */
typedef void part_each(struct image_part *part, void *context);

static void each_digest(const struct image_parts *parts, char kind, const char *digest,
			part_each *each, void *context)
{
	struct image_part *part = part_find(parts, kind, digest);

	if (part)
		each(part, context);
}

static int each_part(const struct image_parts *parts, const char *id, struct arena *arena,
		     part_each *each, void *context)
{
	struct image_record record;

	if (image_record_read(parts->state, id, arena, &record, NULL) < 0)
		return 0;
	each_digest(parts, 'b', id, each, context);
	for (size_t m = 0; m < record.manifest_count; m++) {
		each_digest(parts, 'b', record.manifests[m].digest, each, context);
		for (size_t i = 0; i < record.layer_count; i++)
			each_digest(parts, 'b', record.manifests[m].layers[i].blob, each,
				    context);
	}
	for (size_t i = 0; i < record.layer_count; i++)
		each_digest(parts, 'l', record.manifests[0].layers[i].diff_id, each, context);
	return arena_ok(arena);
}

struct counting {
	size_t number;
	bool is_held;
};

static void part_count(struct image_part *part, void *context)
{
	const struct counting *counting = context;

	part->images += part->last_image != counting->number;
	part->last_image = counting->number;
	part->is_held |= counting->is_held;
}

int image_parts_add(struct image_parts *parts, const char *id, bool is_held,
		    struct arena *arena, struct err *e)
{
	struct counting counting = { .number = ++parts->image_count, .is_held = is_held };

	return each_part(parts, id, arena, part_count, &counting) < 0
		       ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's layers")
		       : 0;
}

struct summing {
	size_t number;
	uint64_t bytes;
	uint64_t shared;
};

static void part_sum(struct image_part *part, void *context)
{
	struct summing *summing = context;

	if (part->last_image == summing->number)
		return;
	part->last_image = summing->number;
	summing->bytes += part->bytes;
	if (part->images > 1)
		summing->shared += part->bytes;
}

int image_parts_sum(struct image_parts *parts, const char *id, struct arena *arena,
		    uint64_t *ret_bytes, uint64_t *ret_shared, struct err *e)
{
	struct summing summing = { .number = ++parts->image_count };

	if (each_part(parts, id, arena, part_sum, &summing) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image's layers");
	*ret_bytes = summing.bytes;
	*ret_shared = summing.shared;
	return 0;
}

uint64_t image_parts_unheld(const struct image_parts *parts)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < parts->count; i++)
		if (!parts->items[i].is_held)
			bytes += parts->items[i].bytes;
	return bytes;
}
