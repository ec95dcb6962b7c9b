/*
 * See id_shift.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/id_shift.h"

#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <string.h>

#include "spec/id_map.h"

enum { NOBODY = 65534 };

int id_shift_init(struct id_shift *shift, const struct container_config *config,
		  struct arena *arena, struct err *e)
{
	int r;

	*shift = (struct id_shift){ 0 };
	r = id_map_parse("--uidmap", &config->uid_map, arena, &shift->uids, e);
	return r < 0 ? r : id_map_parse("--gidmap", &config->gid_map, arena, &shift->gids, e);
}

/* Returns -1 where there is no place for it. */
static int64_t id_find(const struct spec_id_mappings *mappings, bool is_inward, uint32_t id)
{
	for (size_t i = 0; i < mappings->count; i++) {
		const struct spec_id_mapping *m = &mappings->items[i];
		uint32_t from = is_inward ? m->host_id : m->container_id;
		uint32_t to = is_inward ? m->container_id : m->host_id;

		if (id >= from && id - from < m->size)
			return (int64_t)to + (id - from);
	}
	return -1;
}

static uint32_t id_shift(const struct id_shift *shift, const struct spec_id_mappings *mappings,
			 uint32_t id)
{
	int64_t found = id_find(mappings, shift->is_inward, id);

	return found < 0 ? NOBODY : (uint32_t)found;
}

uid_t id_shift_uid(const struct id_shift *shift, uid_t uid)
{
	return id_shift(shift, &shift->uids, uid);
}

gid_t id_shift_gid(const struct id_shift *shift, gid_t gid)
{
	return id_shift(shift, &shift->gids, gid);
}

void id_shift_stat(const struct id_shift *shift, struct stat *st)
{
	st->st_uid = id_shift_uid(shift, st->st_uid);
	st->st_gid = id_shift_gid(shift, st->st_gid);
}

static void acl_shift(const struct id_shift *shift, char *value, size_t len)
{
	struct posix_acl_xattr_entry entry;

	for (size_t at = sizeof(struct posix_acl_xattr_header); at + sizeof(entry) <= len;
	     at += sizeof(entry)) {
		memcpy(&entry, value + at, sizeof(entry));
		if (le16toh(entry.e_tag) == ACL_USER)
			entry.e_id = htole32(id_shift_uid(shift, le32toh(entry.e_id)));
		else if (le16toh(entry.e_tag) == ACL_GROUP)
			entry.e_id = htole32(id_shift_gid(shift, le32toh(entry.e_id)));
		memcpy(value + at, &entry, sizeof(entry));
	}
}

/* Without a root in it, it speaks of the host's: inside that is the container's own. The kernel
 * writes and shows one whose root is our 0 in that shorter form by itself. */
static ssize_t capability_shift(const struct id_shift *shift, char *value, size_t len)
{
	struct vfs_ns_cap_data data = { 0 };
	int64_t root;

	if (len != XATTR_CAPS_SZ_2 && len != XATTR_CAPS_SZ_3)
		return (ssize_t)len;
	memcpy(&data, value, len);
	root = id_find(&shift->uids, shift->is_inward, le32toh(data.rootid));
	if (root < 0)
		return -EOVERFLOW;
	data.rootid = htole32((uint32_t)root);
	data.magic_etc = htole32((le32toh(data.magic_etc) & ~VFS_CAP_REVISION_MASK) |
				 VFS_CAP_REVISION_3);
	memcpy(value, &data, XATTR_CAPS_SZ_3);
	return XATTR_CAPS_SZ_3;
}

ssize_t id_shift_xattr(const struct id_shift *shift, const char *name, char *value, size_t len)
{
	if (strcmp(name, "security.capability") == 0)
		return capability_shift(shift, value, len);
	if (str_starts(name, "system.posix_acl_"))
		acl_shift(shift, value, len);
	return (ssize_t)len;
}
