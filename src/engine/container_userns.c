/*
 * See container_userns.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_userns.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>

#include "base/fd.h"
#include "engine/userns_range.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"
#include "linux/namespace.h"
#include "runtime/idmap_namespace.h"
#include "spec/id_map.h"

/* --- what was asked for ------------------------------------------------------------------ */

/* What belongs to the host's user namespace cannot be used from another one; docker's sentences
 * where it has some. */
static int check_modes(const struct container_config *c, struct err *e)
{
	if (c->is_privileged)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "privileged mode is incompatible with user namespaces.  You "
			       "must run the container in the host namespace when running "
			       "privileged mode");
	if (mode_is(c->network_mode, "host") || mode_container(c->network_mode))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot share the host's or another container's network "
			       "namespace when user namespaces are enabled");
	if (mode_is(c->pid_mode, "host") || mode_container(c->pid_mode))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot share the host PID namespace when user namespaces are "
			       "enabled");
	if (mode_is(c->ipc_mode, "host") || mode_container(c->ipc_mode))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot share another IPC namespace when user namespaces are "
			       "enabled");
	if (mode_is(c->uts_mode, "host"))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot share the host's UTS namespace when user namespaces are "
			       "enabled");
	return 0;
}

int container_userns_check(struct container_config *c, struct arena *arena, struct err *e)
{
	struct spec_id_mappings mappings;
	bool has_maps = c->uid_map.count > 0 || c->gid_map.count > 0;
	int r;

	if (has_maps && !str_is_empty(c->userns_mode))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "--userns=%s and --uidmap or --gidmap exclude each other",
			       c->userns_mode);
	if (!has_maps && !container_has_userns(c))
		return 0;
	if (has_maps)
		c->userns_mode = arena_copy(arena, "private");
	if (c->gid_map.count == 0)
		c->gid_map = c->uid_map;
	if (c->uid_map.count == 0)
		c->uid_map = c->gid_map;
	r = check_modes(c, e);
	if (r == 0)
		r = id_map_parse("--uidmap", &c->uid_map, arena, &mappings, e);
	return r < 0 ? r : id_map_parse("--gidmap", &c->gid_map, arena, &mappings, e);
}

static uint64_t auto_size(const char *mode)
{
	uint64_t size = USERNS_RANGE_SIZE;

	if (str_starts(mode, "auto:size="))
		(void)parse_u64(mode + strlen("auto:size="), 1, USERNS_RANGE_SIZE, &size);
	return size;
}

int container_userns_choose(struct start *s, struct err *e)
{
	struct container_config *c = &s->record.config;
	uint32_t first;
	char *line;
	int r;

	if (!container_has_userns(c) || c->uid_map.count > 0)
		return 0;
	r = userns_range_take(&s->engine->state, s->dir.id, &first, e);
	if (r < 0)
		return r;
	line = arena_printf(s->arena, "0:%u:%u", first,
			    (unsigned int)auto_size(c->userns_mode));
	strv_add_borrowed(&c->uid_map, s->arena, line);
	strv_add_borrowed(&c->gid_map, s->arena, line);
	return arena_ok(s->arena);
}

/* --- mapped mounts ----------------------------------------------------------------------- */

/*
 * overlayfs makes its own files as who mounted it, the host's 0, which would be nobody on a mapped
 * mount. So the last id that there is stands for it on the disk: inside it is nobody.
 */
static int root_add(const char *flag, struct spec_id_mappings *mappings, struct arena *arena,
		    struct err *e)
{
	struct spec_id_mapping *items = arena_array(arena, mappings->count + 1, sizeof(*items));
	const uint32_t last = SPEC_UID_MAX;

	if (!items)
		return err_sys(e, ENOMEM, "map ids");
	for (size_t i = 0; i < mappings->count; i++) {
		const struct spec_id_mapping *m = &mappings->items[i];

		if (m->host_id == 0)
			return 0;
		if (last - m->container_id < m->size)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s: the id %u is not for containers", flag, last);
		items[i] = *m;
	}
	items[mappings->count] =
		(struct spec_id_mapping){ .container_id = last, .host_id = 0, .size = 1 };
	*mappings = (struct spec_id_mappings){ items, mappings->count + 1 };
	return 0;
}

int userns_mounts_open(const struct container_config *config, struct userns_mounts *ret,
		       struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec spec = { 0 };
	int r = id_map_parse("--uidmap", &config->uid_map, &arena, &spec.uid_mappings, e);

	if (r == 0)
		r = id_map_parse("--gidmap", &config->gid_map, &arena, &spec.gid_mappings, e);
	if (r < 0)
		return r;
	ret->lower_fd = idmap_namespace_open(&spec, e);
	if (ret->lower_fd < 0)
		return ret->lower_fd;
	r = root_add("--uidmap", &spec.uid_mappings, &arena, e);
	if (r == 0)
		r = root_add("--gidmap", &spec.gid_mappings, &arena, e);
	if (r < 0)
		return r;
	ret->upper_fd = idmap_namespace_open(&spec, e);
	return ret->upper_fd < 0 ? ret->upper_fd : 0;
}

void userns_mounts_close(struct userns_mounts *m)
{
	m->lower_fd = fd_close(m->lower_fd);
	m->upper_fd = fd_close(m->upper_fd);
}

static int map(int userns_fd, int mount_fd, const char *path, struct err *e)
{
	const struct mount_change change = { .set = ABI_MOUNT_ATTR_IDMAP,
					     .userns_fd = (uint64_t)userns_fd };
	int r = mount_change(mount_fd, &change, false);

	/* EPERM: the file system belongs to another user namespace, or what we have of it is mapped
	 * already. */
	if (r == -EINVAL || r == -ENOSYS || r == -EPERM)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "map the ids of %s: its file system or this kernel cannot do "
			       "that (overlays on mapped mounts: Linux 5.19)",
			       path);
	return r < 0 ? err_sys(e, r, "map the ids of %s", path) : 0;
}

int userns_mounts_map(const struct userns_mounts *m, int mount_fd, const char *path,
		      struct err *e)
{
	return map(m->lower_fd, mount_fd, path, e);
}

static int cover(int userns_fd, const char *path, struct err *e)
{
	AUTO_CLOSE int fd = mount_clone(AT_FDCWD, path, 0);
	int r;

	if (fd < 0)
		return err_sys(e, fd, "clone %s", path);
	r = map(userns_fd, fd, path, e);
	if (r < 0)
		return r;
	r = mount_attach_root(fd, path);
	return r < 0 ? err_sys(e, r, "cover %s", path) : 0;
}

int userns_mounts_cover(const struct userns_mounts *m, const struct strv *lower,
			const char *container, struct err *e)
{
	int r = namespace_unshare(CLONE_NEWNS);

	if (r == 0)
		r = mount_change_all(MS_PRIVATE);
	if (r < 0)
		return err_sys(e, r, "make a mount namespace for mapped layers");
	for (size_t i = 0; i < lower->count && r == 0; i++)
		r = cover(m->lower_fd, lower->items[i], e);
	return r < 0 ? r : cover(m->upper_fd, container, e);
}
