/*
 * All images, each with the references that point to it.
 *
 * Runs in: cli (engine).
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "image/image_load.h"
#include "image/image_record.h"
#include "image/ref.h"
#include "image/work.h"

static int image_compare(const void *a, const void *b)
{
	const struct image *x = a;
	const struct image *y = b;

	if (x->created_ns != y->created_ns)
		return x->created_ns > y->created_ns ? -1 : 1;
	return strcmp(x->id, y->id);
}

static int image_compare_id(const void *a, const void *b)
{
	return strcmp(((const struct image *)a)->id, ((const struct image *)b)->id);
}

/* `images` are sorted by their ids. */
static void image_add_references(struct image *images, size_t count, const struct ref *refs,
				 size_t ref_count, struct arena *arena)
{
	for (size_t i = 0; i < ref_count; i++) {
		struct image key = { 0 };
		struct image *image;

		memcpy(key.id, refs[i].id, sizeof(key.id));
		image = bsearch(&key, images, count, sizeof(images[0]), image_compare_id);
		if (image)
			strv_add_borrowed(&image->references, arena, refs[i].name);
	}
}

int image_list(const struct state *state, bool has_configs, struct arena *arena,
	       struct image **ret, size_t *ret_count, struct err *e)
{
	struct image *images;
	struct strv ids;
	struct ref *refs;
	size_t ref_count;
	size_t count = 0;
	struct err debris = { 0 };
	int r;

	if (work_recover_now(state, &debris) < 0)
		log_debug("%s", debris.text);
	r = image_record_list(state, arena, &ids, e);
	if (r == 0)
		r = ref_list(state, arena, &refs, &ref_count, e);
	if (r < 0)
		return r;
	images = arena_array(arena, ids.count, sizeof(images[0]));
	for (size_t i = 0; images && i < ids.count; i++) {
		struct err damage = { 0 };

		r = (has_configs ? image_load : image_load_record)(state, ids.items[i], arena,
								   &images[count], &damage);
		if (r == 0)
			count++;
		else if (r != -ENOENT) /* one damaged image does not hide the others */
			log_warn("%s", damage.text);
	}
	if (!images || arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the list of images");
	if (count > 0)
		image_add_references(images, count, refs, ref_count, arena);
	qsort(images, count, sizeof(images[0]), image_compare);
	*ret = images;
	*ret_count = count;
	return 0;
}
