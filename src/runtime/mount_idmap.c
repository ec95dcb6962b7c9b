/*
 * See mount_idmap.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/mount_idmap.h"

#include <sched.h>
#include <string.h>

#include "runtime/plan_build.h"

enum { RANGES_MAX = 340 }; /* of user_namespaces(7) */

/* What `id` of the container is on the host; -1: nothing. */
static int64_t host_id(const struct spec_id_mappings *mappings, uint32_t id)
{
	if (mappings->count == 0)
		return id;
	for (size_t i = 0; i < mappings->count; i++) {
		const struct spec_id_mapping *m = &mappings->items[i];

		if (id >= m->container_id && id - m->container_id < m->size)
			return (int64_t)m->host_id + (id - m->container_id);
	}
	return -1;
}

static int range_parse(char *text, const struct spec_id_mappings *container,
		       struct spec_id_mapping *ret, struct err *e)
{
	bool is_inside = text[0] == '@';
	char *next = text + is_inside;
	uint64_t numbers[3]; /* on disk, seen instead, how many */
	int64_t host;

	for (int i = 0; i < 3; i++) {
		const char *number = strsep(&next, "-");

		if (!number || parse_u64(number, i == 2, UINT32_MAX, &numbers[i]) < 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "option idmap: a range is not ONDISK-HOST-COUNT");
	}
	host = is_inside ? host_id(container, (uint32_t)numbers[1]) : (int64_t)numbers[1];
	if (next || host < 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       next ? "option idmap: a range is not ONDISK-HOST-COUNT"
				    : "option idmap: an id that the container does not have");
	*ret = (struct spec_id_mapping){ .container_id = (uint32_t)numbers[0],
					 .host_id = (uint32_t)host,
					 .size = (uint32_t)numbers[2] };
	return 0;
}

/* "0-1-10#10-11-10" */
static int ranges_parse(char *text, const struct spec_id_mappings *container,
			struct arena *arena, struct spec_id_mappings *ret, struct err *e)
{
	struct spec_id_mapping *items = arena_array(arena, RANGES_MAX, sizeof(*items));
	char *next = text;
	size_t count = 0;

	if (!items)
		return err_sys(e, ENOMEM, "option idmap");
	while (next) {
		char *range = strsep(&next, "#");
		int r;

		if (count == RANGES_MAX)
			return err_set(e, ERR_INVALID, -E2BIG,
				       "option idmap: more than %d ranges", RANGES_MAX);
		r = range_parse(range, container, &items[count], e);
		if (r < 0)
			return r;
		count++;
	}
	*ret = (struct spec_id_mappings){ .items = items, .count = count };
	return 0;
}

static int option_parse(const char *option, const struct spec *spec, struct arena *arena,
			struct spec *ret, struct err *e)
{
	char *next = arena_copy(arena, option);
	int r = next ? 0 : err_sys(e, ENOMEM, "option idmap");

	while (r == 0 && next) {
		char *part = strsep(&next, ";");

		if (str_starts(part, "uids="))
			r = ranges_parse(part + 5, &spec->uid_mappings, arena,
					 &ret->uid_mappings, e);
		else if (str_starts(part, "gids="))
			r = ranges_parse(part + 5, &spec->gid_mappings, arena,
					 &ret->gid_mappings, e);
		else
			r = err_set(e, ERR_INVALID, -EINVAL,
				    "option idmap: \"%s\" is neither uids= nor gids=", part);
	}
	return r;
}

int mount_idmap_resolve(const struct spec *spec, const struct spec_mount *mount,
			const struct mount_options *options, struct arena *arena,
			struct spec *ret, struct err *e)
{
	int r;

	*ret = (struct spec){ .uid_mappings = mount->uid_mappings,
			      .gid_mappings = mount->gid_mappings };
	if ((mount->uid_mappings.count > 0) != (mount->gid_mappings.count > 0))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "uidMappings and gidMappings are given together or not at all");
	if (mount->uid_mappings.count > 0)
		return 0;
	if (!options->id_map && !spec_has_namespace(spec, CLONE_NEWUSER))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "option idmap needs mappings: the mount has none, and the "
			       "container has no user namespace");
	r = options->id_map ? option_parse(options->id_map, spec, arena, ret, e) : 0;
	/* What the option does not speak of is as in the container. */
	if (ret->uid_mappings.count == 0)
		ret->uid_mappings = spec->uid_mappings;
	if (ret->gid_mappings.count == 0)
		ret->gid_mappings = spec->gid_mappings;
	return r;
}
