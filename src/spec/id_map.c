/*
 * See id_map.h.
 *
 * Runs in: cli.
 */
#include "spec/id_map.h"

#include <string.h>

enum { LINES_MAX = 340, PARTS = 3 }; /* lines: of user_namespaces(7) */

static int line_parse(const char *text, struct arena *arena, struct spec_id_mapping *ret)
{
	char *next = arena_copy(arena, text);
	uint64_t n[PARTS];

	for (int i = 0; i < PARTS; i++) {
		const char *part = next ? strsep(&next, ":") : NULL;

		if (!part ||
		    parse_u64(part, i == 2, (uint64_t)SPEC_UID_MAX + (i == 2), &n[i]) < 0)
			return -EINVAL;
	}
	*ret = (struct spec_id_mapping){ (uint32_t)n[0], (uint32_t)n[1], (uint32_t)n[2] };
	return next || n[0] + n[2] > (uint64_t)SPEC_UID_MAX + 1 ||
			       n[1] + n[2] > (uint64_t)SPEC_UID_MAX + 1
		       ? -EINVAL
		       : 0;
}

static bool meets(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size)
{
	return a < b ? b - a < a_size : a - b < b_size;
}

static bool is_ambiguous(const struct spec_id_mapping *items, size_t last)
{
	const struct spec_id_mapping *l = &items[last];

	for (size_t i = 0; i < last; i++)
		if (meets(items[i].container_id, items[i].size, l->container_id, l->size) ||
		    meets(items[i].host_id, items[i].size, l->host_id, l->size))
			return true;
	return false;
}

int id_map_parse(const char *flag, const struct strv *texts, struct arena *arena,
		 struct spec_id_mappings *ret, struct err *e)
{
	struct spec_id_mapping *items;
	bool has_root = false;

	*ret = (struct spec_id_mappings){ 0 };
	if (texts->count == 0)
		return 0;
	if (texts->count > LINES_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%s: more than %d mappings", flag,
			       LINES_MAX);
	items = arena_array(arena, texts->count, sizeof(*items));
	if (!items)
		return err_sys(e, ENOMEM, "%s", flag);
	for (size_t i = 0; i < texts->count; i++) {
		if (line_parse(texts->items[i], arena, &items[i]) < 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s: \"%.60s\" is not CONTAINER:HOST:COUNT, with ids up "
				       "to %d",
				       flag, texts->items[i], SPEC_UID_MAX);
		if (is_ambiguous(items, i))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s: \"%.60s\" maps an id that is mapped already", flag,
				       texts->items[i]);
		has_root |= items[i].container_id == 0;
	}
	if (!has_root)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%s: the container's 0 is mapped to nothing", flag);
	*ret = (struct spec_id_mappings){ items, texts->count };
	return 0;
}
